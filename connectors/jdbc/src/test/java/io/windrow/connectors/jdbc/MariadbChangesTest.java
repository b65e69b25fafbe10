package io.windrow.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Position;
import io.windrow.api.config.Secret;
import io.windrow.api.context.CheckResult;
import io.windrow.api.error.WindrowException;
import io.windrow.api.batch.Batch;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.StreamCommit;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import io.windrow.connectors.jdbc.ChangeRows.Change;
import io.windrow.connectors.jdbc.sql.JdbcError;
import io.windrow.connectors.jdbc.table.Layout.Deletes;
import io.windrow.testkit.mariadb.MariaServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.StructVector;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("server")
class MariadbChangesTest extends ChangesSuite {
    @BeforeEach
    void empty() throws SQLException {
        Optional<String> missing = MariaServer.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        try (Connection connection = DriverManager.getConnection(MariaServer.shared().jdbcUrl(""));
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS mirror_Changes");
            statement.execute("CREATE DATABASE mirror_Changes");
        }
    }

    @Override
    protected String url() {
        return MariaServer.shared().url("mirror_Changes");
    }

    @Override
    protected Connection connect() throws SQLException {
        return DriverManager.getConnection(MariaServer.shared().jdbcUrl("mirror_Changes"));
    }

    @Override
    protected String numbered() {
        return "CREATE TABLE orders (id bigint AUTO_INCREMENT PRIMARY KEY, name longtext, body longtext)";
    }

    @Override
    protected String text() {
        return "longtext COLLATE utf8mb4_nopad_bin";
    }

    @Override
    protected String shortText() {
        return "varchar(200) COLLATE utf8mb4_nopad_bin";
    }

    @Override
    protected boolean fits(String name) {
        return name.codePointCount(0, name.length()) <= 64;
    }

    @Override
    protected OptionalInt mostColumns() {
        return OptionalInt.of(1010);
    }

    @Override
    protected List<String> looseTable() {
        return List.of("CREATE TABLE orders (id bigint PRIMARY KEY, name varchar(255) COLLATE utf8mb4_general_ci, body longtext)");
    }

    private static void refused(JdbcError code, ThrowableAssert.ThrowingCallable what) {
        assertThatThrownBy(what).isInstanceOfSatisfying(
                WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(code));
    }

