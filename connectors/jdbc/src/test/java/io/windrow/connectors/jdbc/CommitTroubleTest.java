package io.windrow.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Operation;
import io.windrow.api.config.Secret;
import io.windrow.api.context.Context;
import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.StreamCommit;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import io.windrow.connectors.jdbc.ChangeRows.Change;
import io.windrow.connectors.jdbc.sql.JdbcError;
import io.windrow.testkit.conformance.TestContext;
import io.windrow.testkit.fault.TcpProxy;
import io.windrow.testkit.mariadb.MariaServer;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commits whose reply is lost, whose owner was replaced, or that something at the target stands in the way of. */
@Tag("server")
class CommitTroubleTest {
    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    private volatile Runnable beforeCommit = () -> {};
    private volatile Runnable afterCommit = () -> {};

    @RegisterExtension
    final TestContext context = new TestContext(Clock.systemUTC(), name -> {
        if (name.equals("jdbc.before_commit")) {
            beforeCommit.run();
        } else if (name.equals("jdbc.after_commit")) {
            afterCommit.run();
        }
    });

    @BeforeEach
    void empty() {
        DATABASE.execute("DROP SCHEMA public CASCADE", "CREATE SCHEMA public");
    }

    private static Sink sink(String url, Context with) {
        return new JdbcSink(JdbcConfig.of(Secret.of(url)), with);
    }

    /** A database that a test writes to, and asks by itself. */
    private record Target(String url, int port, Connecting connecting) {
        /** The same by way of a proxy. */
        String through(TcpProxy proxy) {
            return url.replace(":" + port + "/", ":" + proxy.port() + "/");
        }

        long number(String sql) {
            try (Connection connection = connecting.connect(); Statement statement = connection.createStatement();
                    ResultSet found = statement.executeQuery(sql)) {
                found.next();
                return found.getLong(1);
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        }
    }

    @FunctionalInterface
    private interface Connecting {
        Connection connect() throws SQLException;
    }

    @TempDir
    Path folder;

    private Target target(String name) throws SQLException {
        return switch (name) {
            case "postgres" -> new Target(DATABASE.url(), DATABASE.server().port(), DATABASE::connect);
            case "mariadb" -> {
                Optional<String> missing = MariaServer.missing();
                assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
                MariaServer server = MariaServer.shared();
                try (Connection connection = DriverManager.getConnection(server.jdbcUrl("")); Statement statement = connection.createStatement()) {
                    statement.execute("DROP DATABASE IF EXISTS commit_trouble");
                    statement.execute("CREATE DATABASE commit_trouble");
                }
                yield new Target(server.url("commit_trouble"), server.port(), () -> DriverManager.getConnection(server.jdbcUrl("commit_trouble")));
            }
            default -> {
                String url = "jdbc:" + name + ":" + folder.resolve("target");
                yield new Target(url, 0, () -> DriverManager.getConnection(url));
            }
        };
    }

    private List<Staged> stage(Sink sink, long token, long epoch, Change... changes) {
        sink.prepare(ChangeRows.SCHEMA, WriteMode.MIRROR);
        try (SinkWriter writer = sink.writer(ChangeRows.SCHEMA, WriteMode.MIRROR, new WriterId(1, token, (int) epoch));
                Batch batch = ChangeRows.batch(context.allocator(), List.of(changes))) {
            writer.write(batch);
            return writer.prepareCommit(epoch);
        }
    }

    private StreamCommit commit(long token, long epoch, List<Staged> staged) {
        return new StreamCommit(
                new CommitIdentity(context.pipeline(), ChangeRows.STREAM, 1, epoch, "d" + epoch), token, WriteMode.MIRROR, staged,
                Optional.empty(), false, "{}");
    }

