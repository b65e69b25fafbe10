package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A table's columns change between two runs. */
@Tag("server")
class SchemaChangeTest {
    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @TempDir
    Path folder;

    @Test
    void aColumnThatIsAddedBetweenRunsIsInTheNewFilesAndTheOldFilesStayAsTheyAre() throws IOException {
        DATABASE.execute(
                "CREATE TABLE grown (id int PRIMARY KEY, name text)",
                "INSERT INTO grown SELECT i, 'row ' || i FROM generate_series(1, 1000) i");
        Path file = pipeline("grown");
        Ended run = windrow("run", file.toString());
        assertThat(run.exit()).as(run.out()).isEqualTo(ExitCode.OK.value());
        DATABASE.execute(
                "ALTER TABLE grown ADD COLUMN colour text",
                "INSERT INTO grown SELECT i, 'row ' || i, 'green' FROM generate_series(1001, 1500) i");
        run = windrow("run", file.toString());
        assertThat(run.exit()).as(run.out()).isEqualTo(ExitCode.OK.value());
        equalAndWhole(file);
        List<String> manifests = manifests("grown");
        assertThat(manifests).hasSize(2);
        assertThat(schema(manifests.getFirst())).as("each file is listed with the schema it was written with")
                .isNotEqualTo(schema(manifests.getLast()));
    }

    @Test
    void everyDeliveredRowFitsTheSchemaThatIsExported() throws IOException {
        DATABASE.execute(
                "CREATE TABLE exported (id int PRIMARY KEY, flag boolean, big bigint, amount numeric(30,10), f4 real, f8 double precision, "
                        + "name text, doc json, raw bytea, u uuid, day date, t time, at timestamptz, local timestamp, span interval, list int[], "
                        + "reals float8[])",
                "INSERT INTO exported SELECT i, i % 2 = 0, i * 1000000007::bigint, i / 7.0, (ARRAY['NaN','Infinity','-1.5'])[1 + i % 3]::real, "
                        + "(ARRAY['-Infinity','NaN','0.25'])[1 + i % 3]::float8, 'ünï ' || i, '{\"a\": [1]}', '\\x00ff', gen_random_uuid(), "
                        + "date '2024-01-01' + i, '23:59:59.5', '2024-01-01 12:00+00', '2024-01-01 12:00:00.000001', '1 month -2 days 3 hours', "
                        + "ARRAY[i, NULL], ARRAY['NaN', i]::float8[] FROM generate_series(1, 9) i",
                "INSERT INTO exported (id) VALUES (0)");
        for (String format : List.of("jsonl", "avro")) {
            Path file = Files.writeString(folder.resolve(format + ".yaml"), """
                    pipeline: exported-%s
                    source:
                      postgres: {url: "%s", streams: [{table: public.exported, mode: snapshot}]}
                    sink:
                      files: {path: ./%s, format: %s}
                    """.formatted(format, DATABASE.url(), format, format));
            Ended run = windrow("run", file.toString());
            assertThat(run.exit()).as(run.out()).isZero();
            String form = format.equals("avro") ? "avro" : "json_schema";
            String exported = windrow("schema", "show", file.toString(), "--stream", "public.exported", "--as", form).out();
            int rows = 0;
            try (Stream<Path> walk = Files.walk(folder.resolve(format))) {
                for (Path data : walk.filter(path -> path.toString().endsWith("." + format)).toList()) {
                    rows += format.equals("avro") ? readAs(exported, data) : validated(exported, data);
                }
            }
            assertThat(rows).isEqualTo(10);
        }
    }

    private static int validated(String exported, Path data) throws IOException {
        com.networknt.schema.Schema schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(exported);
        List<String> lines = Files.readAllLines(data);
        for (String line : lines) {
            assertThat(schema.validate(line, InputFormat.JSON)).as(line).isEmpty();
        }
        return lines.size();
    }

    private static int readAs(String exported, Path data) throws IOException {
        int rows = 0;
        Schema wanted = new Schema.Parser().parse(exported);
        try (DataFileReader<GenericRecord> reader = new DataFileReader<>(data.toFile(), new GenericDatumReader<>(wanted))) {
            for (GenericRecord row : reader) {
                assertThat(row.getSchema()).isEqualTo(wanted);
                rows++;
            }
        }
        return rows;
    }

