package io.windrow.cli;

import static io.windrow.cli.Invoked.windrow;
import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.core.ledger.LedgerEntry;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Tag("server")
class ShapeTest {
    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @TempDir
    Path folder;

    @Test
    void filteredShapedAndSampledRowsArriveAreCountedAndAgreeWithTheSource() throws IOException {
        DATABASE.execute(
                "CREATE TABLE bought (id int PRIMARY KEY, price numeric(10,2), quantity int, note text)",
                "INSERT INTO bought SELECT i, i * 1.25, CASE WHEN i % 7 = 0 THEN NULL ELSE i % 5 END,"
                        + " CASE WHEN i = 11 THEN 'x' ELSE i::text END FROM generate_series(1, 1000) i");
        Path file = pipeline("bought", """
                transform:
                  public.bought:
                    filter: "quantity > 0"
                    compute: {total: price * quantity}
                    select: [id, total, note]
                    rename: {note: number}
                    cast: {number: int32}
                sample:
                  public.bought: {percent: 50, report: [number]}
                """);
        Invoked run = windrow("run", file);
        assertThat(run.exit()).as(run.whole()).isEqualTo(ExitCode.OK.value());
        Invoked verify = windrow("verify", file);
        assertThat(verify.exit()).as(verify.whole()).isEqualTo(ExitCode.OK.value());
        Invoked files = windrow("verify", "--files", file);
        assertThat(files.exit()).as(files.whole()).isEqualTo(ExitCode.OK.value());
        Invoked ledger = windrow("ledger", "--json", file);
        assertThat(ledger.whole()).contains("sample_before:number:").contains("\"filtered\":").contains("transform");
    }

    /** Ten customers in three countries: whoever samples customers samples countries, and the ledger shows it. */
    @Test
    void theLedgerShowsTheCoverageOfASampleAndItsBias() throws IOException {
        DATABASE.execute(
                "CREATE TABLE biased (id int PRIMARY KEY, customer int, country text, color text)",
                "INSERT INTO biased SELECT i, i % 10, 'c' || (i % 10) / 4, 'color ' || i / 10 % 2 FROM generate_series(0, 9999) i");
        Path file = pipeline("biased", """
                sample:
                  public.biased: {percent: 40, by: [customer], report: [country, color]}
                """);
        assertThat(windrow("run", file).exit()).isZero();
        LedgerEntry entry = LedgerEntry.parse(String.join("", windrow("ledger", "--json", file).out().lines().toList())
                .replaceFirst("^.*?(\\{\"ledger\".*\\}) *\\].*$", "$1"));
        long in = entry.account().in();
        assertThat(in).isEqualTo(10_000);
        assertThat(entry.account().sampledOut() + entry.account().written()).as("coverage").isEqualTo(in);
        for (String field : List.of("country", "color")) {
            assertThat(rows(entry, "sample_before:" + field + ":")).as(field).isEqualTo(in);
            assertThat(rows(entry, "sample_after:" + field + ":")).as(field).isEqualTo(entry.account().written());
        }
        Matcher line = Pattern.compile("public\\.biased: a sample of ([0-9.]+)% of 10,000 rows; by color between ([0-9.]+)% and "
                        + "([0-9.]+)% \\(2 buckets of values\\); by country between ([0-9.]+)% and ([0-9.]+)% \\(3 buckets of values\\)")
                .matcher(windrow("ledger", file).out());
        assertThat(line.find()).isTrue();
        double whole = Double.parseDouble(line.group(1));
        assertThat(Double.parseDouble(line.group(2))).as("a color says nothing of the customer").isEqualTo(whole);
        assertThat(Double.parseDouble(line.group(3))).isEqualTo(whole);
        assertThat(Double.parseDouble(line.group(5)) - Double.parseDouble(line.group(4))).as("a country does").isGreaterThan(20);
    }

    private static long rows(LedgerEntry entry, String prefix) {
        return entry.measures().entrySet().stream()
                .filter(measure -> measure.getKey().startsWith(prefix))
                .mapToLong(measure -> measure.getValue().count())
                .sum();
    }

    @Test
    void theLedgerShowsTheRatioOfRepeatedRows() throws IOException {
        DATABASE.execute(
                "CREATE TABLE echoed (id int PRIMARY KEY, event int)",
                "INSERT INTO echoed SELECT i, i % 800 FROM generate_series(0, 999) i");
        Path file = pipeline("echoed", "dedupe: {public.echoed: {by: [event]}}\n");
        assertThat(windrow("run", file).exit()).isZero();
        assertThat(windrow("ledger", file).out()).contains("200 (20.00%)");
        assertThat(windrow("ledger", "--json", file).out()).contains("\"duplicates\":200");
    }

    @Test
    void anExpressionThatDoesNotCheckIsRefusedBeforeTheFirstRead() throws IOException {
        DATABASE.execute("CREATE TABLE few (id int PRIMARY KEY, price numeric(10,2))", "INSERT INTO few VALUES (1, 1)");
        Path file = pipeline("few", """
                transform:
                  public.few:
                    filter: "pricee > 0"
                """);
        Invoked run = windrow("run", file);
        assertThat(run.exit()).as(run.whole()).isEqualTo(ExitCode.USER.value());
        assertThat(run.whole()).contains("did you mean price?").contains("pipeline.yaml:").contains("filter, character 1");
        try (Stream<Path> out = Files.exists(folder.resolve("out")) ? Files.walk(folder.resolve("out")) : Stream.of()) {
            List<Path> written = out.filter(path -> path.toString().endsWith(".parquet")).toList();
            assertThat(written).isEmpty();
        }
    }

    private Path pipeline(String table, String policies) throws IOException {
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(file, """
                pipeline: shaped-%s
                source:
                  postgres:
                    url: "%s"
                    streams: [{table: public.%s, mode: snapshot}]
                sink:
                  files: {path: ./out}
                %s""".formatted(table, DATABASE.url(), table, policies));
        return file;
    }
}
