package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.crash.ChildJvm;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An older copy of the state store is put back under a target that a later run has written to: one that came to its end, or
 * one that died in the middle of its commit, of which the copy has never heard.
 */
@Tag("server")
class RestoreTest {
    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    private static final String STORE = "restored_store";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "sqlite, append, ''",
        "sqlite, append, files.after_rename",
        "sqlite, append, files.before_manifest",
        "sqlite, append, files.after_manifest",
        "sqlite, replace, ''",
        "sqlite, replace, files.after_rename",
        "sqlite, replace, files.after_swap",
        "sqlite, replace, files.after_manifest",
        "postgres, append, files.after_rename",
        "postgres, replace, files.after_manifest"
    })
    void A_target_that_is_ahead_of_the_store_is_touched_only_after_a_new_generation_that_says_what_comes_twice(
            String store, String mode, String diedAt) throws Exception {
        Path file = pipeline(store, mode);
        restored(store, file, diedAt);
        Map<String, Long> before = visible();
        for (int i = 0; i < 2; i++) {
            Ended run = windrow("run", file.toString());
            assertThat(run.exit()).as(run.out()).isEqualTo(ExitCode.UNKNOWN_OUTCOME.value());
            assertThat(run.out()).contains("epoch.target_diverged").contains("windrow state reset");
            assertThat(visible()).as("nothing was added or taken away").isEqualTo(before);
        }
        Ended asked = windrow("state", "reset", file.toString());
        assertThat(asked.exit()).as(asked.out()).isNotZero();
        assertThat(asked.out()).contains("ahead of the store's")
                .contains(mode.equals("append") ? "is delivered twice" : "takes the place of the old one");
        assertThat(windrow("state", "reset", "--yes", file.toString()).exit()).isZero();
        Ended run = windrow("run", file.toString());
        assertThat(run.exit()).as(run.out()).isEqualTo(ExitCode.OK.value());
        Ended verified = windrow("verify", file.toString());
        assertThat(verified.exit()).as(run.out() + verified.out()).isEqualTo(ExitCode.OK.value());
        if (mode.equals("replace")) {
            try (var files = Files.list(folder.resolve("out/public." + table + "/current"))) {
                assertThat(files.count()).as("whole files of one generation").isEqualTo(2);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "sqlite, append, run.after_stage",
        "sqlite, append, run.after_save_prepared",
        "sqlite, replace, files.before_publish",
        "postgres, append, files.before_publish"
    })
    void What_a_dead_run_had_not_begun_to_show_is_delivered_once_from_the_older_store(
            String store, String mode, String diedAt) throws Exception {
        Path file = pipeline(store, mode);
        restored(store, file, diedAt);
        Ended run = windrow("run", file.toString());
        assertThat(run.exit()).as(run.out()).isEqualTo(ExitCode.OK.value());
        Ended verified = windrow("verify", "--json", file.toString());
        assertThat(verified.exit()).as(run.out() + verified.out()).isEqualTo(ExitCode.OK.value());
        assertThat(verified.out()).contains("\"target_rows\" : 3000", "\"equal\" : 3000");
        Ended files = windrow("verify", "--files", file.toString());
        assertThat(files.exit()).as(files.out()).isEqualTo(ExitCode.OK.value());
    }

    private final String table = "r" + System.nanoTime();

    /** One run, a copy of the store, new rows, another run or its death, and the copy put back. */
    private void restored(String store, Path file, String diedAt) throws Exception {
        DATABASE.execute(
                "CREATE TABLE " + table + " (id int PRIMARY KEY, name text)",
                "INSERT INTO " + table + " SELECT g, 'row ' || g || repeat('x', 100) FROM generate_series(1, 2000) g");
        Ended first = windrow("run", file.toString());
        assertThat(first.exit()).as(first.out()).isEqualTo(ExitCode.OK.value());
        save(store);
        DATABASE.execute("INSERT INTO " + table + " SELECT g, 'row ' || g || repeat('x', 100) FROM generate_series(2001, 3000) g");
        if (diedAt.isEmpty()) {
            assertThat(windrow("run", file.toString()).exit()).isEqualTo(ExitCode.OK.value());
        } else {
            try (ChildJvm child = ChildJvm.start(
                    Main.class.getName(), List.of("run", file.toString()), Map.of("WINDROW_FAILPOINT", diedAt))) {
                assertThat(child.awaitLine("failpoint reached: " + diedAt, Duration.ofMinutes(2))).as(child.output()).isTrue();
                child.kill();
            }
        }
        putBack(store);
    }

    private void save(String store) throws IOException {
        if (store.equals("sqlite")) {
            Files.copy(folder.resolve("state.db"), folder.resolve("saved.db"));
        } else {
            DATABASE.server().execute("CREATE DATABASE " + STORE + "_saved TEMPLATE " + STORE);
        }
    }

    private void putBack(String store) throws IOException {
        if (store.equals("sqlite")) {
            Files.deleteIfExists(folder.resolve("state.db-wal"));
            Files.deleteIfExists(folder.resolve("state.db-shm"));
            Files.copy(folder.resolve("saved.db"), folder.resolve("state.db"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } else {
            DATABASE.server().execute("DROP DATABASE " + STORE + " WITH (FORCE)");
            DATABASE.server().execute("CREATE DATABASE " + STORE + " TEMPLATE " + STORE + "_saved");
        }
    }

    /** Every file that a reader may find, with its length; links are followed. */
    private Map<String, Long> visible() throws IOException {
        Map<String, Long> found = new java.util.TreeMap<>();
        try (var files = Files.walk(folder.resolve("out/public." + table), java.nio.file.FileVisitOption.FOLLOW_LINKS)) {
            for (Path path : files.filter(Files::isRegularFile).toList()) {
                found.put(path.toString(), Files.size(path));
            }
        }
        return found;
    }

    private Path pipeline(String store, String mode) throws IOException {
        String url = "jdbc:sqlite:" + folder.resolve("state.db");
        if (!store.equals("sqlite")) {
            DATABASE.server().execute("DROP DATABASE IF EXISTS " + STORE + " WITH (FORCE)");
            DATABASE.server().execute("DROP DATABASE IF EXISTS " + STORE + "_saved WITH (FORCE)");
            DATABASE.server().execute("CREATE DATABASE " + STORE);
            url = DATABASE.server().jdbcUrl(STORE);
        }
        return Files.writeString(folder.resolve("p.yaml"), """
                pipeline: %1$s
                source:
                  postgres:
                    url: '%2$s'
                    split_size: 200KiB
                    streams: [{table: public.%1$s, mode: %3$s}]
                run: {state: '%4$s', parallelism: 2}
                sink:
                  files: {path: ./out, format: parquet}
                """.formatted(
                        table, DATABASE.url(), mode.equals("append") ? "incremental, cursor: id" : "snapshot", url));
    }

    private record Ended(int exit, String out) {}

    private static Ended windrow(String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int exit = Main.run(new Screen(stream, stream, false, false, 160), arguments);
        return new Ended(exit, bytes.toString(StandardCharsets.UTF_8));
    }
}
