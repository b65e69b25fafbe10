package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.windrow.testkit.crash.ChildJvm;
import io.windrow.testkit.fault.TcpProxy;
import io.windrow.testkit.oracle.Oracle;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresOptions;
import io.windrow.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database is gone in the middle of a run, or nobody reaches it: for less than the retries last, and for longer. */
@Tag("server")
@Tag("G15")
class OutageTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Pattern GIVEN_UP = Pattern.compile("postgres\\.(snapshot_lost|connection_lost|connect_refused)");
    private static final Pattern ROW = Pattern.compile("\"id\":(\\d+),\"v\":\"(\\w+)\"");

    @TempDir
    Path folder;

    private PostgresServer server;
    private PostgresDatabase database;
    private TcpProxy proxy;
    private Path pipeline;

    @BeforeEach
    void start() throws IOException {
        server = PostgresServer.start(PostgresOptions.of(18).durable());
        database = PostgresDatabase.create(server);
        database.execute(
                "CREATE TABLE whole (id bigint PRIMARY KEY, v text)",
                "INSERT INTO whole SELECT i, md5(i::text) FROM generate_series(1, 40000) i",
                "CREATE TABLE grown (id bigint PRIMARY KEY, v text, at timestamptz NOT NULL DEFAULT now())",
                "INSERT INTO grown SELECT i, md5(i::text) FROM generate_series(1, 40000) i",
                "ANALYZE");
        proxy = TcpProxy.to("127.0.0.1", server.port());
        pipeline = Files.writeString(folder.resolve("outage.yaml"), """
                pipeline: outage
                source:
                  postgres:
                    url: '%s'
                    split_size: 128KiB
                    batch_rows: 500
                    streams:
                      - {table: public.whole, mode: snapshot}
                      - {table: public.grown, mode: incremental, cursor: at}
                sink:
                  files: {path: ./out, format: jsonl}
                run: {epoch_rows: 2000}
                """.formatted(database.url().replace(":" + server.port(), ":" + proxy.port())));
    }

    @AfterEach
    void stop() {
        proxy.close();
        server.close();
    }

    @Test
    void aRunOutlivesARestartOfTheDatabase() throws Exception {
        try (ChildJvm child = child("run", pipeline.toString())) {
            killInTheMiddle();
            server.start();
            proxy.pass();
            assertThat(child.awaitEnd(PATIENCE)).as(child.output()).isZero();
        }
        requireExact();
    }

    /** The sixth failure comes a quarter of a minute to half a minute after the first one. */
    @Test
    void aRunOutlivesADatabaseThatWasShutDownInGoodOrderAndComesBackMuchLater() throws Exception {
        try (ChildJvm child = child("run", pipeline.toString())) {
            readSome();
            server.stop();
            proxy.pass();
            await().atMost(PATIENCE).until(() -> child.output().contains(", try 6 of "));
            server.start();
            assertThat(child.awaitEnd(PATIENCE)).as(child.output()).isZero();
        }
        requireExact();
    }

    @Test
    void aRunThatWaitedLongEnoughEndsWithACodeAndTheNextOneGoesOn() throws Exception {
        retryFor("2s");
        try (ChildJvm child = child("run", pipeline.toString())) {
            killInTheMiddle();
            assertThat(child.awaitEnd(PATIENCE)).as(child.output()).isEqualTo(ExitCode.EXTERNAL.value());
            assertThat(child.output()).contains("postgres.");
        }
        server.start();
        proxy.pass();
        try (ChildJvm child = child("run", pipeline.toString())) {
            assertThat(child.awaitEnd(PATIENCE)).as(child.output()).isZero();
        }
        requireExact();
    }

    @Test
    void aServiceOutlivesAnOutageThatItsRunsDoNot() throws Exception {
        retryFor("2s");
        try (ChildJvm child = child("run", "--every", "1s", pipeline.toString())) {
            killInTheMiddle();
            await().atMost(PATIENCE).until(() -> child.output().contains("postgres."));
            server.start();
            proxy.pass();
            await().atMost(PATIENCE).ignoreExceptions().untilAsserted(this::requireExact);
            child.terminate();
            assertThat(child.awaitEnd(PATIENCE)).as(child.output()).isEqualTo(ExitCode.STOPPED.value());
        }
    }

    @Test
    void aServiceThatBeginsWhileTheDatabaseIsAwayWaitsForItAndStillDoesWhatItWasAskedFor() throws Exception {
        String[] one = {"run", pipeline.toString(), "--stream", "public.grown"};
        try (ChildJvm first = child(one)) {
            assertThat(first.awaitEnd(PATIENCE)).as(first.output()).isZero();
        }
        server.kill();
        proxy.resetAll();
        try (ChildJvm child = child("run", pipeline.toString(), "--stream", "public.grown", "--every", "1s", "--full-refresh")) {
            await().atMost(PATIENCE).until(() -> child.output().split("code   postgres\\.").length > 2);
            server.start();
            await().atMost(PATIENCE).until(() -> child.output().contains("generation 2"));
            await().atMost(PATIENCE).until(() -> child.output().split("public.grown +completed").length > 2);
            child.terminate();
            assertThat(child.awaitEnd(PATIENCE)).as(child.output()).isEqualTo(ExitCode.STOPPED.value());
            assertThat(child.output()).contains("40,000").doesNotContain("generation 3", "public.whole");
        }
    }

    @Test
    @Tag("D41")
    @Tag("G11")
    void aConnectionThatSwallowsEverythingIsGivenUpAndReadAgainAndKeepsNoStopWaiting() throws Exception {
        Files.writeString(pipeline, Files.readString(pipeline).replace("split_size", "connect_timeout: 1s\n    split_size"));
        try (ChildJvm child = child("run", pipeline.toString())) {
            swallowInTheMiddle();
            child.terminate();
            assertThat(child.awaitEnd(PATIENCE)).as(child.output()).isEqualTo(ExitCode.STOPPED.value());
        }
        proxy.pass();
        try (ChildJvm child = child("run", pipeline.toString())) {
            swallowInTheMiddle();
            // The connections that it swallows may be the planner's, a reader's, or one that is being made.
            await().atMost(PATIENCE).until(() -> GIVEN_UP.matcher(child.output()).find());
            proxy.pass();
            assertThat(child.awaitEnd(PATIENCE)).as(child.output()).isZero();
        }
        requireExact();
    }

    @Test
    @Tag("G11")
    void aRunThatWaitsForALockWhileItPlansHearsThatItIsToStop() throws Exception {
        Files.writeString(pipeline, Files.readString(pipeline).replace("split_size", "lock_timeout: 1h\n    split_size"));
        try (Connection other = server.connect(database.name());
                Statement statement = other.createStatement();
                ChildJvm child = child("run", pipeline.toString())) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE grown IN ACCESS EXCLUSIVE MODE");
            await().atMost(PATIENCE).until(() -> !database.query(
                    "SELECT 1 FROM pg_stat_activity WHERE application_name = 'windrow' AND wait_event_type = 'Lock'").isEmpty());
            child.terminate();
            assertThat(child.awaitEnd(PATIENCE)).as(child.output()).isEqualTo(ExitCode.STOPPED.value());
            assertThat(child.output()).doesNotContain("error ");
            other.rollback();
        }
        try (ChildJvm child = child("run", pipeline.toString())) {
            assertThat(child.awaitEnd(PATIENCE)).as(child.output()).isZero();
        }
        requireExact();
    }

    private static ChildJvm child(String... arguments) {
        return ChildJvm.start(Main.class.getName(), List.of(arguments), Map.of());
    }

    private void retryFor(String time) throws IOException {
        Files.writeString(pipeline, Files.readString(pipeline).replace("run: {", "run: {retry_for: " + time + ", "));
    }

    /** Some rows have come, not all. */
    private void readSome() {
        long before = proxy.received();
        proxy.delay(Duration.ofMillis(20));
        await().atMost(PATIENCE).until(() -> proxy.received() > before + 500_000);
    }

    private void swallowInTheMiddle() {
        readSome();
        proxy.blackHole();
    }

    private void killInTheMiddle() {
        readSome();
        server.kill();
        proxy.resetAll();
    }

    private void requireExact() throws IOException {
        for (String table : List.of("whole", "grown")) {
            Oracle.requireEqual(database.query("SELECT id, v FROM " + table), delivered(table));
        }
    }

    private List<List<String>> delivered(String table) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(folder.resolve("out").resolve("public." + table), FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : walk.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
                for (String line : Files.readAllLines(file)) {
                    Matcher row = ROW.matcher(line);
                    assertThat(row.find()).as(line).isTrue();
                    rows.add(List.of(row.group(1), row.group(2)));
                }
            }
        }
        return rows;
    }
}
