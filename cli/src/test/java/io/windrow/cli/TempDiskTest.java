package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.crash.ChildJvm;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The source's disk is not ours to fill: rows stream, whatever the size of the table. */
@Tag("server")
class TempDiskTest {
    @Test
    @Tag("G03")
    void noWayOfReadingATableSpillsToTheServersDisk(@TempDir Path folder) throws Exception {
        try (PostgresDatabase database = PostgresDatabase.create(PostgresServer.shared(18))) {
            database.execute(
                    "CREATE TABLE big (id bigint PRIMARY KEY, v text, at timestamptz NOT NULL DEFAULT now())",
                    "INSERT INTO big SELECT i, repeat(md5(i::text), 8) FROM generate_series(1, 60000) i",
                    "CREATE TABLE ranged (LIKE big INCLUDING ALL)",
                    "CREATE TABLE grown (LIKE big INCLUDING ALL)",
                    "CREATE TABLE proven (LIKE big INCLUDING ALL)",
                    "INSERT INTO ranged SELECT * FROM big",
                    "INSERT INTO grown SELECT * FROM big",
                    "INSERT INTO proven SELECT * FROM big",
                    "CREATE TABLE filtered (LIKE big INCLUDING ALL)",
                    "INSERT INTO filtered SELECT * FROM big",
                    "CREATE TABLE texts (id text PRIMARY KEY, v text)",
                    "INSERT INTO texts SELECT md5(id::text), v FROM big",
                    "ANALYZE",
                    // 15 MB a table: a spooled cursor or a sort has nowhere to go.
                    "ALTER DATABASE \"" + database.name() + "\" SET work_mem = '64kB'",
                    "ALTER DATABASE \"" + database.name() + "\" SET temp_file_limit = '64kB'");
            Path pipeline = Files.writeString(folder.resolve("temp.yaml"), """
                    pipeline: temp
                    source:
                      postgres:
                        url: '%s'
                        streams:
                          - {table: public.big, mode: snapshot}
                          - {table: public.ranged, mode: snapshot, consistency: per_range}
                          - {table: public.filtered, mode: snapshot, where: "v <> 'x' AND at > '2001-01-01'"}
                          - {table: public.texts, mode: snapshot, consistency: per_range}
                          - {table: public.grown, mode: incremental, cursor: at}
                          - {table: public.proven, mode: incremental, guarantee: proven}
                    sink:
                      files: {path: ./out, format: parquet}
                    """.formatted(database.url()));
            long before = database.number("SELECT temp_files FROM pg_stat_database WHERE datname = current_database()");
            try (ChildJvm run = ChildJvm.start(Main.class.getName(), List.of("run", pipeline.toString()), Map.of())) {
                assertThat(run.awaitEnd(Duration.ofMinutes(4))).as(run.output()).isZero();
            }
            assertThat(database.number("SELECT temp_files FROM pg_stat_database WHERE datname = current_database()"))
                    .isEqualTo(before);
        }
    }
}