    @Test
    void aColumnThatIsDroppedBetweenRunsIsGoneFromTheNewFilesOnly() throws IOException {
        DATABASE.execute(
                "CREATE TABLE shrunk (id int PRIMARY KEY, name text, note text)",
                "INSERT INTO shrunk SELECT i, 'row ' || i, 'x' FROM generate_series(1, 1000) i");
        Path file = pipeline("shrunk");
        Ended run = windrow("run", file.toString());
        assertThat(run.exit()).as(run.out()).isEqualTo(ExitCode.OK.value());
        DATABASE.execute(
                "ALTER TABLE shrunk DROP COLUMN note",
                "INSERT INTO shrunk SELECT i, 'row ' || i FROM generate_series(1001, 1500) i");
        run = windrow("run", file.toString());
        assertThat(run.exit()).as(run.out()).isEqualTo(ExitCode.OK.value());
        equalAndWhole(file);
        List<String> manifests = manifests("shrunk");
        assertThat(schema(manifests.getFirst())).isNotEqualTo(schema(manifests.getLast()));
    }

    @Test
    void aTypeThatIsChangedBetweenRunsStopsTheStreamWithARemedyAndTouchesNothing() throws IOException {
        DATABASE.execute(
                "CREATE TABLE retyped (id int PRIMARY KEY, amount int)",
                "INSERT INTO retyped SELECT i, i FROM generate_series(1, 1000) i");
        Path file = pipeline("retyped");
        assertThat(windrow("run", file.toString()).exit()).isEqualTo(ExitCode.OK.value());
        List<String> before = manifests("retyped");
        DATABASE.execute("ALTER TABLE retyped ALTER COLUMN amount TYPE bigint");
        Ended run = windrow("run", file.toString());
        assertThat(run.exit()).as(run.out()).isEqualTo(ExitCode.EXTERNAL.value());
        assertThat(run.out()).contains("postgres.table_rewritten").contains("--full-refresh");
        assertThat(manifests("retyped")).isEqualTo(before);
        run = windrow("run", "--full-refresh", file.toString());
        assertThat(run.exit()).as(run.out()).isEqualTo(ExitCode.OK.value());
        assertThat(schema(before.getLast())).isNotEqualTo(schema(manifests("retyped").getLast()));
    }

    /** The rewritten table stops a run before it would have refused the type. */
    @Test
    void aChangeThatNoRunHasComeToJudgeIsAcceptedAsTheSourceHasIt() throws IOException {
        DATABASE.execute(
                "CREATE TABLE agreed (id int PRIMARY KEY, amount int)",
                "INSERT INTO agreed SELECT i, i FROM generate_series(1, 100) i");
        Path file = pipeline("agreed");
        Files.writeString(file, "contract: {on_drift: freeze}\n", java.nio.file.StandardOpenOption.APPEND);
        assertThat(windrow("run", file.toString()).exit()).isEqualTo(ExitCode.OK.value());
        DATABASE.execute("ALTER TABLE agreed ALTER COLUMN amount TYPE bigint");
        assertThat(windrow("run", file.toString()).out()).contains("postgres.table_rewritten");
        String[] accept = {"schema", "accept", file.toString(), "--stream", "public.agreed"};
        assertThat(windrow(accept).out()).contains("no run has refused one", "--now");
        Ended check = windrow("schema", "check", file.toString());
        assertThat(check.exit()).as(check.out()).isEqualTo(ExitCode.CHECK_FAILED.value());
        assertThat(check.out()).contains("amount was int32 and is the wider int64 now", "--stream public.agreed --now");
        Ended accepted = windrow(Stream.concat(Stream.of(accept), Stream.of("--now")).toArray(String[]::new));
        assertThat(accepted.exit()).as(accepted.out()).isEqualTo(ExitCode.OK.value());
        assertThat(windrow("schema", "check", file.toString()).out()).contains("public.agreed: same");
        Ended run = windrow("run", "--full-refresh", file.toString());
        assertThat(run.exit()).as(run.out()).isEqualTo(ExitCode.OK.value());
    }

