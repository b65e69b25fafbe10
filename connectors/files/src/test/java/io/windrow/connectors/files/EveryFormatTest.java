package io.windrow.connectors.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.Batch;
import io.windrow.api.config.ByteSize;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.Delivery;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import io.windrow.connectors.files.format.AvroSchemas;
import io.windrow.connectors.files.format.Compression;
import io.windrow.connectors.files.format.CsvStyle;
import io.windrow.connectors.files.format.Format;
import io.windrow.connectors.files.tree.LocalFileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EveryFormatTest {
    @TempDir
    Path root;

    record Case(Format format, Compression compression, CsvStyle.Formulas formulas) {}

    static Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Format format : Format.values()) {
            for (Compression compression : Compression.fitting(format)) {
                cases.add(new Case(format, compression, CsvStyle.Formulas.KEEP));
            }
        }
        cases.add(new Case(Format.CSV, Compression.NONE, CsvStyle.Formulas.DEFUSE));
        return cases.stream();
    }

    private FilesConfig config(Case c, long fileSize) {
        return new FilesConfig(root, c.format(), c.compression(), new ByteSize(fileSize), List.of(), 8, Duration.ofHours(1), ",", "\\N",
                c.formulas());
    }

    /** Every value of the rows, floats by their bits. */
    private static List<String> lines(VectorSchemaRoot rows) {
        List<String> lines = new ArrayList<>();
        for (int row = 0; row < rows.getRowCount(); row++) {
            StringBuilder line = new StringBuilder();
            for (var vector : rows.getFieldVectors()) {
                Object value = vector.getObject(row);
                line.append(value instanceof byte[] bytes ? java.util.HexFormat.of().formatHex(bytes) : value).append('|');
            }
            lines.add(line.toString());
        }
        return lines;
    }

    @Tag("C34")
    @Tag("C35")
    @ParameterizedTest
    @MethodSource("cases")
    void everyTypeComesBackFromEveryFormatByAReaderThatIsNotOurWriter(Case c) {
        try (Fixture fixture = new Fixture(root)) {
            FilesSink sink = new FilesSink(config(c, 1 << 20), fixture.context(), new LocalFileTree(root));
            sink.prepare(EveryType.schema(), WriteMode.APPEND);
            List<String> expected;
            List<Staged> staged;
            try (SinkWriter writer = sink.writer(EveryType.schema(), WriteMode.APPEND, new WriterId(1, 1, 0));
                    Batch one = EveryType.batch(fixture.allocator, 150);
                    Batch two = EveryType.batch(fixture.allocator, 3)) {
                writer.write(one);
                writer.write(two);
                expected = lines(one.arrow());
                expected.addAll(lines(two.arrow()));
                staged = writer.prepareCommit(1);
            }
            assertThat(staged).singleElement().satisfies(s -> assertThat(s.rows()).isEqualTo(153));
            assertThat(sink.committer().commit(Fixture.commit(WriteMode.APPEND, 1, 1, staged)))
                    .isInstanceOf(CommitOutcome.Committed.class);
            List<String> found = new ArrayList<>();
            try (Delivery delivery = sink.delivery(Fixture.ORDERS).orElseThrow()) {
                assertThat(delivery.count()).isEqualTo(153);
                for (Optional<Batch> batch = delivery.read(EveryType.schema()); batch.isPresent(); batch = delivery.read(EveryType.schema())) {
                    found.addAll(lines(batch.get().arrow()));
                    batch.get().close();
                }
            }
            assertThat(found).containsExactlyElementsOf(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void filesAreRolledAtTheirTargetSizeAndAllAreInTheManifest(Case c) throws IOException {
        try (Fixture fixture = new Fixture(root)) {
            FilesSink sink = new FilesSink(config(c, 1), fixture.context(), new LocalFileTree(root));
            sink.prepare(EveryType.schema(), WriteMode.APPEND);
            List<Staged> staged;
            try (SinkWriter writer = sink.writer(EveryType.schema(), WriteMode.APPEND, new WriterId(1, 1, 0));
                    Batch batch = EveryType.batch(fixture.allocator, 2000)) {
                writer.write(batch);
                writer.write(batch);
                staged = writer.prepareCommit(1);
            }
            assertThat(staged).hasSize(2);
            sink.committer().commit(Fixture.commit(WriteMode.APPEND, 1, 1, staged));
            try (Stream<Path> files = Files.walk(root.resolve("public.orders"))) {
                assertThat(files.filter(Files::isRegularFile)).hasSize(2);
            }
            try (Delivery delivery = sink.delivery(Fixture.ORDERS).orElseThrow()) {
                assertThat(delivery.count()).isEqualTo(4000);
            }
        }
    }

    @Test
    void anAvroFieldKeepsItsNameWhateverOtherColumnsComeAndGo() {
        Function<List<String>, List<String>> fields = names -> {
            List<Column> columns = new ArrayList<>();
            names.forEach(name -> columns.add(new Column(columns.size() + 1, name, new ColumnType.Bool(), false, "boolean")));
            return AvroSchemas.of(new StreamSchema(Fixture.ORDERS, 1, columns, List.of())).getFields().stream()
                    .map(field -> field.name() + "=" + field.getProp(AvroSchemas.NAME))
                    .toList();
        };
        assertThat(fields.apply(List.of("a b", "a_b", "a-b", "1"))).containsExactly(
                "a_b_1c724a5e=a b", "a_b=a_b", "a_b_dc4e704d=a-b", "_1_90f599e3=1");
        assertThat(fields.apply(List.of("a-b"))).containsExactly("a_b_dc4e704d=a-b");
        // A legal name comes first wherever it stands, even one that is spelled like another's digest.
        assertThat(fields.apply(List.of("a b", "a_b_1c724a5e"))).containsExactly("a_b_1c724a5e_=a b", "a_b_1c724a5e=a_b_1c724a5e");
    }

    @Test
    void duckDbReadsTheSameCountsSumsAndValuesFromParquetJsonAndCsv() {
        List<String> answers = new ArrayList<>();
        List<String> decimals = new ArrayList<>();
        for (Format format : List.of(Format.PARQUET, Format.JSONL, Format.CSV)) {
            try (Fixture fixture = new Fixture(root.resolve(format.name()))) {
                FilesSink sink = new FilesSink(FilesConfig.of(fixture.folder, format), fixture.context(), new LocalFileTree(fixture.folder));
                sink.prepare(EveryType.schema(), WriteMode.APPEND);
                try (SinkWriter writer = sink.writer(EveryType.schema(), WriteMode.APPEND, new WriterId(1, 1, 0));
                        Batch batch = EveryType.batch(fixture.allocator, 144)) {
                    writer.write(batch);
                    sink.committer().commit(Fixture.commit(WriteMode.APPEND, 1, 1, writer.prepareCommit(1)));
                }
                String from = switch (format) {
                    case JSONL -> "read_json('" + fixture.folder + "/**/*.jsonl', columns="
                            + "{'i64':'BIGINT','d9':'DECIMAL(9,2)','text':'VARCHAR','uuid':'VARCHAR'})";
                    case CSV -> "read_csv('" + fixture.folder + "/**/*.csv', nullstr='\\N', allow_quoted_nulls=false, "
                            + "header=true, quote='\"', escape='\"', delim=',', all_varchar=true, parallel=false)";
                    default -> "read_parquet('" + fixture.folder + "/**/*.parquet')";
                };
                answers.addAll(Fixture.duck("select count(*), count(text), sum(i64::hugeint), sum(d9::decimal(9,2)), "
                        + "count(distinct text), min(length(text)), min(uuid::varchar), max(uuid::varchar) from " + from));
                if (format != Format.JSONL) {
                    // DuckDB reads the numbers of JSON as doubles when they have more than 18 digits; the file has all.
                    decimals.addAll(Fixture.duck("select min(d38::decimal(38,10)), max(d38::decimal(38,10)) from " + from));
                }
            }
        }
        assertThat(decimals).hasSize(2).allMatch(
                "-9999999999999999999999999999.9999999999|9999999999999999999999999999.9999999999"::equals);
        assertThat(answers).hasSize(3);
        assertThat(answers.get(1)).isEqualTo(answers.get(0));
        assertThat(answers.get(2)).isEqualTo(answers.get(0));
    }
}
