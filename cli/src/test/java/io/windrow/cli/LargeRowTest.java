package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows with one very large value, through a process of its own with the heap that a user would give it. */
@Tag("server")
class LargeRowTest {
    private static final int SMALLER_MB = 24;
    private static final int LARGE_MB = 200;
    /** Of 32 digits each; so many that a megabyte repeats itself at no round number of bytes. */
    private static final int PIECES = 32_749;
    private static final List<String> KINDS = List.of("text", "bytea", "json");
    /** The digests of the values, by table. */
    private static final Map<String, String> EXPECTED = new HashMap<>();

    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"parquet", "jsonl", "csv"})
    void aRowOfATenthOfTheDefaultHeapArrivesWithIt(String format) throws Exception {
        arrives(format, SMALLER_MB, "-Xmx256m");
    }

    @ParameterizedTest
    @Tag("slow")
    @ValueSource(strings = {"parquet", "jsonl", "csv"})
    void aRowOf200MegabytesArrivesWithAHeapOfTwoGigabytes(String format) throws Exception {
        arrives(format, LARGE_MB, "-Xmx2g");
    }

    @Test
    void aRowThatTheRunsMemoryDoesNotHoldIsNamedWithItsColumnAndTheSetting() throws Exception {
        tables(SMALLER_MB);
        Ended ended = run("refused", table(SMALLER_MB, "text"), "jsonl", "-Xmx256m", "memory: 16MiB");
        assertThat(ended.exit()).as(ended.output()).isEqualTo(ExitCode.RESOURCE.value());
        assertThat(ended.output())
                .contains("postgres.row_too_large", "public." + table(SMALLER_MB, "text"), "column body", "run.memory", "-Xmx");
    }

    /** What is in flight is bounded in bytes, not in rows, and the driver keeps nothing of what it has passed on. */
    @ParameterizedTest
    @CsvSource({"wide, 300, 5242880, -Xmx256m", "narrow, 1000000, 1024, -Xmx64m"})
    @Tag("G01")
    @Tag("G02")
    void manyTimesTheHeapArrivesInRowsOfAnySize(String name, long rows, int bytes, String heap) throws Exception {
        DATABASE.execute("CREATE VIEW " + name + " AS SELECT generate_series(1, " + rows + ") AS id, repeat('x', " + bytes + ") AS body");
        Ended ended = run(name, name, "parquet", heap, "parallelism: 1");
        assertThat(ended.exit()).as(ended.output()).isEqualTo(ExitCode.OK.value());
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT count(*), sum(id) FROM '" + folder.resolve(name)
                        + "/out/public." + name + "/current/*.parquet'")) {
            result.next();
            assertThat(result.getLong(1)).isEqualTo(rows);
            assertThat(result.getLong(2)).isEqualTo(rows * (rows + 1) / 2);
        }
    }

    private void arrives(String format, int megabytes, String heap) throws Exception {
        tables(megabytes);
        Ended ended = run(format, table(megabytes, "*"), format, heap, "parallelism: 1");
        assertThat(ended.exit()).as(ended.output()).isEqualTo(ExitCode.OK.value());
        for (String kind : KINDS) {
            String table = table(megabytes, kind);
            Path file = dataFile(folder.resolve(format), table);
            assertThat(digest(file, format, kind)).as(kind).isEqualTo(EXPECTED.get(table));
        }
    }

    private static String table(int megabytes, String kind) {
        return "of_" + megabytes + "_" + kind;
    }

    /**
     * A table of one row for each type, made once: hexadecimal digits, bytes, and a JSON number of as many digits. The server
     * is not asked to compress what is there to be large.
     */
    private static void tables(int megabytes) throws Exception {
        String text = table(megabytes, "text");
        if (EXPECTED.containsKey(text)) {
            return;
        }
        DATABASE.execute(
                create(text, "text", "(SELECT repeat(string_agg(md5(i::text), ''), " + megabytes + ") FROM generate_series(1, " + PIECES + ") i)"),
                create(table(megabytes, "bytea"), "bytea", "decode(body || body, 'hex') FROM " + text),
                create(table(megabytes, "json"), "json", "('1' || translate(body, 'abcdef', '123456'))::json FROM " + text));
        for (String kind : KINDS) {
            EXPECTED.put(table(megabytes, kind), expected(table(megabytes, kind), kind));
        }
    }

    private static String create(String table, String type, String values) {
        return "CREATE TABLE " + table + " (id int, body " + type + "); ALTER TABLE " + table
                + " ALTER body SET STORAGE EXTERNAL; INSERT INTO " + table + " SELECT 1, " + values;
    }

    private static String expected(String table, String kind) throws Exception {
        try (Connection connection = DriverManager.getConnection(DATABASE.jdbcUrl());
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(
                        "SELECT md5(body" + (kind.equals("bytea") ? "" : "::text") + ") FROM " + table)) {
            result.next();
            return result.getString(1);
        }
    }

    private static String digest(Path file, String format, String kind) throws Exception {
        return switch (format) {
            case "parquet" -> parquetDigest(file);
            // What stands before and behind the value in the only line with one.
            case "jsonl" -> textDigest(file, "{\"id\":1,\"body\":\"", "\"}\n", kind);
            default -> textDigest(file, "id,body\r\n1,", "\r\n", kind);
        };
    }

    private static String parquetDigest(Path file) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT md5(body) FROM '" + file + "'")) {
            result.next();
            return result.getString(1);
        }
    }

    private static String textDigest(Path file, String before, String behind, String kind) throws Exception {
        long length = Files.size(file) - before.length() - behind.length();
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        try (InputStream in = Files.newInputStream(file)) {
            assertThat(new String(in.readNBytes(before.length()), java.nio.charset.StandardCharsets.UTF_8)).isEqualTo(before);
            InputStream value = new BufferedInputStream(new Limited(in, length));
            InputStream decoded = kind.equals("bytea") ? Base64.getDecoder().wrap(value) : value;
            new DigestInputStream(decoded, md5).transferTo(java.io.OutputStream.nullOutputStream());
            assertThat(new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)).isEqualTo(behind);
        }
        return HexFormat.of().formatHex(md5.digest());
    }

    private static Path dataFile(Path root, String table) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .filter(path -> path.toString().contains("public." + table + "/generations/"))
                    .findAny()
                    .orElseThrow();
        }
    }

    private record Ended(int exit, String output) {}

    private Ended run(String name, String tables, String format, String heap, String setting) throws Exception {
        Path home = Files.createDirectories(folder.resolve(name));
        Path file = Files.writeString(home.resolve("pipeline.yaml"), """
                pipeline: %s
                source:
                  postgres:
                    url: '%s'
                    streams:
                      - {table: public.%s, mode: snapshot}
                sink:
                  files: {path: ./out, format: %s}
                run: {%s}
                """.formatted(name, DATABASE.url(), tables, format, setting));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), heap,
                "-XX:+ExitOnOutOfMemoryError", "--add-opens=java.base/java.nio=ALL-UNNAMED", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName(), "run", file.toString()));
        Path output = home.resolve("output");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        return new Ended(process.waitFor(), Files.readString(output));
    }

    /** The next so many bytes of a stream. */
    private static final class Limited extends InputStream {
        private final InputStream in;
        private long left;

        Limited(InputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            if (left == 0) {
                return -1;
            }
            left--;
            return in.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int count = in.read(target, offset, (int) Math.min(length, left));
            left -= Math.max(0, count);
            return count;
        }
    }
}
