package io.windrow.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.WriteMode;
import io.windrow.connectors.jdbc.JdbcConfig.TableConfig;
import io.windrow.connectors.jdbc.JdbcConfig.Truncates;
import io.windrow.connectors.jdbc.load.UnfitText;
import io.windrow.connectors.jdbc.sql.JdbcError;
import io.windrow.connectors.jdbc.table.Layout;
import io.windrow.testkit.conformance.TestContext;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Names that the target cannot hold are refused, and those of two streams never fall together. */
class NamesTest {
    @RegisterExtension
    final TestContext context = new TestContext();

    @TempDir
    Path folder;

    private static StreamSchema schema(StreamName stream, String... names) {
        List<Column> columns = new ArrayList<>();
        for (String name : names) {
            columns.add(new Column(columns.size() + 1, name, new ColumnType.Int(64, true), false, "bigint"));
        }
        return new StreamSchema(stream, 1, columns, List.of(names[0]));
    }

    private Sink sink(List<TableConfig> tables) {
        return new JdbcSink(
                new JdbcConfig(Secret.of("jdbc:sqlite:" + folder.resolve("target.db")), Optional.empty(), Optional.empty(), tables,
                        Layout.Deletes.HARD, Truncates.APPLY, UnfitText.STOP, Duration.ofSeconds(10), Duration.ofSeconds(10)),
                context);
    }

    private static void refused(JdbcError code, Runnable what) {
        assertThatThrownBy(what::run).isInstanceOfSatisfying(
                WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(code));
    }

    @Test
    void columnsThatTheDatabaseCannotTellApartOrThatAreOursAreRefused() {
        StreamName stream = StreamName.of("t");
        try (Sink sink = sink(List.of())) {
            refused(JdbcError.NAME_REFUSED, () -> sink.prepare(schema(stream, "id", "ID"), WriteMode.UPSERT));
            refused(JdbcError.NAME_REFUSED, () -> sink.prepare(schema(stream, "id", "valid_from"), WriteMode.HISTORY));
            refused(JdbcError.NAME_REFUSED, () -> sink.prepare(schema(StreamName.of("_windrow_commits2"), "id"), WriteMode.UPSERT));
            sink.prepare(schema(stream, "id", "valid_from"), WriteMode.UPSERT);
            refused(JdbcError.NAME_REFUSED, () -> sink.prepare(schema(StreamName.of("T"), "id"), WriteMode.UPSERT));
        }
    }

    @Test
    @Tag("H19")
    void hostileNamesOfTablesAndColumnsAreNames() throws SQLException {
        String hostile = "x\"; DROP TABLE kept; --";
        StreamSchema kept = schema(StreamName.of("kept"), "id");
        StreamSchema rows = schema(StreamName.of(hostile), "k'\"\\); DROP TABLE kept; --", "]`$$;");
        try (Sink sink = sink(List.of())) {
            for (StreamSchema schema : List.of(kept, rows)) {
                sink.prepare(schema, WriteMode.UPSERT);
            }
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("target.db"));
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT name FROM sqlite_master WHERE type = 'table'")) {
            List<String> tables = new ArrayList<>();
            while (found.next()) {
                tables.add(found.getString(1));
            }
            assertThat(tables).contains("kept", hostile);
        }
    }

    @Test
    void twoStreamsOfOneNameNeedTablesOfTheirOwn() {
        StreamSchema one = schema(new StreamName("a", "t"), "id");
        StreamSchema other = schema(new StreamName("b", "t"), "id");
        try (Sink sink = sink(List.of())) {
            sink.prepare(one, WriteMode.UPSERT);
            refused(JdbcError.TABLE_TAKEN, () -> sink.prepare(other, WriteMode.UPSERT));
        }
        try (Sink sink = sink(List.of(new TableConfig("b.t", "b_t")))) {
            sink.prepare(one, WriteMode.UPSERT);
            sink.prepare(other, WriteMode.UPSERT);
        }
    }

    @Test
    void aStreamWithoutAKeyIsAppendedAndNotMirrored() {
        StreamSchema keyless = new StreamSchema(StreamName.of("k"), 1, schema(StreamName.of("k"), "id").columns(), List.of());
        try (Sink sink = sink(List.of())) {
            refused(JdbcError.KEY_MISSING, () -> sink.prepare(keyless, WriteMode.MIRROR));
            sink.prepare(keyless, WriteMode.APPEND);
        }
    }
}
