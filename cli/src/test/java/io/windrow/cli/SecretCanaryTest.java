package io.windrow.cli;

import static io.windrow.cli.Invoked.windrow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.windrow.testkit.crash.ChildJvm;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A secret that is looked for in everything that leaves the process, however it ends: outputs, logs, state, data, books. */
@Tag("server")
@Tag("H01")
@Tag("H23")
class SecretCanaryTest {
    private static final String CANARY = "S3CRET";

    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(
            18,
            "CREATE TABLE orders (id int PRIMARY KEY, note text, at timestamptz NOT NULL DEFAULT now())",
            "INSERT INTO orders SELECT i, 'note ' || i FROM generate_series(1, 50) i",
            "CREATE TABLE unfit (at timestamptz)",
            "INSERT INTO unfit VALUES ('infinity')",
            "CREATE TABLE kept (id int)",
            "ALTER TABLE kept ENABLE ROW LEVEL SECURITY",
            "CREATE VIEW slow AS SELECT 1 / (id - id) AS zero FROM orders");

    @TempDir
    Path folder;

    private String url(String user, String host, String rest) {
        return "postgres://" + user + ":" + CANARY + "%2Fpw@" + host.replace("PORT", "" + DATABASE.server().port()) + "/"
                + rest.replace("DB", DATABASE.name());
    }

