package io.windrow.cli;

import static io.windrow.cli.Invoked.windrow;
import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files are encrypted from their first byte on, read back by every command, and opened by the key alone. */
@Tag("server")
class EncryptionTest {
    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    private static final String CANARY = "canary-in-a-coal-mine";
    private static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    private static final String OTHER = "MTEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"parquet", "avro", "jsonl", "csv", "arrow", "arrow_stream"})
    void everyFormatIsEncryptedVerifiedAndDecryptedToWhatItWouldHaveBeen(String format) throws IOException {
        table("f_" + format);
        Path file = pipeline("f_" + format, format, "mode: snapshot", "encryption: {key: '" + KEY + "'}\n");
        ok(windrow("run", file));
        ok(windrow("verify", file));
        ok(windrow("verify", "--files", file));
        assertThat(data()).isNotEmpty().allMatch(path -> path.toString().endsWith(".enc"));
        nothingInTheClear(file);

        ok(windrow("decrypt", file, folder.resolve("out/public.f_" + format + "/current"), "--to", folder.resolve("plain")));
        List<Path> plain = files(folder.resolve("plain"));
        assertThat(plain).hasSameSizeAs(data());
        if (format.equals("parquet")) {
            assertThat(duck("SELECT count(*) || '|' || sum(id) || '|' || max(name) FROM read_parquet('"
                    + folder.resolve("plain") + "/*.parquet')")).isEqualTo("3000|4501500|" + CANARY);
        }
        Invoked again = windrow(
                "decrypt", file, folder.resolve("out/public.f_" + format + "/current"), "--to", folder.resolve("plain"));
        assertThat(again.exit()).isEqualTo(ExitCode.USER.value());
        assertThat(again.whole()).contains("cli.file_exists");
    }

    @Test
    void aMissingAWrongAndARotatedKeyAreToldApartAndTheFormerKeyOpensOldFiles() throws IOException {
        table("rotated");
        String read = "mode: incremental, guarantee: proven";
        Path file = pipeline("rotated", "parquet", read, "encryption: {key: '" + KEY + "'}\n");
        ok(windrow("run", file));
        Path first = data().getFirst();

        pipeline("rotated", "parquet", read, "");
        refused("files.encrypted", windrow("verify", "--files", file));
        refused("seal.no_key", windrow("decrypt", file, first, "--to", folder.resolve("plain")));

        pipeline("rotated", "parquet", read, "encryption: {key: '" + OTHER + "'}\n");
        refused("seal.wrong_key", windrow("verify", file));
        Invoked wrong = windrow("decrypt", file, first, "--to", folder.resolve("plain"));
        refused("seal.wrong_key", wrong);
        assertThat(wrong.whole()).contains("pipeline.yaml").doesNotContain(KEY).doesNotContain(OTHER);
        assertThat(folder.resolve("plain").resolve(first.getFileName())).doesNotExist();
        // Before anything is read: what was written so far could not be read any more.
        List<Path> before = data();
        Invoked run = windrow("run", file);
        refused("seal.wrong_key", run);
        assertThat(run.whole()).contains("pipeline.yaml:").doesNotContain(OTHER);
        assertThat(data()).isEqualTo(before);

        pipeline("rotated", "parquet", read, "encryption: {key: '" + OTHER + "', former_keys: ['" + KEY + "']}\n");
        DATABASE.execute("INSERT INTO rotated SELECT i, 'after' FROM generate_series(3001, 3100) i");
        ok(windrow("run", file));
        ok(windrow("verify", "--files", file));
        assertThat(data()).hasSizeGreaterThan(1);

        pipeline("rotated", "parquet", read, "encryption: {key: 'bm90IHRoaXJ0eS10d28='}\n");
        Invoked invalid = windrow("plan", file);
        refused("seal.key_invalid", invalid);
        assertThat(invalid.whole()).contains("pipeline.yaml:").doesNotContain("bm90");
    }

