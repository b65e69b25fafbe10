package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.context.CheckResult;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.StreamDescription;
import io.windrow.connectors.postgres.StreamConfig.Level;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Tables whose rows lie elsewhere, and relations without rows of their own. */
@Tag("server")
@ParameterizedClass
@MethodSource("io.windrow.testkit.postgres.PostgresServer#majors")
class PostgresForeignTest {
    @Parameter
    int major;

    private PostgresDatabase db;

    @BeforeEach
    void open() {
        db = PostgresDatabase.create(PostgresServer.shared(major));
        db.execute(
                "CREATE EXTENSION postgres_fdw",
                "CREATE EXTENSION file_fdw",
                "CREATE SCHEMA far",
                "CREATE TABLE far.t (id int, v text)",
                "INSERT INTO far.t SELECT i, 'v' || i FROM generate_series(1, 1000) i",
                "CREATE SERVER loop FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '" + db.server().port()
                        + "', dbname '" + db.name() + "')",
                "CREATE USER MAPPING FOR postgres SERVER loop OPTIONS (user 'postgres')",
                "CREATE FOREIGN TABLE remote (id int, v text) SERVER loop OPTIONS (schema_name 'far', table_name 't')",
                "CREATE SERVER files FOREIGN DATA WRAPPER file_fdw",
                "CREATE FOREIGN TABLE counted (n int) SERVER files OPTIONS (program 'seq 1 100')");
    }

    @AfterEach
    void close() {
        db.close();
    }

    private Drive drive(StreamConfig stream, String name) {
        return new Drive(Drive.config(db.url(), stream), new StreamName("public", name));
    }

    @Test
    void Check_finds_that_a_foreign_server_does_not_let_the_role_in() {
        db.execute("CREATE ROLE stranger LOGIN", "GRANT SELECT ON remote TO stranger");
        try (Drive drive = new Drive(
                Drive.config(
                        "postgres://stranger@127.0.0.1:" + db.server().port() + "/" + db.name(), StreamConfig.snapshot("public.remote")),
                new StreamName("public", "remote"))) {
            assertThat(drive.source().check())
                    .filteredOn(result -> result.outcome() == CheckResult.Outcome.FAILED)
                    .singleElement()
                    .satisfies(result -> assertThat(result.remedy()).startsWith("CREATE USER MAPPING FOR \"stranger\" SERVER \"loop\""));
            db.execute("CREATE USER MAPPING FOR stranger SERVER loop OPTIONS (user 'postgres', password_required 'false')");
            assertThat(drive.source().check()).noneMatch(result -> result.outcome() == CheckResult.Outcome.FAILED);
            assertThat(drive.run()).isEqualTo(1000);
        } finally {
            db.execute("DROP OWNED BY stranger", "DROP USER MAPPING IF EXISTS FOR stranger SERVER loop", "DROP ROLE stranger");
        }
    }

    @Test
    @Tag("C37")
    void Foreign_tables_arrive_once_each_row() {
        try (Drive remote = drive(StreamConfig.snapshot("public.remote"), "remote");
                Drive counted = drive(StreamConfig.snapshot("public.counted"), "counted")) {
            assertThat(remote.run()).isEqualTo(1000);
            assertThat(remote.rows).doesNotHaveDuplicates().contains("1000|v1000");
            assertThat(counted.run()).isEqualTo(100);
            assertThat(counted.rows)
                    .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 100).mapToObj(Integer::toString).toList());
        }
    }

    @Test
    void Foreign_tables_and_views_offer_snapshots_only_and_refuse_incremental_reads_by_name() {
        db.execute("CREATE VIEW seen AS SELECT * FROM far.t");
        try (Drive drive = drive(StreamConfig.incremental("public.remote", "id", Level.CONDITIONAL), "remote");
                Source source = drive.source()) {
            Map<String, StreamDescription> found = source.discover().stream()
                    .collect(Collectors.toMap(stream -> stream.schema().stream().toString(), stream -> stream));
            assertThat(found.get("public.remote").modes()).containsExactly(ReadMode.SNAPSHOT);
            assertThat(found.get("public.remote").kind().toString()).containsIgnoringCase("foreign");
            assertThatThrownBy(drive::run).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode().kind()).isEqualTo(io.windrow.api.error.ErrorKind.USER));
        }
        try (Drive drive = drive(StreamConfig.incremental("public.seen", "id", Level.CONDITIONAL), "seen")) {
            assertThatThrownBy(drive::run).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode().kind()).isEqualTo(io.windrow.api.error.ErrorKind.USER));
        }
    }

    @Test
    void A_partitioned_table_with_a_foreign_partition_arrives_whole() {
        db.execute(
                "CREATE TABLE mixed (id int, v text) PARTITION BY RANGE (id)",
                "CREATE TABLE mixed_low PARTITION OF mixed FOR VALUES FROM (-1000) TO (1)",
                "INSERT INTO mixed SELECT -i, 'low' FROM generate_series(1, 500) i",
                "CREATE FOREIGN TABLE mixed_high PARTITION OF mixed FOR VALUES FROM (1) TO (10000) SERVER loop"
                        + " OPTIONS (schema_name 'far', table_name 't')");
        try (Drive drive = drive(StreamConfig.snapshot("public.mixed"), "mixed")) {
            assertThat(drive.run()).isEqualTo(1500);
            assertThat(drive.rows).doesNotHaveDuplicates().contains("-500|low", "1000|v1000");
        }
    }

    /** The parent declares it, and no server holds the other one to it. */
    @Test
    void A_null_of_a_foreign_partition_arrives_although_its_parent_says_not_null() {
        db.execute(
                "INSERT INTO far.t VALUES (1001, NULL)",
                "CREATE TABLE mixed (id int NOT NULL, v text NOT NULL) PARTITION BY RANGE (id)",
                "CREATE TABLE mixed_low PARTITION OF mixed FOR VALUES FROM (-1000) TO (1) PARTITION BY RANGE (id)",
                "CREATE FOREIGN TABLE mixed_high PARTITION OF mixed FOR VALUES FROM (1) TO (10000) SERVER loop"
                        + " OPTIONS (schema_name 'far', table_name 't')");
        try (Drive drive = drive(StreamConfig.snapshot("public.mixed"), "mixed")) {
            assertThat(drive.run()).isEqualTo(1001);
        }
    }

    @Test
    void Materialized_views_and_tables_without_a_key_arrive_whole() {
        db.execute(
                "CREATE MATERIALIZED VIEW kept AS SELECT id FROM far.t WHERE id <= 10",
                "CREATE TABLE keyless (v text)",
                "INSERT INTO keyless SELECT 'same' FROM generate_series(1, 7)");
        try (Drive kept = drive(StreamConfig.snapshot("public.kept"), "kept");
                Drive keyless = drive(StreamConfig.snapshot("public.keyless"), "keyless")) {
            assertThat(kept.run()).isEqualTo(10);
            assertThat(keyless.run()).isEqualTo(7);
            assertThat(keyless.rows).containsOnly("same");
        }
    }
}
