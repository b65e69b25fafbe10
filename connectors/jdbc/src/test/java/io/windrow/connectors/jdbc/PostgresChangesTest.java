package io.windrow.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.api.config.Secret;
import io.windrow.api.context.CheckResult;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.WriteMode;
import io.windrow.connectors.jdbc.ChangeRows.Change;
import io.windrow.connectors.jdbc.sql.Database;
import io.windrow.connectors.jdbc.sql.JdbcAddress;
import io.windrow.connectors.jdbc.sql.JdbcError;
import io.windrow.connectors.jdbc.table.Layout.Deletes;
import io.windrow.testkit.postgres.PgBouncer;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("server")
class PostgresChangesTest extends ChangesSuite {
    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @BeforeEach
    void empty() {
        DATABASE.execute("DROP SCHEMA public CASCADE", "CREATE SCHEMA public");
    }

    @Override
    protected String url() {
        return DATABASE.url();
    }

    @Override
    protected Connection connect() throws SQLException {
        return DATABASE.connect();
    }

    @Override
    protected boolean holdsZero() {
        return false;
    }

    /** An unsigned number of 32 bits is a bigint, which holds whole numbers that no float does. */
    @Override
    protected boolean isStuck(ColumnType from, ColumnType to) {
        return from.equals(new ColumnType.Int(32, false)) && to.equals(new ColumnType.Float(64));
    }

    @Override
    protected boolean tellsCase() {
        return true;
    }

    @Override
    protected boolean fits(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length <= 63;
    }

    @Override
    protected OptionalInt mostColumns() {
        return OptionalInt.of(1593);
    }