    private static Change insert(long id, long position) {
        return new Change(Operation.INSERT, id, "name", "body", position, 0, -1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "mariadb"})
    @Tag("B28")
    @Tag("B29")
    void aCommitWhoseReplyIsLostIsUnknownAndTheBookSaysThatItWasDone(String name) throws InterruptedException, SQLException {
        List<Thread> resetting = new ArrayList<>();
        Target target = target(name);
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", target.port());
                Sink sink = sink(target.through(proxy), context);
                Committer committer = sink.committer()) {
            List<Staged> staged = stage(sink, 1, 1, insert(1, 1), insert(2, 2));
            beforeCommit = () -> {
                proxy.dropReplies();
                resetting.add(Thread.ofPlatform().daemon().start(() -> {
                    try {
                        Awaitility.await().atMost(Duration.ofMinutes(5)).until(() -> target.number("SELECT count(*) FROM orders") == 2);
                    } finally {
                        proxy.resetAll();
                    }
                }));
            };
            CommitOutcome outcome = committer.commit(commit(1, 1, staged));
            assertThat(outcome).isInstanceOfSatisfying(CommitOutcome.Unknown.class, unknown -> {
                assertThat(unknown.reason().errorCode()).isEqualTo(JdbcError.COMMIT_UNKNOWN);
                assertThat(unknown.reason().kind()).isEqualTo(ErrorKind.UNKNOWN_OUTCOME);
            });
            resetting.getFirst().join();
            proxy.pass();
            beforeCommit = () -> {};
            assertThat(committer.lastCommitted(ChangeRows.STREAM)).map(CommitIdentity::epoch).contains(1L);
            assertThat(committer.commit(commit(1, 1, staged))).isInstanceOf(CommitOutcome.AlreadyCommitted.class);
            assertThat(target.number("SELECT count(*) FROM orders")).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "mariadb"})
    void aCommitThatNeverReachedTheServerIsDoneTheNextTime(String name) throws SQLException {
        Target target = target(name);
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", target.port());
                Sink sink = sink(target.through(proxy), context);
                Committer committer = sink.committer()) {
            List<Staged> staged = stage(sink, 1, 1, insert(1, 1));
            beforeCommit = proxy::resetAll;
            assertThat(committer.commit(commit(1, 1, staged))).isInstanceOf(CommitOutcome.Unknown.class);
            beforeCommit = () -> {};
            assertThat(committer.lastCommitted(ChangeRows.STREAM)).isEmpty();
            assertThat(target.number("SELECT count(*) FROM orders")).isZero();
            assertThat(committer.commit(commit(1, 1, staged))).isInstanceOf(CommitOutcome.Committed.class);
            assertThat(target.number("SELECT count(*) FROM orders")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "mariadb"})
    @Tag("D41")
    void aTargetThatTakesConnectionsAndNeverSaysAWordIsAnErrorThatIsTriedAgain(String name) throws SQLException {
        Target target = target(name);
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", target.port())) {
            JdbcConfig plain = JdbcConfig.of(Secret.of(target.through(proxy)));
            JdbcConfig impatient = new JdbcConfig(
                    plain.url(), plain.password(), plain.schema(), plain.tables(), plain.deletes(), plain.truncates(),
                    plain.unfitText(), plain.lockTimeout(), Duration.ofSeconds(1));
            proxy.blackHole();
            try (Sink sink = new JdbcSink(impatient, context)) {
                assertThatThrownBy(() -> sink.prepare(ChangeRows.SCHEMA, WriteMode.MIRROR)).isInstanceOfSatisfying(
                        WindrowException.class, e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(ErrorKind.EXTERNAL_TRANSIENT));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "mariadb", "sqlite", "duckdb"})
    @Tag("B22")
    void aReplacedOwnerIsRefusedByTheDatabaseAlsoInTheMiddleOfItsCommit(String name) throws SQLException {
        Target target = target(name);
        try (Sink stale = sink(target.url(), context); Sink fresh = sink(target.url(), context);
                Committer old = stale.committer(); Committer current = fresh.committer()) {
            List<Staged> late = stage(stale, 1, 5, insert(1, 1));
            List<Staged> now = stage(fresh, 2, 3, insert(2, 2));
            assertThat(current.commit(commit(2, 3, now))).isInstanceOf(CommitOutcome.Committed.class);
            assertThat(old.commit(commit(1, 5, late))).isInstanceOfSatisfying(
                    CommitOutcome.Rejected.class, r -> assertThat(r.reason().errorCode()).isEqualTo(JdbcError.STALE_OWNER));
            assertThat(target.number("SELECT sum(id) FROM orders")).isEqualTo(2);
            assertThat(target.number("SELECT token FROM _windrow_commits")).isEqualTo(2);
        }
    }

