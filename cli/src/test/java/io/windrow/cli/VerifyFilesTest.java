package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code verify --files} finds and names each kind of damage, with the source gone. */
@Tag("server")
class VerifyFilesTest {
    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"parquet", "avro", "jsonl", "csv", "arrow"})
    void everyFormatsFilesAreDecodedAndHaveTheHashOfTheLedger(String format) throws IOException {
        Path file = delivered("whole_" + format, format);
        Ended verified = verify(file);
        assertThat(verified.exit()).as(verified.out()).isEqualTo(ExitCode.OK.value());
        assertThat(verified.out()).contains("whole").contains("3,000");
    }

    @Test
    void theSourceIsNotAsked() throws IOException {
        Path file = delivered("alone", "parquet");
        Files.writeString(file, Files.readString(file).replaceFirst("url: '[^']*'", "url: 'postgresql://nobody@127.0.0.1:1/none'"));
        Ended verified = verify(file);
        assertThat(verified.exit()).as(verified.out()).isEqualTo(ExitCode.OK.value());
    }

    @Test
    @Tag("I09")
    void aDeletedFileIsNamed() throws IOException {
        Path file = delivered("deleted", "parquet");
        Path gone = data("deleted").getFirst();
        Files.delete(gone);
        found(file, "missing", gone);
    }

    @Test
    void aTruncatedFileIsNamed() throws IOException {
        Path file = delivered("truncated", "parquet");
        Path cut = data("truncated").getFirst();
        try (RandomAccessFile data = new RandomAccessFile(cut.toFile(), "rw")) {
            data.setLength(data.length() - 9);
        }
        found(file, "length", cut);
    }

    @Test
    void aFlippedBitInAPageAndOneInTheFooterAreFound() throws IOException {
        Path file = delivered("flipped", "parquet");
        Path flipped = data("flipped").getFirst();
        byte[] sound = Files.readAllBytes(flipped);
        for (int at : List.of(40, sound.length - 20)) {
            byte[] bytes = sound.clone();
            bytes[at] ^= 4;
            Files.write(flipped, bytes);
            found(file, "checksum", flipped);
        }
        Files.write(flipped, sound);
        assertThat(verify(file).exit()).isEqualTo(ExitCode.OK.value());
    }

    @Test
    void aFileReplacedByAnOlderOneIsFoundAndTheOlderOneIsNamed() throws IOException {
        Path file = delivered("older", "jsonl", "mode: incremental, cursor: id");
        Path first = data("older").getFirst();
        DATABASE.execute("INSERT INTO older SELECT i, 'row ' || i, i FROM generate_series(3001, 3100) i");
        assertThat(windrow("run", file.toString()).exit()).isEqualTo(ExitCode.OK.value());
        Path second = data("older").getLast();
        assertThat(second).isNotEqualTo(first);
        assertThat(verify(file).exit()).isEqualTo(ExitCode.OK.value());

        Files.copy(first, second, StandardCopyOption.REPLACE_EXISTING);
        Ended verified = found(file, "length", second);
        assertThat(verified.out()).contains("its bytes are those of").contains(first.getFileName().toString());
    }

    @Test
    void aFileThatNoManifestNamesIsAStray() throws IOException {
        Path file = delivered("strays", "jsonl");
        Path stray = Files.writeString(folder.resolve("out-strays/public.strays/extra.jsonl"), "{}\n");
        found(file, "stray", stray);
    }

    @Test
    void aFileOfAnEpochThatIsNotCommittedIsUndecidable() throws IOException {
        Path file = delivered("underway", "jsonl", "mode: incremental, cursor: id");
        Path first = data("underway").getFirst();
        Path early = first.resolveSibling(first.getFileName().toString().replaceFirst("-e\\d+-", "-e0000000999-"));
        Files.copy(first, early);
        Ended verified = verify(file);
        assertThat(verified.exit()).as(verified.out()).isEqualTo(ExitCode.UNDECIDED.value());
        assertThat(verified.out()).contains("not committed").contains(early.getFileName().toString());
    }

    /** The bytes are changed, and manifest with it, as a careful forger would: only the ledger's hash tells. */
    @Test
    void aChangedValueIsFoundByTheHashEvenIfTheManifestWasMadeToFit() throws IOException {
        Path file = delivered("forged", "jsonl");
        Path changed = data("forged").getFirst();
        String text = Files.readString(changed);
        Files.writeString(changed, text.replaceFirst("row 7\"", "row 8\""));
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(Files.readAllBytes(changed));
        Path manifest;
        try (Stream<Path> manifests = Files.list(folder.resolve("out-forged/.windrow/public.forged/manifests"))) {
            manifest = manifests.sorted().toList().getFirst();
        }
        Files.writeString(manifest, Files.readString(manifest).replaceFirst("\"crc32c\":\\d+", "\"crc32c\":" + crc.getValue()));
        Ended verified = verify(file);
        assertThat(verified.exit()).as(verified.out()).isEqualTo(ExitCode.DIFFERENT.value());
        assertThat(verified.out()).contains("hash").contains("h_out");
    }

    @Test
    void aRemovedManifestIsFoundByTheStateStore() throws IOException {
        Path file = delivered("bookless", "jsonl");
        try (Stream<Path> manifests = Files.list(folder.resolve("out-bookless/.windrow/public.bookless/manifests"))) {
            for (Path manifest : manifests.toList()) {
                Files.delete(manifest);
            }
        }
        Ended verified = verify(file);
        assertThat(verified.exit()).as(verified.out()).isEqualTo(ExitCode.DIFFERENT.value());
        assertThat(verified.out()).contains("books").contains("removed");
    }

    /** A copy without rows is one file that names the columns; a table that was emptied takes the place of its rows. */
    @ParameterizedTest
    @ValueSource(strings = {"parquet", "jsonl"})
    void aCopyWithoutRowsIsOneFileThatBalances(String format) throws IOException {
        String table = "nothing_" + format;
        DATABASE.execute("CREATE TABLE " + table + " (id int PRIMARY KEY)");
        Path file = pipeline(table, format, "mode: snapshot");
        assertThat(windrow("run", file.toString()).exit()).isEqualTo(ExitCode.OK.value());
        Ended verified = verify(file);
        assertThat(verified.exit()).as(verified.out()).isEqualTo(ExitCode.OK.value());
        assertThat(verified.out()).containsPattern("public." + table + " +whole +1 +1 +1 +0");
        DATABASE.execute("INSERT INTO " + table + " VALUES (1)");
        assertThat(windrow("run", file.toString()).exit()).isEqualTo(ExitCode.OK.value());
        DATABASE.execute("DELETE FROM " + table);
        assertThat(windrow("run", file.toString()).exit()).isEqualTo(ExitCode.OK.value());
        assertThat(windrow("verify", file.toString()).exit()).isEqualTo(ExitCode.OK.value());
        assertThat(verify(file).exit()).isEqualTo(ExitCode.OK.value());
        try (Stream<Path> current = Files.list(folder.resolve("out-" + table + "/public." + table + "/current"))) {
            assertThat(current).hasSize(1);
        }
    }

    @Test
    void anIncrementalStreamWithoutRowsHasNoFile() throws IOException {
        DATABASE.execute("CREATE TABLE none (id int PRIMARY KEY)");
        Path file = pipeline("none", "jsonl", "mode: incremental, cursor: id");
        assertThat(windrow("run", file.toString()).exit()).isEqualTo(ExitCode.OK.value());
        assertThat(data("none")).isEmpty();
    }

    /** The books compare rows; of values no more is said than was read back. */
    @ParameterizedTest
    @CsvSource({"parquet, sampled pages decoded", "jsonl, checksum of every byte"})
    void theLedgerSaysWhatWasReadBackAndClaimsNoMore(String format, String proof) throws IOException {
        Path file = delivered("claimed_" + format, format);
        Ended ledger = windrow("ledger", file.toString());
        assertThat(ledger.exit()).as(ledger.out()).isEqualTo(ExitCode.OK.value());
        assertThat(ledger.out()).contains("read back", proof, "as many rows were read back as were handed over", "h_out) in 0 of them")
                .doesNotContain("h_written = h_out; ").doesNotContain("what was read back equals");
        assertThat(windrow("ledger", file.toString(), "--json").out()).contains("h_source", "h_out", "written", proof)
                .doesNotContain("h_written");
    }

    private Ended found(Path file, String kind, Path place) {
        Ended verified = verify(file);
        assertThat(verified.exit()).as(verified.out()).isEqualTo(ExitCode.DIFFERENT.value());
        assertThat(verified.out()).contains(kind + "  ").contains(place.getFileName().toString());
        assertThat(windrow("verify", "--json", "--files", file.toString()).out())
                .contains("\"kind\" : \"" + kind + "\"").contains("\"verdict\" : \"damaged\"");
        return verified;
    }

    private Path delivered(String table, String format) throws IOException {
        return delivered(table, format, "mode: snapshot");
    }

    private Path delivered(String table, String format, String mode) throws IOException {
        DATABASE.execute(
                "CREATE TABLE " + table + " (id int PRIMARY KEY, name text, amount numeric(12,2))",
                "INSERT INTO " + table + " SELECT i, 'row ' || i, i / 3.0 FROM generate_series(1, 3000) i");
        Path file = pipeline(table, format, mode);
        Ended run = windrow("run", file.toString());
        assertThat(run.exit()).as(run.out()).isEqualTo(ExitCode.OK.value());
        return file;
    }

    private Path pipeline(String table, String format, String mode) throws IOException {
        return Files.writeString(folder.resolve(table + ".yaml"), """
                pipeline: %s
                source:
                  postgres:
                    url: '%s'
                    streams:
                      - {table: public.%s, %s}
                sink:
                  files: {path: ./out-%s, format: %s}
                """.formatted(table, DATABASE.url(), table, mode, table, format), StandardOpenOption.CREATE);
    }

    /** The data files, oldest first. */
    private List<Path> data(String table) throws IOException {
        try (Stream<Path> walk = Files.walk(folder.resolve("out-" + table))) {
            return walk.filter(path -> path.getFileName().toString().toLowerCase(Locale.ROOT).matches("g\\d+-e\\d+-t.*"))
                    .filter(Files::isRegularFile)
                    .sorted(java.util.Comparator.comparing(path -> path.getFileName().toString()))
                    .toList();
        }
    }

    private record Ended(int exit, String out) {}

    private static Ended verify(Path file) {
        return windrow("verify", "--files", file.toString());
    }

    private static Ended windrow(String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int exit = Main.run(new Screen(stream, stream, false, false, 160), arguments);
        return new Ended(exit, bytes.toString(StandardCharsets.UTF_8));
    }
}