    @Test
    void aRowOfAnotherKeyIsNotReplacedForHavingAValueThatIsUnique() throws SQLException {
        execute("CREATE TABLE orders (id bigint PRIMARY KEY, name varchar(255) COLLATE utf8mb4_nopad_bin UNIQUE, body longtext)");
        try (Sink sink = sink(Deletes.SOFT, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1), insert(2, "b", "y", 2));
            apply(sink, WriteMode.MIRROR, 1, 2, update(1, "c", "z", 3), insert(5, "a", "w", 4), delete(2, 5));
            assertThat(query("SELECT id, name, body, _deleted FROM orders ORDER BY id")).containsExactly("1|c|z|0", "2|b|y|1", "5|a|w|0");
            refused(JdbcError.VALUE_REFUSED, () -> apply(sink, WriteMode.MIRROR, 1, 3, insert(6, "c", "v", 6)));
            assertThat(query("SELECT id, name FROM orders ORDER BY id")).containsExactly("1|c", "2|b", "5|a");
        }
    }

    @Test
    void tablesAreMadeWithAnEngineThatKnowsTransactionsAndOthersAreRefused() throws SQLException {
        execute("SET GLOBAL default_storage_engine = Aria");
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1));
            assertThat(query("SELECT DISTINCT engine FROM information_schema.tables WHERE table_schema = DATABASE()")).containsExactly("InnoDB");
            assertThat(sink.check()).allMatch(check -> check.outcome() != CheckResult.Outcome.FAILED);
            execute("ALTER TABLE orders ENGINE = Aria");
            refused(JdbcError.TABLE_UNSAFE, () -> sink.prepare(ChangeRows.SCHEMA, WriteMode.MIRROR));
            assertThat(sink.check()).filteredOn(check -> check.outcome() == CheckResult.Outcome.FAILED)
                    .extracting(CheckResult::detail).containsExactly("Writing to table orders: its engine is Aria, not InnoDB");
        } finally {
            execute("SET GLOBAL default_storage_engine = InnoDB");
        }
    }

    @Test
    void noLimitOfTheServerEndsAStatement() throws SQLException {
        execute("SET GLOBAL max_statement_time = 77", "CREATE TABLE orders (id bigint PRIMARY KEY, name longtext, body longtext)",
                "CREATE TABLE seen (most double)", "CREATE TRIGGER limits BEFORE INSERT ON orders FOR EACH ROW INSERT INTO seen VALUES (@@max_statement_time)");
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1));
        } finally {
            execute("SET GLOBAL max_statement_time = 0");
        }
        assertThat(query("SELECT DISTINCT most FROM seen")).containsExactly("0");
    }

    @Test
    void everyTableHasAPrimaryKeyAsAClusterMayDemand() throws SQLException {
        execute("SET GLOBAL innodb_force_primary_key = ON");
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1), update(1, "b", Change.UNCHANGED, 2));
            assertThat(rows()).containsExactly("1|b|x");
            StreamSchema plain = new StreamSchema(new StreamName("", "plain"), 1, ChangeRows.SCHEMA.columns(), List.of());
            SinkWriter writer = sink.writer(plain, WriteMode.APPEND, new WriterId(1, 1, 0));
            try (writer; Batch batch = ChangeRows.batch(context.allocator(), List.of(insert(1, "a", "x", 1)))) {
                writer.write(batch);
                assertThat(writer.prepareCommit(1)).hasSize(1);
            }
        } finally {
            execute("SET GLOBAL innodb_force_primary_key = OFF");
        }
    }

    @Test
    void aChangeOfARowTakesNoRowAlongThatRefersToIt() throws SQLException {
        rowsThatReferToRowsStayWithThem(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name varchar(255) COLLATE utf8mb4_nopad_bin UNIQUE, body longtext)",
                "CREATE TABLE items (id int PRIMARY KEY, order_id bigint, FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE)");
    }

    @Test
    void aKeyOfSeveralTextsIsHeldAsLongAsAnIndexCanBeAndALongerOneIsRefused() throws SQLException {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            sink.prepare(texts(3), WriteMode.MIRROR);
            assertThat(keys()).containsExactly("k0|255", "k1|255", "k2|255");
            execute("DROP TABLE orders", "DELETE FROM _windrow_commits");
            refused(JdbcError.KEY_TOO_LONG, () -> sink.prepare(texts(3), WriteMode.HISTORY));
            sink.prepare(texts(5), WriteMode.HISTORY);
            assertThat(keys()).contains("k0|152", "k4|152");
            execute("DROP TABLE orders", "DELETE FROM _windrow_commits");
            refused(JdbcError.KEY_TOO_LONG, () -> sink.prepare(texts(40), WriteMode.MIRROR));
        }
    }

    private static StreamSchema texts(int count) {
        List<Column> columns = IntStream.range(0, count).mapToObj(i -> new Column(i + 1, "k" + i, new ColumnType.Text(), false, "text")).toList();
        return new StreamSchema(ChangeRows.STREAM, 1, columns, columns.stream().map(Column::name).toList());
    }

    private List<String> keys() {
        return query("SELECT column_name, character_maximum_length FROM information_schema.columns WHERE table_schema = DATABASE() "
                + "AND table_name = 'orders' AND column_key = 'PRI' AND column_name LIKE 'k%' ORDER BY 1");
    }

    /** A table of an earlier version is widened. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theLongestIntervalIsHeldInAKeyAndInATableOfAnEarlierVersion(boolean isKey) throws SQLException {
        StreamSchema schema = new StreamSchema(
                ChangeRows.STREAM, 1, List.of(new Column(1, "span", new ColumnType.Interval(), !isKey, "interval")), isKey ? List.of("span") : List.of());
        if (!isKey) {
            execute("CREATE TABLE orders (span varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin)");
        }
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY); Committer committer = sink.committer()) {
            sink.prepare(schema, WriteMode.REPLACE);
            VectorSchemaRoot rows = VectorSchemaRoot.create(ArrowTypes.schema(schema), context.allocator());
            StructVector span = (StructVector) rows.getVector(0);
            span.setIndexDefined(0);
            ((IntVector) span.getChild("months")).setSafe(0, Integer.MIN_VALUE);
            ((IntVector) span.getChild("days")).setSafe(0, Integer.MIN_VALUE);
            ((BigIntVector) span.getChild("micros")).setSafe(0, Long.MIN_VALUE);
            rows.setRowCount(1);
            try (SinkWriter writer = sink.writer(schema, WriteMode.REPLACE, new WriterId(1, 1, 0));
                    Batch batch = new Batch(schema, rows, new Position(1, "{}"), Account.ofRead(1))) {
                writer.write(batch);
                assertThat(committer.commit(new StreamCommit(
                        new CommitIdentity(context.pipeline(), ChangeRows.STREAM, 1, 1, "d"), 1, WriteMode.REPLACE, writer.prepareCommit(1),
                        Optional.empty(), true, "{}"))).isInstanceOf(CommitOutcome.Committed.class);
            }
            assertThat(query("SELECT span FROM orders")).containsExactly("-2147483648 months -2147483648 days -9223372036854775808 microseconds");
            sink.prepare(schema, WriteMode.REPLACE);
        }
    }

    @Test
    void aServerThatKeepsTableNamesInLowerCaseIsWrittenToAgainAndGivesATableToOneStream() throws SQLException {
        try (Connection connection = DriverManager.getConnection(MariaServer.withoutBinaryLog().jdbcUrl("")); Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS folded");
            statement.execute("CREATE DATABASE folded");
        }
        StreamSchema upper = new StreamSchema(new StreamName("", "Orders"), 1, ChangeRows.SCHEMA.columns(), ChangeRows.SCHEMA.key());
        try (Sink sink = new JdbcSink(JdbcConfig.of(Secret.of(MariaServer.withoutBinaryLog().url("folded"))), context)) {
            sink.prepare(upper, WriteMode.MIRROR);
            sink.prepare(upper, WriteMode.MIRROR);
            refused(JdbcError.TABLE_TAKEN, () -> sink.prepare(ChangeRows.SCHEMA, WriteMode.MIRROR));
        }
    }

    @Test
    void anIndexThatADeadRunHasMadeIsTaken() throws SQLException {
        execute("CREATE TABLE orders (id bigint NOT NULL, name longtext, body longtext)");
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            sink.prepare(ChangeRows.SCHEMA, WriteMode.MIRROR);
            // The statement was committed by the server, the entry in the book was not.
            execute("DELETE FROM _windrow_commits");
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1), update(1, "b", "y", 2));
        }
        assertThat(rows()).containsExactly("1|b|y");
    }
}
