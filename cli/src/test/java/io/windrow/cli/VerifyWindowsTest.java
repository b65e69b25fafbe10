package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Counts and sums per window, whatever the key is made of: the database and Java put every row into the same window. */
@Tag("server")
class VerifyWindowsTest {
    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    private static final String ODD = "(ARRAY['a','B','Ä','ä','z','Z','é','ß','-','_',' ','ı','İ','日','\uFFFD','\uD83D\uDE00'])[1 + g % 16]";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', value = {
        "bigint; g - 1000; k",
        "numeric(30,5); (g - 1000) * 1234567890123456.12345; k",
        "date; date '1969-01-01' + g; k",
        "timestamp; timestamp '1969-12-31 23:59:00' + g * interval '0.000001 s' + g * interval '7 h'; k",
        "timestamptz; timestamptz '0044-03-15 12:00:00+00' + g * interval '17 h 0.5 s'; k",
        "uuid; md5(g::text)::uuid; k",
        "text; %s || md5(g::text) || %s || g; k",
        "varchar(80) COLLATE \"und-x-icu\"; %s || ' ' || g; k",
        "text; 'tenant ' || g % 3; k, n"
    })
    void Only_the_window_of_the_one_row_that_changed_differs(String type, String value, String key) throws IOException {
        String table = "w" + System.nanoTime();
        DATABASE.execute(
                "CREATE TABLE " + table + " (k " + type + ", n int, v text, PRIMARY KEY (" + key + "))",
                "INSERT INTO " + table + " SELECT " + value.replace("%s", ODD) + ", g, 'v' || g FROM generate_series(1, 3000) g",
                "ANALYZE " + table);
        Path file = Files.writeString(folder.resolve("p.yaml"), """
                pipeline: %1$s
                source:
                  postgres:
                    url: '%2$s'
                    streams: [{table: public.%1$s, mode: snapshot}]
                sink:
                  files: {path: ./out, format: parquet}
                """.formatted(table, DATABASE.url()));
        assertThat(windrow("run", file.toString())).contains("3,000");
        assertThat(windrow("verify", "--depth", "counts", "--json", file.toString())).contains("\"agreeing\" : 3000").contains("in windows of ");
        assertThat(windrow("verify", "--json", file.toString())).contains("\"equal\" : 3000");
        DATABASE.execute("UPDATE " + table + " SET v = 'other than before' WHERE n = 1777");
        String changed = windrow("verify", "--json", file.toString());
        assertThat(changed).contains("\"changed_since\" : 1").contains("\"equal\" : 2999");
        Matcher how = Pattern.compile("1 of (\\d+) windows differ \\(1 by counts and sums\\)").matcher(changed);
        assertThat(how.find()).as(changed).isTrue();
        assertThat(Integer.parseInt(how.group(1))).isGreaterThan(300);
    }

    /** A masked key cuts no windows: its values at the source are none of those that were delivered, and nobody is shown them. */
    @Test
    void Rows_with_a_masked_key_are_compared_without_windows_of_it() throws IOException {
        DATABASE.execute(
                "CREATE TABLE masked_key (k text PRIMARY KEY, n int, v text)",
                "INSERT INTO masked_key SELECT 'canary' || md5(g::text), g, 'v' || g FROM generate_series(1, 3000) g",
                "ANALYZE masked_key");
        Path file = Files.writeString(folder.resolve("p.yaml"), """
                pipeline: masked_key
                source:
                  postgres:
                    url: '%s'
                    streams: [{table: public.masked_key, mode: snapshot}]
                sink:
                  files: {path: ./out, format: parquet}
                mask: [{field: k, with: fpe, alphabet: lower_alphanumeric, key: 'a key that is long enough for it'}]
                """.formatted(DATABASE.url()));
        assertThat(windrow("run", file.toString())).contains("3,000");
        assertThat(windrow("verify", "--json", file.toString())).contains("\"equal\" : 3000").doesNotContain("canary");
        DATABASE.execute("UPDATE masked_key SET v = 'other than before' WHERE n = 1777");
        for (String depth : List.of("counts", "hashes", "keys")) {
            String changed = windrow("verify", "--depth", depth, "--json", file.toString());
            assertThat(changed).doesNotContain("canary").doesNotContain("windows of k");
        }
        assertThat(windrow("verify", "--json", file.toString()))
                .contains("\"undecidable\" : 1").contains("\"equal\" : 2999").doesNotContain("canary");
    }

    private static String windrow(String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        Main.run(new Screen(stream, stream, false, false, 160), arguments);
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