    @Test
    @Tag("B03")
    @Tag("F17")
    void aValueThatTheTargetRefusesRejectsTheCommitAndLeavesTheTableAsItWas() {
        try (Sink sink = sink(DATABASE.url(), context); Committer committer = sink.committer()) {
            assertThat(committer.commit(commit(1, 1, stage(sink, 1, 1, insert(1, 1))))).isInstanceOf(CommitOutcome.Committed.class);
            DATABASE.execute("ALTER TABLE orders ADD CONSTRAINT small CHECK (id < 10)");
            List<Staged> staged = stage(sink, 1, 2, insert(5, 2), insert(50, 3));
            assertThat(committer.commit(commit(1, 2, staged))).isInstanceOfSatisfying(CommitOutcome.Rejected.class, rejected -> {
                assertThat(rejected.reason().errorCode()).isEqualTo(JdbcError.VALUE_REFUSED);
                assertThat(rejected.reason().getMessage()).doesNotContain("50").doesNotContain("name");
            });
            assertThat(DATABASE.query("SELECT id FROM orders")).containsExactly(List.of("1"));
        }
    }

    @Test
    void aColumnThatWasMadeSomethingElseSinceItWasPreparedRejectsTheCommit() {
        try (Sink sink = sink(DATABASE.url(), context); Committer committer = sink.committer()) {
            List<Staged> staged = stage(sink, 1, 1, insert(1, 1));
            DATABASE.execute("ALTER TABLE orders ALTER COLUMN body TYPE integer USING NULL");
            assertThat(committer.commit(commit(1, 1, staged))).isInstanceOfSatisfying(
                    CommitOutcome.Rejected.class, r -> assertThat(r.reason().errorCode()).isEqualTo(JdbcError.COLUMN_INCOMPATIBLE));
            assertThat(DATABASE.number("SELECT count(*) FROM orders")).isZero();
        }
    }

    @Test
    void aStagingTableThatIsGoneIsUnknownAndNothingIsCleanedUp() {
        try (Sink sink = sink(DATABASE.url(), context); Committer committer = sink.committer()) {
            List<Staged> staged = stage(sink, 1, 1, insert(1, 1));
            String table = JdbcCommitter.tables(staged).getFirst().table();
            DATABASE.execute("DROP TABLE \"" + table + "\"");
            assertThat(committer.commit(commit(1, 1, staged))).isInstanceOfSatisfying(
                    CommitOutcome.Unknown.class, u -> assertThat(u.reason().errorCode()).isEqualTo(JdbcError.STAGING_GONE));
        }
    }

    @Test
    void valuesThatMoveBetweenRowsUnderAnotherUniqueConstraintAreApplied() {
        try (Sink sink = sink(DATABASE.url(), context); Committer committer = sink.committer()) {
            DATABASE.execute("CREATE TABLE orders (id bigint PRIMARY KEY, name text UNIQUE, body text)");
            List<Staged> first = stage(sink, 1, 1, new Change(Operation.INSERT, 1, "a", "x", 1, 0, -1),
                    new Change(Operation.INSERT, 2, "b", "y", 2, 0, -1));
            assertThat(committer.commit(commit(1, 1, first))).isInstanceOf(CommitOutcome.Committed.class);
            List<Staged> swap = stage(sink, 1, 2, new Change(Operation.UPDATE, 1, "b", Change.UNCHANGED, 3, 0, -1),
                    new Change(Operation.UPDATE, 2, "a", Change.UNCHANGED, 3, 1, -1));
            assertThat(committer.commit(commit(1, 2, swap))).isInstanceOf(CommitOutcome.Committed.class);
            assertThat(DATABASE.query("SELECT id, name, body FROM orders ORDER BY id"))
                    .containsExactly(List.of("1", "b", "x"), List.of("2", "a", "y"));
        }
    }

    @Test
    void whatADeadOwnerLeftIsDroppedOnceItsSuccessorHasCommittedAndNotBefore() {
        List<Staged> prepared;
        try (Sink dead = sink(DATABASE.url(), context)) {
            prepared = stage(dead, 1, 1, insert(1, 1));
            stage(dead, 1, 9, insert(9, 9));
        }
        try (Sink next = sink(DATABASE.url(), context); Committer committer = next.committer()) {
            List<Staged> own = stage(next, 2, 2, insert(2, 2));
            assertThat(committer.commit(commit(2, 1, prepared))).isInstanceOf(CommitOutcome.Committed.class);
            assertThat(staging()).isEqualTo(2);
            assertThat(committer.commit(commit(2, 2, own))).isInstanceOf(CommitOutcome.Committed.class);
            assertThat(staging()).isZero();
            assertThat(DATABASE.number("SELECT count(*) FROM orders")).isEqualTo(2);
        }
    }

    private static long staging() {
        return DATABASE.number("SELECT count(*) FROM pg_tables WHERE tablename ~ '^_windrow_[0-9a-f]{16}_'");
    }