    @Test
    void aFileThatWasChangedOrCutShortIsFoundAndLeavesNothingPlain() throws IOException {
        table("damaged");
        Path file = pipeline("damaged", "jsonl", "mode: snapshot", "encryption: {key: '" + KEY + "'}\n");
        ok(windrow("run", file));
        Path data = data().getFirst();
        byte[] sound = Files.readAllBytes(data);
        assertThat(sound.length).isGreaterThan(70_000);

        byte[] flipped = sound.clone();
        flipped[sound.length - 100] ^= 1;
        Files.write(data, flipped);
        assertThat(windrow("verify", "--files", file).whole()).contains("checksum");
        refused("seal.file_damaged", windrow("decrypt", file, data, "--to", folder.resolve("plain")));

        for (int length : List.of(sound.length - 1, 65_536, 40, 5, 0)) {
            Files.write(data, java.util.Arrays.copyOf(sound, length));
            refused("seal.file_damaged", windrow("decrypt", file, data, "--to", folder.resolve("plain")));
        }
        byte[] otherKey = sound.clone();
        otherKey[20] ^= 1;
        Files.write(data, otherKey);
        refused("seal.data_key_unknown", windrow("decrypt", file, data, "--to", folder.resolve("plain")));
        assertThat(files(folder.resolve("plain"))).isEmpty();
    }

    @Test
    void aKeyServesItsPeriodAndEachStreamHasItsOwn() throws IOException {
        table("one");
        table("two");
        Path file = pipeline("one", "parquet", "mode: snapshot}, {table: public.two, mode: snapshot",
                "encryption: {key: '" + KEY + "', period: 30d}\n");
        ok(windrow("run", file));
        ok(windrow("run", file));
        List<String> keys = data().stream().map(EncryptionTest::keyOf).distinct().toList();
        assertThat(keys).hasSize(2);
        assertThat(data()).hasSizeGreaterThanOrEqualTo(4);
        ok(windrow("verify", "--files", file));
    }

    @Test
    void filesOfBeforeStayReadable() throws IOException {
        table("mixed");
        String read = "mode: incremental, guarantee: proven";
        Path file = pipeline("mixed", "avro", read, "");
        ok(windrow("run", file));
        pipeline("mixed", "avro", read, "encryption: {key: '" + KEY + "'}\n");
        DATABASE.execute("INSERT INTO mixed SELECT i, 'later' FROM generate_series(3001, 3100) i");
        ok(windrow("run", file));
        assertThat(data()).anyMatch(path -> path.toString().endsWith(".avro")).anyMatch(path -> path.toString().endsWith(".avro.enc"));
        ok(windrow("verify", "--files", file));
        ok(windrow("verify", file));
    }

    @Test
    void anEncryptedQuarantineKeepsRowsWholeAndShowsThemToTheKeyAlone() throws IOException {
        table("aside");
        String rules = """
                contract: {streams: {public.aside: {fields: [{field: id, max: '2999'}]}}}
                transform: {public.aside: {select: [id]}}
                """;
        Path file = pipeline("aside", "parquet", "mode: snapshot", rules + "quarantine: {key: '" + KEY + "'}\n");
        ok(windrow("run", file));
        nothingInTheClear(file);
        List<Path> lines = files(folder.resolve("quarantine"));
        assertThat(lines).hasSize(1).allMatch(path -> path.toString().endsWith(".jsonl.enc"));
        assertThat(windrow("quarantine", "list", file).out()).contains("1 row set aside");
        // Neither masked nor delivered: only an encrypted quarantine has it.
        assertThat(windrow("quarantine", "show", file).out()).contains(CANARY);
        ok(windrow("decrypt", file, folder.resolve("quarantine"), "--to", folder.resolve("plain")));
        assertThat(Files.readString(files(folder.resolve("plain")).getFirst())).contains(CANARY);
        Files.delete(files(folder.resolve("plain")).getFirst());
        byte[] sound = Files.readAllBytes(lines.getFirst());
        byte[] flipped = sound.clone();
        flipped[sound.length - 20] ^= 1;
        Files.write(lines.getFirst(), flipped);
        refused("seal.file_damaged", windrow("quarantine", "show", file));
        Files.write(lines.getFirst(), sound);

        pipeline("aside", "parquet", "mode: snapshot", rules);
        refused("seal.no_key", windrow("quarantine", "show", file));
        pipeline("aside", "parquet", "mode: snapshot", rules + "quarantine: {key: '" + OTHER + "'}\n");
        refused("seal.wrong_key", windrow("quarantine", "show", file));

        // A part of a file can be discarded: what is left is encrypted again.
        DATABASE.execute("INSERT INTO aside VALUES (4000, '" + CANARY + "')");
        pipeline("aside", "parquet", "mode: snapshot", rules + "encryption: {key: '" + OTHER + "'}\nquarantine: {former_keys: ['"
                + KEY + "'], key: '" + OTHER + "'}\n");
        ok(windrow("run", file));
        assertThat(windrow("quarantine", "list", file).out()).contains("3 rows set aside");
        ok(windrow("quarantine", "discard", file, "--yes", "--epoch", "1"));
        assertThat(windrow("quarantine", "list", file).out()).contains("2 rows set aside");
        nothingInTheClear(file);
    }

