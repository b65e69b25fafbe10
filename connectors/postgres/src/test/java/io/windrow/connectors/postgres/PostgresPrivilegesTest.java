package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.context.CheckResult;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.StreamConfig.Level;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Roles that may read a table in one way and not in another: what check says, a run does. */
@Tag("server")
class PostgresPrivilegesTest {
    private static final StreamName T = new StreamName("public", "t");
    private static final String ROLE = "sparing_reader";

    private PostgresDatabase db;

    @BeforeEach
    void open() {
        db = PostgresDatabase.create(PostgresServer.shared(18));
        db.execute("CREATE ROLE " + ROLE + " LOGIN");
    }

    @AfterEach
    void close() {
        db.execute("DROP OWNED BY " + ROLE, "DROP ROLE " + ROLE);
        db.close();
    }

    private Drive drive(StreamConfig stream) {
        return drive(stream, "t");
    }

    private Drive drive(StreamConfig stream, String name) {
        return new Drive(
                Drive.config("postgres://" + ROLE + "@127.0.0.1:" + db.server().port() + "/" + db.name(), stream),
                new StreamName("public", name));
    }

    private static List<String> remedies(Drive drive) {
        return drive.source().check().stream()
                .filter(result -> result.outcome() == CheckResult.Outcome.FAILED)
                .map(CheckResult::remedy)
                .toList();
    }

    private void partitioned() {
        db.execute(
                "CREATE SCHEMA far",
                "CREATE TABLE t (id int, at timestamptz NOT NULL DEFAULT now()) PARTITION BY RANGE (id)",
                "CREATE TABLE near_part PARTITION OF t FOR VALUES FROM (0) TO (100)",
                "CREATE TABLE far.\"P 2\" PARTITION OF t FOR VALUES FROM (100) TO (200)",
                "INSERT INTO t SELECT generate_series(0, 199)",
                "GRANT SELECT ON t TO " + ROLE);
    }