    /** The secrets lie in a folder of their own, which is not searched. */
    private Path pipeline(String url, String streams, String run) throws IOException {
        Path work = Files.createDirectories(folder.resolve("work"));
        Path secrets = Files.writeString(work.resolve("secrets.yaml"), "db: '" + url + "'\nhash: '" + CANARY + "-hash-key-0123456789'\n"
                + "store: 'jdbc:postgresql://127.0.0.1:1/x?user=u&password=" + CANARY + "'\n");
        Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rw-------"));
        return Files.writeString(work.resolve("shop.yaml"), """
                pipeline: shop
                source:
                  postgres:
                    url: ${secret:db}
                    connect_timeout: 2s
                    streams: [%s]
                sink:
                  files: {path: ./out, format: jsonl}
                run: {%s}
                """.formatted(streams, run));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "postgres | 127.0.0.1:PORT | DB | {table: public.orders}",
        "nobody_at_all | 127.0.0.1:PORT | DB | {table: public.orders}",
        "postgres | 127.0.0.1:PORT | DB_none | {table: public.orders}",
        "postgres | 127.0.0.1:PORT | DB?sslmode=require | {table: public.orders}",
        "postgres | 127.0.0.1:PORT | DB?no_such_option=S3CRET | {table: public.orders}",
        "postgres | 127.0.0.1:notaport | DB | {table: public.orders}",
        "postgres | no-such-host.invalid | DB | {table: public.orders}",
        "postgres | 127.0.0.1:PORT | DB | {table: public.none}",
        "postgres | 127.0.0.1:PORT | DB | {table: public.slow}",
        "postgres | 127.0.0.1:PORT | DB | {table: public.unfit}",
        "postgres | 127.0.0.1:PORT | DB | {table: public.orders, where: 'this is no SQL'}",
        "postgres | 127.0.0.1:PORT | DB | {table: public.orders, mode: incremental, cursor: none}",
        "postgres | 127.0.0.1:PORT | DB | {query: 'SELECT 1 AS a; DROP TABLE kept', name: q}"
    })
    void noCommandShowsIt(String user, String host, String rest, String stream) throws IOException {
        Path file = pipeline(url(user, host, rest), stream, "hash_key: '${secret:hash}'");
        List<String> said = new ArrayList<>();
        for (String command : List.of("check", "preview", "run", "verify", "state show")) {
            List<Object> words = new ArrayList<>(List.of(command.split(" ")));
            words.addAll(List.of(file, "--debug"));
            said.add(windrow(words.toArray()).whole());
        }
        said.add(windrow("run", file, "--json").whole());
        said.add(windrow("run", "--from", url(user, host, rest), "--stream", "public.orders", "--to", folder.resolve("work/quick"), "--debug").whole());
        said.add(windrow("init", "--from", url(user, host, rest), folder.resolve("made/made.yaml"), "--debug").whole());
        assertThat(said).noneMatch(text -> text.contains(CANARY));
        assertThat(artefacts()).isEmpty();
    }

    @Test
    void aStateStoreThatCannotBeReachedDoesNotShowIt() throws IOException {
        Path file = pipeline(url("postgres", "127.0.0.1:PORT", "DB"), "{table: public.orders}", "state: '${secret:store}'");
        for (String command : List.of("run", "verify", "ledger")) {
            Invoked ended = windrow(command, file, "--debug");
            assertThat(ended.exit()).as(ended.whole()).isNotZero();
            assertThat(ended.whole()).doesNotContain(CANARY);
        }
        assertThat(artefacts()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"pw=S3CRET%zz", "50%off-S3CRET"})
    void aStateStoreWhosePasswordHoldsAPercentSignDoesNotShowIt(String password) throws IOException {
        Path file = pipeline(
                url("postgres", "127.0.0.1:PORT", "DB"), "{table: public.orders}",
                "state: 'jdbc:postgresql://127.0.0.1:1/x?user=u&password=" + password + "'");
        Invoked ended = windrow("run", file, "--debug");
        assertThat(ended.exit()).as(ended.whole()).isEqualTo(ExitCode.USER.value());
        assertThat(ended.whole()).contains("checkpoint.url_refused", "%25").doesNotContain(CANARY);
    }

    @ParameterizedTest
    @CsvSource({"!S3CRET", "!ab!S3CRET", "!S3CRET []"})
    void aPasswordThatYamlTakesForATagIsNotQuoted(String password) throws IOException {
        Path file = pipeline(url("postgres", "127.0.0.1:PORT", "DB"), "{table: public.orders}", "");
        Files.writeString(file.resolveSibling("secrets.yaml"), "db: " + password + "\n");
        Invoked ended = windrow("run", file, "--debug");
        assertThat(ended.exit()).as(ended.whole()).isEqualTo(ExitCode.USER.value());
        assertThat(ended.whole()).contains("a tag (!name", "secrets.yaml:1:5").doesNotContain(CANARY);
    }

    @ParameterizedTest
    @CsvSource({"run URL", "plan x.yaml URL", "check URL", "verify URL", "init URL"})
    void aUrlWhereAFileIsExpectedIsNotQuoted(String line) {
        String url = url("postgres", "127.0.0.1:PORT", "DB");
        for (String json : List.of("--debug", "--json")) {
            List<Object> words = new ArrayList<>(List.of(line.replace("URL", url).split(" ")));
            words.add(json);
            Invoked ended = windrow(words.toArray());
            assertThat(ended.exit()).as(ended.whole()).isEqualTo(ExitCode.USER.value());
            assertThat(ended.whole()).contains("cli.bad_arguments", "--from").doesNotContain(CANARY);
        }
    }

    @Test
    void aServiceTakesUpASecretThatHasChanged() throws Exception {
        Path file = pipeline(url("postgres", "127.0.0.1:1", "DB"), "{table: public.orders}", "");
        Path secrets = file.resolveSibling("secrets.yaml");
        Duration patience = Duration.ofMinutes(3);
        try (ChildJvm child = ChildJvm.start(Main.class.getName(), List.of("run", file.toString(), "--every", "1s"), Map.of())) {
            await().atMost(patience).until(() -> child.output().contains("postgres.connect_refused"));
            Files.writeString(secrets, "db: !no\n");
            await().atMost(patience).until(() -> child.output().contains("it could not be read anew"));
            Files.writeString(secrets, "db: '" + url("postgres", "127.0.0.1:PORT", "DB") + "'\n");
            await().atMost(patience).until(() -> child.output().contains("completed"));
            child.terminate();
            assertThat(child.awaitEnd(patience)).as(child.output()).isEqualTo(ExitCode.STOPPED.value());
            assertThat(child.output()).doesNotContain(CANARY);
        }
    }

    @ParameterizedTest
    @CsvSource({"text", "json"})
    void noLogShowsItHoweverMuchIsLogged(String format) throws Exception {
        Path file = pipeline(
                url("postgres", "127.0.0.1:PORT", "DB"), "{table: public.orders}, {table: public.slow}, {table: public.none}",
                "hash_key: '${secret:hash}'");
        try (ChildJvm child = ChildJvm.start(
                Main.class.getName(), List.of("run", file.toString(), "--debug"), Map.of("WINDROW_LOG", "trace", "WINDROW_LOG_FORMAT", format))) {
            assertThat(child.awaitEnd(Duration.ofMinutes(2))).as(child.output()).isEqualTo(ExitCode.PARTIAL.value());
            assertThat(child.output()).contains("shop").doesNotContain(CANARY);
        }
        assertThat(artefacts()).isEmpty();
    }

    /** The files that hold it. */
    private List<Path> artefacts() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(path -> !path.endsWith("secrets.yaml"))
                    .filter(SecretCanaryTest::holds)
                    .toList();
        }
    }

    private static boolean holds(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(CANARY);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