    /** The server looks at it with the commit, and has taken all of it back when it says no. */
    @Test
    void aConstraintThatIsLookedAtWithTheCommitRejectsIt() throws SQLException {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1));
            execute("ALTER TABLE orders ADD UNIQUE (name) DEFERRABLE INITIALLY DEFERRED");
            assertRefused(JdbcError.VALUE_REFUSED, () -> apply(sink, WriteMode.MIRROR, 1, 2, insert(2, "a", "y", 2)));
            apply(sink, WriteMode.MIRROR, 1, 3, insert(2, "b", "y", 2));
            assertThat(rows()).containsExactly("1|a|x", "2|b|y");
        }
    }

    @Test
    void aForeignKeyThatRefusesARowIsNamed() throws SQLException {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1));
            execute("CREATE TABLE items (order_id bigint REFERENCES orders)", "INSERT INTO items VALUES (1)");
            assertRefused(JdbcError.REFERENCE_REFUSED, () -> apply(sink, WriteMode.MIRROR, 1, 2, delete(1, 2)));
            assertThat(rows()).containsExactly("1|a|x");
        }
    }

    @ParameterizedTest
    @EnumSource(value = WriteMode.class, names = {"MIRROR", "UPSERT", "HISTORY", "APPEND"})
    void rowsThatATriggerLeavesOutAreNotCountedAsWritten(WriteMode mode) throws SQLException {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, mode, 1, 1, insert(1, "a", "x", 1));
            execute("CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF new.id = 3 THEN RETURN NULL; END IF; RETURN new; END'",
                    "CREATE TRIGGER leaves BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION leave()");
            assertRefused(JdbcError.ROWS_SWALLOWED, () -> apply(sink, mode, 1, 2, insert(2, "b", "y", 2), insert(3, "c", "z", 2)));
            assertThat(rows()).containsExactly("1|a|x");
        }
    }

    @Test
    void whereNullIsAValueLikeOthersAUniqueValueMovesAllTheSame() throws SQLException {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1), insert(2, null, "y", 1));
            execute("CREATE UNIQUE INDEX once ON orders (name) NULLS NOT DISTINCT");
            apply(sink, WriteMode.MIRROR, 1, 2, update(1, "b", "x", 2));
            apply(sink, WriteMode.MIRROR, 1, 3, update(1, null, "x", 3), update(2, "b", "y", 4));
            assertThat(rows()).containsExactly("1|null|x", "2|b|y");
        }
    }

    private static void assertRefused(JdbcError code, ThrowableAssert.ThrowingCallable applied) {
        assertThatThrownBy(applied).isInstanceOfSatisfying(
                WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(code));
    }

    @ParameterizedTest
    @EnumSource(WriteMode.class)
    void columnsThatTheServerNumbersTakeTheNumbersOfTheSource(WriteMode mode) throws SQLException {
        execute("CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY, name text, body text)");
        StreamSchema schema = mode == WriteMode.REPLACE || mode == WriteMode.APPEND
                ? new StreamSchema(ChangeRows.STREAM, 1, ChangeRows.SCHEMA.columns(), List.of()) : ChangeRows.SCHEMA;
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, schema, mode, 1, 1, insert(7, "a", "x", 1));
            if (mode.needsKey()) {
                apply(sink, schema, mode, 1, 2, update(7, "b", "y", 2));
            }
            assertThat(rows()).isEqualTo(switch (mode) {
                case APPEND -> List.of("7|a|x");
                case REPLACE -> List.of();
                case UPSERT, MIRROR -> List.of("7|b|y");
                case HISTORY -> List.of("7|a|x", "7|b|y");
            });
            StreamSchema named = new StreamSchema(ChangeRows.STREAM, 1, ChangeRows.SCHEMA.columns(), List.of("name"));
            execute("DROP TABLE orders", "DELETE FROM _windrow_commits", "CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY, name text, body text)");
            if (mode == WriteMode.UPSERT || mode == WriteMode.MIRROR) {
                assertThatThrownBy(() -> sink.prepare(named, mode)).isInstanceOfSatisfying(
                        WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(JdbcError.COLUMN_FILLED));
            } else {
                sink.prepare(named, mode);
            }
        }
    }

    @Test
    void twoPipelinesThatBothBeginInASchemaMakeOneBook() throws Exception {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY); Connection other = connect(); Statement making = other.createStatement()) {
            other.setAutoCommit(false);
            making.execute("CREATE TABLE _windrow_commits (id varchar(64) NOT NULL PRIMARY KEY, pipeline text NOT NULL, stream_namespace text NOT NULL, "
                    + "stream_name text NOT NULL, table_name text NOT NULL, mode varchar(16) NOT NULL, generation bigint NOT NULL, "
                    + "epoch bigint NOT NULL, digest text NOT NULL, token bigint NOT NULL, pending text NOT NULL)");
            CompletableFuture<Void> second = CompletableFuture.runAsync(() -> apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1)));
            await().atMost(Duration.ofMinutes(2)).until(() -> second.isDone()
                    || DATABASE.number("SELECT count(*) FROM pg_locks WHERE NOT granted AND database IS NULL AND locktype = 'transactionid'") > 0);
            other.commit();
            second.get(2, TimeUnit.MINUTES);
        }
        assertThat(rows()).containsExactly("1|a|x");
    }

    @Test
    void aPoolerThatLendsAProcessForATransactionIsRefusedByTheCheckAndTheServerItselfIsNot() {
        assumeTrue(PgBouncer.isInstalled(), "no pgbouncer on this machine; Debian's package of that name has it");
        try (PgBouncer pooler = PgBouncer.start(DATABASE.server(), 2);
                Sink sink = new JdbcSink(JdbcConfig.of(Secret.of(pooler.url(DATABASE.name()))), context);
                Sink direct = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            assertThat(sink.check()).filteredOn(check -> check.outcome() == CheckResult.Outcome.FAILED)
                    .extracting(CheckResult::name).containsExactly("pooler");
            assertThat(direct.check()).noneMatch(check -> check.name().equals("pooler"));
        }
    }

    @Test
    void nothingIsPreparedOnTheServer() throws SQLException {
        JdbcAddress address = JdbcAddress.of(Secret.of(url()), Optional.empty());
        try (Connection connection = Database.POSTGRES.dialect().connect(address, Duration.ofMinutes(1), Duration.ofMinutes(1));
                PreparedStatement statement = connection.prepareStatement("SELECT count(*) FROM pg_prepared_statements WHERE statement <> ?")) {
            statement.setString(1, "none");
            for (int i = 0; i < 8; i++) {
                try (ResultSet prepared = statement.executeQuery()) {
                    assertThat(prepared.next()).isTrue();
                    assertThat(prepared.getLong(1)).isZero();
                }
            }
        }
    }

    @Test
    void aRoleWithoutASchemaIsToldToNameOne() {
        DATABASE.execute("DROP ROLE IF EXISTS nowhere", "CREATE ROLE nowhere LOGIN", "ALTER ROLE nowhere SET search_path = ''");
        String url = DATABASE.url().replace("postgres@", "nowhere@");
        try (Sink sink = new JdbcSink(JdbcConfig.of(Secret.of(url)), context)) {
            assertThatThrownBy(() -> sink.prepare(ChangeRows.SCHEMA, WriteMode.MIRROR)).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(JdbcError.SCHEMA_MISSING));
            assertThat(sink.check()).filteredOn(check -> check.outcome() == CheckResult.Outcome.FAILED)
                    .extracting(CheckResult::remedy).containsExactly(JdbcError.SCHEMA_MISSING.remedy());
        }
    }

    @Override
    protected boolean indexesSomeRows() {
        return true;
    }

    @Override
    protected List<String> looseTable() {
        return List.of("CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)", "CREATE TABLE orders (id bigint PRIMARY KEY, name text COLLATE loose UNIQUE, body text)");
    }

    @Test
    void aChangeOfARowTakesNoRowAlongThatRefersToIt() throws SQLException {
        rowsThatReferToRowsStayWithThem(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text UNIQUE, body text)",
                "CREATE TABLE items (id int PRIMARY KEY, order_id bigint REFERENCES orders ON DELETE CASCADE)");
    }

    @Test
    void aTableMayReferToItselfAndOneOfTheSameNameInAnotherSchemaIsAnother() throws SQLException {
        execute("CREATE TABLE orders (id bigint PRIMARY KEY, name text, body text)",
                "ALTER TABLE orders ADD COLUMN parent bigint REFERENCES orders ON DELETE CASCADE");
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            sink.prepare(ChangeRows.SCHEMA, WriteMode.REPLACE);
            execute("DROP SCHEMA IF EXISTS other CASCADE", "CREATE SCHEMA other",
                    "CREATE TABLE other.orders (id int PRIMARY KEY, order_id bigint REFERENCES public.orders ON DELETE CASCADE)");
            assertThatThrownBy(() -> sink.prepare(ChangeRows.SCHEMA, WriteMode.REPLACE)).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(JdbcError.TABLE_REFERENCED));
        } finally {
            execute("DROP SCHEMA IF EXISTS other CASCADE");
        }
    }

    @Test
    void anIndexOfWindrowsOwnIsNoReasonToTakeRowsAway() throws SQLException {
        execute("CREATE TABLE orders (id bigint NOT NULL, name text, body text)",
                "CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'deleted'; END $$",
                "CREATE TRIGGER never BEFORE DELETE ON orders FOR EACH ROW EXECUTE FUNCTION never()");
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1), insert(2, "b", "y", 1));
            apply(sink, WriteMode.MIRROR, 1, 2, update(1, "b", Change.UNCHANGED, 2), update(2, "a", "z", 3));
        }
        assertThat(rows()).containsExactly("1|b|x", "2|a|z");
    }
}