    @Test
    void An_incremental_stream_needs_the_partitions_too_and_the_printed_grants_are_enough() {
        partitioned();
        try (Drive drive = drive(StreamConfig.incremental("public.t", "at", Level.CONDITIONAL))) {
            List<String> remedies = remedies(drive);
            assertThat(remedies).containsExactly("GRANT USAGE ON SCHEMA \"far\" TO \"sparing_reader\";"
                    + " GRANT SELECT ON \"public\".\"near_part\", \"far\".\"P 2\" TO \"sparing_reader\";");
            assertThatThrownBy(drive::run).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.remedy()).contains("Run check"));
            db.execute(remedies.getFirst());
            assertThat(remedies(drive)).isEmpty();
            assertThat(drive.run()).isEqualTo(200);
        }
    }

    @Test
    void An_incremental_stream_needs_more_than_columns_and_a_view_is_no_table() {
        db.execute("CREATE TABLE t (id int, at timestamptz NOT NULL DEFAULT now())", "INSERT INTO t VALUES (1)");
        db.execute("GRANT SELECT (id, at) ON t TO " + ROLE);
        try (Drive drive = drive(StreamConfig.incremental("public.t", "at", Level.PROVEN))) {
            assertThat(remedies(drive)).containsExactly("GRANT SELECT ON \"public\".\"t\" TO \"sparing_reader\";");
            db.execute(remedies(drive).getFirst());
            assertThat(remedies(drive)).isEmpty();
            assertThat(drive.run()).isEqualTo(1);
        }
        db.execute("CREATE VIEW v AS SELECT * FROM t", "GRANT SELECT ON v TO " + ROLE);
        try (Drive drive = drive(StreamConfig.incremental("public.v", "at", Level.CONDITIONAL))) {
            assertThat(remedies(drive)).singleElement().asString().contains("mode: snapshot", "is no table");
        }
    }

    @Test
    void A_query_and_a_condition_are_checked_for_what_they_name() {
        db.execute(
                "CREATE SCHEMA far", "CREATE TABLE far.\"Odd one\" (id int)", "CREATE TABLE t (id int, v text)",
                "INSERT INTO far.\"Odd one\" VALUES (1), (2)", "INSERT INTO t VALUES (1, 'a'), (3, 'b')",
                "GRANT SELECT ON t TO " + ROLE);
        StreamConfig plain = StreamConfig.snapshot("public.t");
        StreamConfig where = new StreamConfig(
                plain.table(), plain.query(), plain.name(), plain.exclude(), plain.mode(), plain.cursor(), plain.guarantee(),
                plain.lag(), plain.start(), plain.columns(), Optional.of("id IN (SELECT o.id FROM far.\"Odd one\" o)"),
                plain.key(), plain.outOfRange(), plain.consistency());
        StreamConfig query = new StreamConfig(
                Optional.empty(), Optional.of("SELECT o.id FROM far.\"Odd one\" o"), Optional.of("q"), List.of(), plain.mode(),
                plain.cursor(), plain.guarantee(), plain.lag(), plain.start(), List.of(), Optional.empty(), List.of(),
                plain.outOfRange(), plain.consistency());
        PostgresConfig both = Drive.config(
                "postgres://" + ROLE + "@127.0.0.1:" + db.server().port() + "/" + db.name(), where, query);
        try (Drive one = new Drive(both, T); Drive other = new Drive(both, StreamName.of("q"))) {
            String schema = "GRANT USAGE ON SCHEMA \"far\" TO \"sparing_reader\";";
            assertThat(remedies(one)).containsExactly(schema, schema);
            db.execute(schema);
            String table = "GRANT SELECT ON \"far\".\"Odd one\" TO \"sparing_reader\";";
            assertThat(remedies(one)).containsExactly(table, table);
            db.execute(table);
            assertThat(remedies(one)).isEmpty();
            assertThat(one.run()).isEqualTo(1);
            assertThat(other.run()).isEqualTo(2);
        }
    }

    @Test
    void A_view_is_read_with_its_owners_privileges_or_with_those_of_the_role_and_the_missing_grant_is_printed() {
        db.execute(
                "CREATE ROLE view_owner", "CREATE TABLE base (id int)", "INSERT INTO base VALUES (1)", "CREATE VIEW mine WITH (security_invoker)"
                        + " AS SELECT id FROM base", "CREATE VIEW theirs AS SELECT id FROM base", "ALTER VIEW theirs OWNER TO view_owner",
                "GRANT SELECT ON mine, theirs TO " + ROLE);
        try (Drive mine = drive(StreamConfig.snapshot("public.mine"), "mine");
                Drive theirs = drive(StreamConfig.snapshot("public.theirs"), "theirs")) {
            assertThat(remedies(mine)).containsExactly("GRANT SELECT ON \"public\".\"base\" TO \"sparing_reader\";");
            assertThat(remedies(theirs)).containsExactly("GRANT SELECT ON \"public\".\"base\" TO \"view_owner\";");
            db.execute(remedies(mine).getFirst(), remedies(theirs).getFirst());
            assertThat(remedies(mine)).isEmpty();
            assertThat(remedies(theirs)).isEmpty();
            assertThat(mine.run() + theirs.run()).isEqualTo(2);
        } finally {
            db.execute("DROP OWNED BY view_owner", "DROP ROLE view_owner");
        }
    }

    @Test
    void Powers_that_reading_does_not_need_are_named_with_what_takes_them_away() {
        db.execute(
                "CREATE SCHEMA open", "CREATE TABLE open.t (id int)", "GRANT USAGE, CREATE ON SCHEMA open TO " + ROLE,
                "ALTER TABLE open.t OWNER TO " + ROLE, "GRANT pg_execute_server_program, pg_read_server_files TO " + ROLE);
        try (Drive drive = drive(StreamConfig.snapshot("open.t"), "t")) {
            List<CheckResult> warnings = drive.source().check().stream()
                    .filter(result -> result.outcome() == CheckResult.Outcome.WARNING)
                    .toList();
            assertThat(warnings).extracting(CheckResult::name).containsExactly("role", "schema open", "stream open.t");
            assertThat(warnings.get(0).detail()).contains("pg_execute_server_program, pg_read_server_files.");
            assertThat(warnings.get(2).detail()).contains("owns");
            db.execute(warnings.get(1).remedy(), "ALTER TABLE open.t OWNER TO postgres",
                    "REVOKE pg_execute_server_program, pg_read_server_files FROM " + ROLE, "GRANT SELECT ON open.t TO " + ROLE);
            assertThat(drive.source().check()).allMatch(result -> result.outcome() == CheckResult.Outcome.OK);
        }
    }

    @Test
    void A_snapshot_is_whole_with_the_parents_privilege_alone_wherever_its_partitions_lie() {
        partitioned();
        try (Drive drive = drive(StreamConfig.snapshot("public.t"))) {
            assertThat(remedies(drive)).isEmpty();
            assertThat(drive.run()).isEqualTo(200);
        }
        // Each would be refused if it were read by itself: the schema, and a policy that the parent does not have.
        db.execute("GRANT SELECT ON far.\"P 2\", near_part TO " + ROLE, "ALTER TABLE near_part ENABLE ROW LEVEL SECURITY");
        try (Drive drive = drive(StreamConfig.snapshot("public.t"))) {
            assertThat(remedies(drive)).isEmpty();
            assertThat(drive.run()).isEqualTo(200);
        }
    }

    @Test
    void A_partitioned_table_without_partitions_is_empty_and_its_first_one_arrives() {
        db.execute(
                "CREATE TABLE t (id int, at timestamptz NOT NULL DEFAULT now()) PARTITION BY RANGE (id)",
                "GRANT SELECT ON t TO " + ROLE);
        try (Drive drive = drive(StreamConfig.incremental("public.t", "at", Level.CONDITIONAL))) {
            assertThat(remedies(drive)).isEmpty();
            assertThat(drive.run()).isZero();
            db.execute(
                    "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (100)", "INSERT INTO t VALUES (7)",
                    "GRANT SELECT ON t1 TO " + ROLE);
            assertThat(drive.run()).isEqualTo(1);
            assertThat(drive.run()).isZero();
        }
    }
}