    @Test
    void noLimitOfTheDatabaseEndsATransactionAndADatabaseThatTakesNoChangesIsTriedAgain() {
        String name = DATABASE.query("SELECT current_database()").getFirst().getFirst();
        List<String> limits = List.of("statement_timeout", "transaction_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout");
        try {
            limits.forEach(limit -> DATABASE.execute("ALTER DATABASE \"" + name + "\" SET " + limit + " = '1h'"));
            DATABASE.execute("CREATE TABLE seen (most text)", "CREATE TABLE orders (id bigint PRIMARY KEY, name text, body text)",
                    "CREATE FUNCTION limits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen SELECT current_setting(one) FROM unnest('{"
                            + String.join(",", limits) + "}'::text[]) AS one; RETURN NEW; END $$",
                    "CREATE TRIGGER limits BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION limits()");
            try (Sink sink = sink(DATABASE.url(), context); Committer committer = sink.committer()) {
                assertThat(committer.commit(commit(1, 1, stage(sink, 1, 1, insert(1, 1))))).isInstanceOf(CommitOutcome.Committed.class);
                List<Staged> staged = stage(sink, 1, 2, insert(2, 2));
                assertThat(DATABASE.query("SELECT DISTINCT most FROM seen")).containsExactly(List.of("0"));
                DATABASE.execute("ALTER DATABASE \"" + name + "\" SET default_transaction_read_only = on");
                try (Committer demoted = sink.committer()) {
                    assertThat(demoted.commit(commit(1, 2, staged))).isInstanceOfSatisfying(CommitOutcome.Unknown.class, unknown -> {
                        assertThat(unknown.reason().errorCode()).isEqualTo(JdbcError.READ_ONLY);
                        assertThat(unknown.reason().kind()).isEqualTo(ErrorKind.EXTERNAL_TRANSIENT);
                    });
                }
                assertThat(committer.commit(commit(1, 2, staged))).isInstanceOf(CommitOutcome.Committed.class);
            }
        } finally {
            DATABASE.execute("SET default_transaction_read_only = off", "ALTER DATABASE \"" + name + "\" RESET ALL");
        }
    }

    @Test
    void changesAreAppliedWhereAllTablesArePublished() {
        DATABASE.execute("CREATE PUBLICATION everything FOR ALL TABLES");
        try (Sink sink = sink(DATABASE.url(), context); Committer committer = sink.committer()) {
            List<Staged> first = stage(sink, 1, 1, insert(1, 1), insert(2, 2), insert(1, 3));
            assertThat(committer.commit(commit(1, 1, first))).isInstanceOf(CommitOutcome.Committed.class);
            List<Staged> next = stage(sink, 1, 2, new Change(Operation.TRUNCATE, 0, null, null, 4, 0, -1), insert(1, 5),
                    new Change(Operation.DELETE, 1, null, null, 6, 0, 1), new Change(Operation.INSERT, 3, "moved", Change.UNCHANGED, 6, 1, 0),
                    new Change(Operation.UPDATE, 3, "again", Change.UNCHANGED, 7, 0, -1));
            assertThat(committer.commit(commit(1, 2, next))).isInstanceOf(CommitOutcome.Committed.class);
            assertThat(DATABASE.query("SELECT id, name, body FROM orders")).containsExactly(List.of("3", "again", "body"));
            DATABASE.execute("DELETE FROM _windrow_ledger");
        } finally {
            DATABASE.execute("DROP PUBLICATION everything");
        }
    }

    @Test
    void aWriterThatFailedTakesNothingMore() throws SQLException {
        try (Sink sink = sink(DATABASE.url(), context)) {
            sink.prepare(ChangeRows.SCHEMA, WriteMode.MIRROR);
            try (SinkWriter writer = sink.writer(ChangeRows.SCHEMA, WriteMode.MIRROR, new WriterId(1, 1, 0));
                    Connection other = DATABASE.connect(); Statement statement = other.createStatement();
                    Batch batch = ChangeRows.batch(context.allocator(), List.of(insert(1, 1)))) {
                writer.write(batch);
                statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'windrow'");
                assertThatThrownBy(() -> writer.write(batch)).isInstanceOfSatisfying(
                        WindrowException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.EXTERNAL_TRANSIENT));
                assertThatThrownBy(() -> writer.prepareCommit(1)).isInstanceOfSatisfying(
                        WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(JdbcError.WRITER_POISONED));
            }
        }
    }
}
