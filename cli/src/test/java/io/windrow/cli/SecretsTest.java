package io.windrow.cli;

import static io.windrow.cli.Invoked.windrow;
import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.crash.ChildJvm;
import io.windrow.testkit.fault.KillingFailpoints;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Secrets are named in the pipeline file and lie nowhere else, whatever is done with it. */
@Tag("server")
class SecretsTest {
    private static final String PASSWORD = "pw-canary-4711";
    private static final String MASK = "mask-canary-long-enough-0815";
    private static final String HASHES = "hash-canary-of-at-least-sixteen-bytes";
    private static final String PLAIN_KEY = "seal-canary-of-thirty-two-bytes!";
    private static final String KEY = Base64.getEncoder().encodeToString(PLAIN_KEY.getBytes(StandardCharsets.UTF_8));

    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @TempDir
    Path folder;

    @Test
    @Tag("H23")
    void noSecretIsInAnyFileOrOutputNorInTheProcessList() throws Exception {
        DATABASE.execute(
                "CREATE TABLE secretive (id int PRIMARY KEY, name text)",
                "INSERT INTO secretive SELECT i, 'name ' || i FROM generate_series(1, 30) i");
        Path file = pipeline();
        List<String> outputs = new ArrayList<>();
        for (Object[] words : List.of(
                new Object[] {"check", file}, new Object[] {"discover", "--pii", file}, new Object[] {"preview", file},
                new Object[] {"plan", file}, new Object[] {"--json", "plan", file}, new Object[] {"run", file},
                new Object[] {"--json", "run", file}, new Object[] {"verify", file}, new Object[] {"verify", "--files", file},
                new Object[] {"--json", "ledger", file}, new Object[] {"--json", "state", "show", file},
                new Object[] {"--json", "schema", "list", file}, new Object[] {"quarantine", "show", file},
                new Object[] {"replay", file, "--from", "1", "--apply"}, new Object[] {"--json", "dispose", file})) {
            Invoked done = windrow(words);
            assertThat(done.exit()).as(done.whole()).isZero();
            outputs.add(done.whole());
        }
        DATABASE.execute("INSERT INTO secretive VALUES (100, 'more')");
        String place = "run.after_save_prepared";
        try (ChildJvm child = ChildJvm.start(
                Main.class.getName(), List.of("--debug", "run", file.toString()), Map.of(KillingFailpoints.VARIABLE, place))) {
            assertThat(child.awaitLine(KillingFailpoints.REACHED + place, Duration.ofMinutes(3))).as(child.output()).isTrue();
            Path process = Path.of("/proc", Long.toString(child.pid()));
            if (Files.isDirectory(process)) {
                outputs.add(Files.readString(process.resolve("cmdline")) + Files.readString(process.resolve("environ")));
            }
            child.kill();
            outputs.add(child.output());
        }
        DATABASE.execute("DROP TABLE secretive");
        Invoked failed = windrow("run", "--debug", file);
        assertThat(failed.exit()).isNotZero();
        outputs.add(failed.whole());
        Files.writeString(file, Files.readString(file).replace("public.secretive,", "public.secretve,"));
        outputs.add(windrow("plan", "--debug", file).whole());

        assertThat(outputs).allSatisfy(SecretsTest::holdsNone);
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path path : walk.filter(Files::isRegularFile).filter(one -> !one.startsWith(folder.resolve("secrets"))).toList()) {
                holdsNone(new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1));
                holdsNone(path.toString());
            }
        }
    }

    private static void holdsNone(String text) {
        assertThat(text).doesNotContain(PASSWORD, MASK, HASHES, PLAIN_KEY, KEY);
    }

    private Path pipeline() throws IOException {
        secret("url", DATABASE.url().replace("postgres@", "postgres:" + PASSWORD + "@"));
        secret("mask", MASK);
        secret("hashes", HASHES);
        secret("key", KEY);
        return Files.writeString(folder.resolve("pipeline.yaml"), """
                pipeline: secretive
                source:
                  postgres:
                    url: ${file:./secrets/url}
                    streams: [{table: public.secretive, mode: incremental, guarantee: proven}]
                sink:
                  files: {path: ./out, format: parquet}
                contract: {streams: {public.secretive: {fields: [{field: id, max: '29'}]}}}
                mask: [{field: name, with: hmac, key: '${file:./secrets/mask}'}]
                run: {hash_key: '${file:./secrets/hashes}'}
                encryption: {key: '${file:./secrets/key}'}
                retention: {files: 1d, quarantine: 1d, checkpoints: 1d}
                """);
    }

    private void secret(String name, String value) throws IOException {
        Path secrets = Files.createDirectories(folder.resolve("secrets"));
        Path file = Files.writeString(secrets.resolve(name), value);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
}
