package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.context.CheckResult;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.StreamRequest;
import io.windrow.connectors.postgres.StreamConfig.Level;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who holds an incremental stream back is named, also to a role that may see little; and so are rows that wait. */
@Tag("server")
class PostgresHoldersTest {
    private static final StreamName T = new StreamName("public", "t");
    private static final String ROLE = "short_sighted";

    private PostgresDatabase db;

    @BeforeEach
    void open() {
        db = PostgresDatabase.create(PostgresServer.shared(18));
        db.execute(
                "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v int)", "INSERT INTO t (v) VALUES (1)",
                "CREATE TABLE other (v int)", "CREATE ROLE " + ROLE + " LOGIN", "GRANT SELECT ON t TO " + ROLE);
    }

    @AfterEach
    void close() {
        db.execute("DROP OWNED BY " + ROLE, "DROP ROLE " + ROLE);
        db.close();
    }

    private Drive drive(Level level) {
        return new Drive(
                Drive.config(
                        "postgres://" + ROLE + "@127.0.0.1:" + db.server().port() + "/" + db.name(),
                        StreamConfig.incremental("public.t", "id", level)),
                T);
    }

    private static int begin(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN");
            statement.execute(sql);
            try (var row = statement.executeQuery("SELECT pg_backend_pid()")) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Level.class, names = {"CONDITIONAL", "PROVEN"})
    void A_transaction_of_another_role_that_was_open_at_the_last_run_is_named_without_a_privilege(Level level) throws SQLException {
        try (Drive drive = drive(level);
                Connection holder = db.connect()) {
            // Under a snapshot that writes nothing a bound cannot move; under an id no window can.
            int pid = begin(holder, level == Level.CONDITIONAL ? "SELECT 1" : "INSERT INTO other VALUES (1)");
            db.execute("INSERT INTO t (v) VALUES (2)");
            drive.run();
            assertThat(drive.notices).noneMatch(notice -> notice.startsWith("postgres.long_transaction"));
            db.execute("INSERT INTO t (v) VALUES (3)");
            drive.run();
            assertThat(drive.notices).anyMatch(notice -> notice.startsWith("postgres.long_transaction")
                    && notice.contains("(pid " + pid + ",") && notice.contains("pg_read_all_stats"));
        }
    }

    @Test
    void Check_recommends_the_membership_that_shows_since_when_transactions_are_open() {
        try (Drive drive = drive(Level.CONDITIONAL)) {
            CheckResult before = drive.source().check().stream()
                    .filter(result -> result.name().equals("long transactions")).findFirst().orElseThrow();
            assertThat(before.outcome()).isEqualTo(CheckResult.Outcome.WARNING);
            db.execute(before.remedy());
            assertThat(drive.source().check()).anyMatch(result ->
                    result.name().equals("long transactions") && result.outcome() == CheckResult.Outcome.OK);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Level.class, names = {"CONDITIONAL", "PROVEN"})
    void Rows_that_wait_behind_an_open_transaction_are_told_of_and_arrive_when_it_has_ended(Level level) throws SQLException {
        try (Drive drive = drive(level);
                Connection holder = db.connect()) {
            assertThat(drive.run()).isEqualTo(1);
            begin(holder, "INSERT INTO other VALUES (1)");
            if (level == Level.PROVEN) {
                // Up to the open one everything is delivered.
                drive.run();
            }
            assertThat(drive.notices).noneMatch(notice -> notice.startsWith("postgres.held_back"));
            db.execute("DO $$ BEGIN FOR i IN 1 .. 1100 LOOP INSERT INTO t (v) VALUES (i); COMMIT; END LOOP; END $$");
            assertThat(nothingNew(drive)).as("a proof that there is nothing").isEmpty();
            assertThat(drive.run()).isZero();
            assertThat(drive.notices).anyMatch(notice -> notice.startsWith("postgres.held_back"));
            holder.createStatement().execute("COMMIT");
            assertThat(drive.run()).isEqualTo(1100);
        }
    }

    private static Optional<EndProof> nothingNew(Drive drive) {
        try (Source source = drive.source();
                SplitPlanner planner = source.plan(List.of(new StreamRequest(T, ReadMode.INCREMENTAL, 1, drive.state)))) {
            return planner.nothingNew(T);
        }
    }
}