    /** Two streams are planned together; each says from where on in the source its own rows have the new form. */
    @Test
    void aRefusedChangeNamesTheTransactionsBehindWhichEachStreamIsRead() throws IOException {
        DATABASE.execute(
                "CREATE TABLE early (id int PRIMARY KEY)", "CREATE TABLE late (id int PRIMARY KEY)",
                "INSERT INTO early VALUES (1)", "INSERT INTO late VALUES (1)");
        Path file = Files.writeString(folder.resolve("two.yaml"), """
                pipeline: two
                source:
                  postgres:
                    url: '%s'
                    streams:
                      - {table: public.early, mode: incremental, cursor: id}
                      - {table: public.late, mode: incremental, cursor: id}
                sink:
                  files: {path: ./two, format: jsonl}
                contract: {on_drift: stop}
                """.formatted(DATABASE.url()));
        assertThat(windrow("run", file.toString()).exit()).isEqualTo(ExitCode.OK.value());
        long between = transaction();
        DATABASE.execute("INSERT INTO late VALUES (2)");
        assertThat(windrow("run", "--stream", "public.late", file.toString()).exit()).isEqualTo(ExitCode.OK.value());
        long behind = transaction();
        DATABASE.execute("ALTER TABLE early ADD COLUMN more int", "ALTER TABLE late ADD COLUMN more int");
        Ended run = windrow("run", file.toString());
        assertThat(run.exit()).as(run.out()).isNotEqualTo(ExitCode.OK.value());
        assertThat(read(run.out(), "early")).as(run.out()).isLessThanOrEqualTo(between);
        assertThat(read(run.out(), "late")).as(run.out()).isGreaterThan(between).isLessThanOrEqualTo(behind);
        assertThat(run.out()).contains("field more is new", "windrow schema accept " + file);
        Ended check = windrow("schema", "check", "--stream", "public.late", file.toString());
        assertThat(check.out()).as("asked without a run").containsPattern("(?s)late: refused.*first met: after epoch 2, behind position "
                + "\\{\"at\":\"window\",\"transaction\":" + read(run.out(), "late") + "[,}]");
        assertThat(windrow("plan", "--json", file.toString()).out()).contains("first met after epoch 1, behind position ");
        for (String table : List.of("early", "late")) {
            assertThat(windrow("schema", "accept", "--stream", "public." + table, file.toString()).exit()).isZero();
        }
        DATABASE.execute("INSERT INTO late VALUES (3, 3)");
        assertThat(windrow("run", file.toString()).exit()).isEqualTo(ExitCode.OK.value());
        Ended diff = windrow("schema", "diff", "--stream", "public.late", file.toString());
        assertThat(diff.out()).contains("field more is new", "first delivered: in epoch ");
    }

    private static long transaction() {
        return DATABASE.number("SELECT pg_current_xact_id()::text::bigint");
    }

    /** The transaction before which everything was delivered, as the refusal of the stream says it. */
    private static long read(String out, String table) {
        Matcher found = Pattern.compile("schema of public\\." + table + " with the accepted one, first met after epoch \\d+, "
                + "behind position \\{\"at\":\"window\",\"transaction\":(\\d+)[,}]").matcher(out.replaceAll("\\s*\\n\\s*", " "));
        assertThat(found.find()).as(out).isTrue();
        return Long.parseLong(found.group(1));
    }

