package io.windrow.cli;

import static io.windrow.cli.Invoked.windrow;
import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