    @Test
    void aReplayReadsAndDeliversEncryptedFiles() throws IOException {
        table("replayed");
        Path file = pipeline("replayed", "parquet", "mode: incremental, cursor: id", "encryption: {key: '" + KEY + "'}\n");
        ok(windrow("run", file));
        DATABASE.execute("DELETE FROM replayed WHERE id = 7");
        ok(windrow("replay", file, "--from", "1", "--to", "100"));
        ok(windrow("replay", file, "--from", "1", "--to", "100", "--apply"));
        assertThat(data()).isNotEmpty().allMatch(path -> path.toString().endsWith(".enc"));
        nothingInTheClear(file);
        ok(windrow("verify", "--files", file));
        ok(windrow("decrypt", file, folder.resolve("out/public.replayed"), "--to", folder.resolve("plain")));
        assertThat(duck("SELECT count(*) || '|' || max(name) FROM read_parquet('" + folder.resolve("plain") + "/*.parquet')"))
                .isEqualTo("2999|" + CANARY);
    }

    /** The name in the header, as it lies. */
    private static String keyOf(Path data) {
        try {
            return java.util.HexFormat.of().formatHex(Files.readAllBytes(data), 16, 32);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void nothingInTheClear(Path file) throws IOException {
        for (Path path : files(folder)) {
            if (!path.equals(file)) {
                assertThat(new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1))
                        .as(path.toString()).doesNotContain(CANARY).doesNotContain(KEY);
            }
        }
    }

    private static void ok(Invoked invoked) {
        assertThat(invoked.exit()).as(invoked.whole()).isZero();
    }

    private static void refused(String code, Invoked invoked) {
        assertThat(invoked.exit()).as(invoked.whole()).isNotZero();
        assertThat(invoked.whole()).contains(code).doesNotContain(CANARY);
    }

    /** The name of the last row is a text that nothing else has; jsonl takes more than one segment of the cipher. */
    private static void table(String table) {
        DATABASE.execute(
                "CREATE TABLE " + table + " (id int PRIMARY KEY, name text)",
                "INSERT INTO " + table + " SELECT i, CASE WHEN i = 3000 THEN '" + CANARY
                        + "' ELSE 'a row with a name of some length, number ' || i END FROM generate_series(1, 3000) i");
    }

    private Path pipeline(String table, String format, String read, String policies) throws IOException {
        return Files.writeString(folder.resolve("pipeline.yaml"), """
                pipeline: sealed-%s
                source:
                  postgres:
                    url: "%s"
                    streams: [{table: public.%s, %s}]
                sink:
                  files: {path: ./out, format: %s}
                %s""".formatted(table.replace('_', '-'), DATABASE.url(), table, read, format, policies));
    }

    private List<Path> data() throws IOException {
        return files(folder.resolve("out")).stream()
                .filter(path -> path.getFileName().toString().matches("g\\d+-e\\d+-t.*"))
                .toList();
    }

    private static List<Path> files(Path root) throws IOException {
        if (!Files.exists(root)) {
            return List.of();
        }
        try (Stream<Path> walk = Files.walk(root)) {
            return walk.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static String duck(String sql) {
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