    /** What becomes of a stream whose table was altered, and of the row that came after. */
    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            cdc         | evolve     | ADD COLUMN note text              | (2, 'b', 2, 'n')     | "name":"b","n":2,"note":"n"
            cdc         | freeze     | ADD COLUMN note text              | (2, 'b', 2, 'n')     | "name":"b","n":2
            cdc         | quarantine | ADD COLUMN note text              | (2, 'b', 2, 'n')     | contract.drifted_row
            cdc         | quarantine | ADD COLUMN note text              | (2, 'b', 2, NULL)    | "name":"b","n":2
            cdc         | stop       | ADD COLUMN note text              | (2, 'b', 2, 'n')     | contract.drift
            cdc         | evolve     | RENAME COLUMN name TO title       | (2, 'b', 2)          | "title":"b","n":2
            cdc         | freeze     | RENAME COLUMN name TO title       | (2, 'b', 2)          | "name":"b","n":2
            cdc         | freeze     | DROP COLUMN name                  | (2, 2)               | contract.drift
            cdc         | evolve     | ALTER COLUMN n TYPE bigint        | (2, 'b', 5000000000) | "n":5000000000
            cdc         | quarantine | ALTER COLUMN n TYPE bigint        | (2, 'b', 5000000000) | contract.drift
            cdc         | evolve     | ALTER COLUMN n TYPE smallint      | (2, 'b', 2)          | contract.drift
            cdc         | quarantine | ALTER COLUMN name DROP NOT NULL   | (2, NULL, 2)         | "name":null,"n":2
            incremental | evolve     | ALTER COLUMN name DROP NOT NULL   | (2, NULL, 2)         | "name":null,"n":2
            incremental | quarantine | ADD COLUMN note text              | (2, 'b', 2, 'n')     | contract.drifted_row
            incremental | quarantine | ALTER COLUMN name DROP NOT NULL   | (2, NULL, 2)         | contract.drifted_row
            incremental | freeze     | RENAME COLUMN name TO title       | (2, 'b', 2)          | "name":"b","n":2
            snapshot    | quarantine | ADD COLUMN note text              | (2, 'b', 2, 'n')     | contract.drifted_row
            snapshot    | freeze     | ALTER COLUMN n TYPE bigint        | (2, 'b', 5000000000) | contract.drift
            """)
    void anAlteredTableMeetsThePolicyOfItsStream(String mode, String policy, String alteration, String row, String outcome) throws IOException {
        DATABASE.execute(
                "DROP TABLE IF EXISTS drifting", "CREATE TABLE drifting (id int PRIMARY KEY, name text NOT NULL, n int)",
                "INSERT INTO drifting VALUES (1, 'a', 1)");
        Path file = Files.writeString(folder.resolve("drifting.yaml"), """
                pipeline: drifting
                source:
                  postgres:
                    url: '%s'
                    streams: [{table: public.drifting, mode: %s%s}]
                contract: {on_drift: %s}
                sink:
                  files: {path: ./out, format: jsonl}
                """.formatted(DATABASE.url(), mode, mode.equals("incremental") ? ", cursor: id" : "", policy));
        try {
            Ended first = windrow("run", file.toString());
            assertThat(first.exit()).as(first.out()).isZero();
            DATABASE.execute("ALTER TABLE drifting " + alteration, "INSERT INTO drifting VALUES " + row);
            Ended second = windrow("run", file.toString());
            String delivered = String.join("\n", rows("drifting"));
            switch (outcome) {
                case "contract.drift" -> {
                    assertThat(second.exit()).as(second.out()).isNotZero();
                    assertThat(second.out()).contains(outcome, "windrow schema accept");
                    assertThat(delivered).doesNotContain("\"id\":2");
                }
                case "contract.drifted_row" -> {
                    assertThat(second.exit()).as(second.out()).isZero();
                    assertThat(second.out()).contains("1 row set aside");
                    assertThat(windrow("quarantine", "show", file.toString()).out()).contains(outcome, "\"id\":2");
                    assertThat(delivered).doesNotContain("\"id\":2");
                }
                default -> {
                    assertThat(second.exit()).as(second.out()).isZero();
                    assertThat(delivered).contains("{\"id\":2," + (outcome.startsWith("\"n\"") ? "\"name\":\"b\"," : "") + outcome);
                    assertThat(delivered.contains("note")).isEqualTo(outcome.contains("note"));
                }
            }
        } finally {
            DATABASE.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = 'windrow_drifting'");
        }
    }

    private List<String> rows(String table) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> found = Files.walk(folder.resolve("out/public." + table).toRealPath())) {
            for (Path written : found.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
                lines.addAll(Files.readAllLines(written));
            }
        }
        return lines;
    }

    private static void equalAndWhole(Path file) {
        Ended verified = windrow("verify", file.toString());
        assertThat(verified.exit()).as(verified.out()).isEqualTo(ExitCode.OK.value());
        Ended files = windrow("verify", "--files", file.toString());
        assertThat(files.exit()).as(files.out()).isEqualTo(ExitCode.OK.value());
    }

    private List<String> manifests(String table) throws IOException {
        try (Stream<Path> found = Files.list(folder.resolve("out/.windrow/public." + table + "/manifests"))) {
            List<String> texts = new ArrayList<>();
            for (Path manifest : found.sorted().toList()) {
                texts.add(Files.readString(manifest));
            }
            return texts;
        }
    }

    private static String schema(String manifest) {
        Matcher schema = Pattern.compile("\"schema\":\"([0-9a-f]+)\"").matcher(manifest);
        assertThat(schema.find()).as(manifest).isTrue();
        return schema.group(1);
    }

    private Path pipeline(String table) throws IOException {
        return Files.writeString(folder.resolve(table + ".yaml"), """
                pipeline: %s
                source:
                  postgres:
                    url: '%s'
                    streams: [{table: public.%s, mode: incremental, cursor: id}]
                sink:
                  files: {path: ./out, format: parquet}
                """.formatted(table, DATABASE.url(), table));
    }

    private record Ended(int exit, String out) {}

    private static Ended windrow(String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int exit = Main.run(new Screen(stream, stream, false, false, 160), arguments);
        return new Ended(exit, bytes.toString(StandardCharsets.UTF_8));
    }
}
