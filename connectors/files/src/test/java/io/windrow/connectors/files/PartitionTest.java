package io.windrow.connectors.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.config.ByteSize;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.Delivery;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import io.windrow.connectors.files.format.Compression;
import io.windrow.connectors.files.format.CsvStyle;
import io.windrow.connectors.files.format.Format;
import io.windrow.connectors.files.tree.LocalFileTree;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionTest {
    private static final StreamSchema EVENTS = new StreamSchema(Fixture.ORDERS, 1, List.of(
            new Column(1, "country", new ColumnType.Text(), true, "text"),
            new Column(2, "at", new ColumnType.Timestamp(true), true, "timestamptz"),
            new Column(3, "weight", new ColumnType.Float(64), true, "float8")), List.of());

    @TempDir
    Path root;

    private FilesConfig config(String... by) {
        return new FilesConfig(root, Format.PARQUET, Compression.AUTO, new ByteSize(1 << 20),
                List.of(new FilesConfig.PartitionConfig("public.orders", List.of(by))), 2, Duration.ofHours(1), ",", "\\N",
                CsvStyle.Formulas.KEEP);
    }

    private Batch batch(Fixture fixture, String[] countries, String[] times) {
        VectorSchemaRoot rows = VectorSchemaRoot.create(ArrowTypes.schema(EVENTS), fixture.allocator);
        for (int i = 0; i < countries.length; i++) {
            if (countries[i] != null) {
                ((VarCharVector) rows.getVector(0)).setSafe(i, countries[i].getBytes(StandardCharsets.UTF_8));
            }
            if (times[i] != null) {
                ((TimeStampMicroTZVector) rows.getVector(1)).setSafe(i, Instant.parse(times[i]).getEpochSecond() * 1_000_000);
            }
        }
        rows.setRowCount(countries.length);
        return new Batch(EVENTS, rows, new Position(1, "{}"), Account.ofRead(countries.length));
    }

    @Test
    void rowsLieInHiveFoldersByColumnAndDayWithAtMostTheSetNumberOfOpenFiles() {
        try (Fixture fixture = new Fixture(root)) {
            FilesSink sink = new FilesSink(config("country", "day(at)"), fixture.context(), new LocalFileTree(root));
            sink.prepare(EVENTS, WriteMode.APPEND);
            try (SinkWriter writer = sink.writer(EVENTS, WriteMode.APPEND, new WriterId(1, 1, 0));
                    Batch batch = batch(fixture, new String[] {"DE", "a/b=c", null, "", "DE", "DE", "__HIVE_DEFAULT_PARTITION__"},
                            new String[] {"2024-02-29T23:59:59Z", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z",
                                "2024-03-01T00:00:00Z", "2024-02-29T01:00:00Z", null, "-0044-03-15T00:00:00Z"})) {
                writer.write(batch);
                var staged = writer.prepareCommit(1);
                assertThat(staged).hasSizeGreaterThanOrEqualTo(6);
                sink.committer().commit(Fixture.commit(WriteMode.APPEND, 1, 1, staged));
            }
            assertThat(Fixture.duck("select count(*) from read_parquet('" + root + "/public.orders/country=DE/at_day=2024-02-29/*.parquet')"))
                    .containsExactly("2");
            assertThat(root.resolve("public.orders/country=a%2Fb%3Dc/at_day=2024-02-29")).isDirectory();
            assertThat(root.resolve("public.orders/country=__HIVE_DEFAULT_PARTITION__/at_day=2024-03-01")).isDirectory();
            assertThat(root.resolve("public.orders/country=%5F_HIVE_DEFAULT_PARTITION__/at_day=-0044-03-15")).isDirectory();
            assertThat(Fixture.duck("select country, count(*) from read_parquet('" + root
                    + "/public.orders/**/*.parquet', hive_partitioning=false) group by 1 order by 1 nulls last"))
                    .containsExactly("|1", "DE|3", "__HIVE_DEFAULT_PARTITION__|1", "a/b=c|1", "null|1");
            assertThat(Fixture.duck("select count(*) from read_parquet('" + root
                    + "/public.orders/**/*.parquet', hive_partitioning=true) where country = 'a/b=c'")).containsExactly("1");
            try (Delivery delivery = sink.delivery(Fixture.ORDERS).orElseThrow()) {
                assertThat(delivery.count()).isEqualTo(7);
            }
            assertThat(Files.exists(root.resolve("public.orders"))).isTrue();
        }
    }

    @Test
    void aPartitioningThatDoesNotFitIsRefusedBeforeTheFirstRow() {
        try (Fixture fixture = new Fixture(root)) {
            for (String by : List.of("nowhere", "weight", "day(country)", "hour(weight)")) {
                FilesSink sink = new FilesSink(config(by), fixture.context(), new LocalFileTree(root));
                assertThatThrownBy(() -> sink.prepare(EVENTS, WriteMode.APPEND)).isInstanceOfSatisfying(WindrowException.class,
                        e -> assertThat(e.errorCode()).isEqualTo(FilesError.PARTITION_INVALID));
            }
        }
    }

    @Test
    void aValueThatIsTooLongForAFolderIsADataError() {
        try (Fixture fixture = new Fixture(root)) {
            FilesSink sink = new FilesSink(config("country"), fixture.context(), new LocalFileTree(root));
            sink.prepare(EVENTS, WriteMode.APPEND);
            try (SinkWriter writer = sink.writer(EVENTS, WriteMode.APPEND, new WriterId(1, 1, 0));
                    Batch batch = batch(fixture, new String[] {"x".repeat(300)}, new String[] {null})) {
                assertThatThrownBy(() -> writer.write(batch)).isInstanceOfSatisfying(WindrowException.class,
                        e -> assertThat(e.errorCode()).isEqualTo(FilesError.PARTITION_VALUE_TOO_LONG));
            }
        }
    }
}
