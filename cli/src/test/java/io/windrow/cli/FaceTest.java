package io.windrow.cli;

import static io.windrow.cli.Invoked.windrow;
import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StateStores;
import io.windrow.testkit.crash.ChildJvm;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every command as a user calls it, against a real server. */
@Tag("server")
class FaceTest {
    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(
            18,
            "CREATE TABLE orders (id int PRIMARY KEY, note text, updated_at timestamptz NOT NULL DEFAULT now())",
            "INSERT INTO orders SELECT i, 'note ' || i FROM generate_series(1, 500) i",
            "CREATE TABLE countries (code text PRIMARY KEY, name text)",
            "INSERT INTO countries VALUES ('de', 'Germany'), ('fr', NULL)",
            "CREATE TABLE refused (at timestamptz)",
            "INSERT INTO refused VALUES ('infinity')",
            "CREATE SCHEMA \"My Schema\"",
            "CREATE TABLE \"My Schema\".\"a.b*c \"\"d\"\"\" (\"Col 'x'\" int)",
            "INSERT INTO \"My Schema\".\"a.b*c \"\"d\"\"\" VALUES (1)");

    @TempDir
    Path folder;

    @BeforeAll
    static void role() {
        DATABASE.execute("DROP ROLE IF EXISTS face_reader", "CREATE ROLE face_reader LOGIN");
    }

    @AfterAll
    static void noRole() {
        DATABASE.execute("DROP OWNED BY face_reader");
        DATABASE.server().execute("DROP ROLE face_reader");
    }

    private Path pipeline(String... streams) throws IOException {
        return Files.writeString(folder.resolve("shop.yaml"), """
                pipeline: shop
                source:
                  postgres:
                    url: '%s'
                    streams:
                %ssink:
                  files: {path: ./out, format: jsonl}
                """.formatted(DATABASE.url(), lines(streams)));
    }

    private static String lines(String... streams) {
        StringBuilder lines = new StringBuilder();
        for (String stream : streams) {
            lines.append("      - ").append(stream).append('\n');
        }
        return lines.toString();
    }

    private static final String ORDERS = "{table: public.orders, mode: snapshot}";
    private static final String NEW_ORDERS = "{table: public.orders, mode: incremental, cursor: updated_at}";
    private static final String COUNTRIES = "{table: public.countries}";

    private String asReader() {
        return "postgres://face_reader@127.0.0.1:" + DATABASE.server().port() + "/" + DATABASE.name();
    }

    // run

    @Test
    void a_stream_is_chosen_by_name_and_an_unknown_one_names_the_nearest() throws IOException {
        Path file = pipeline(ORDERS, COUNTRIES, "{table: public.refused, out_of_range: \"null\"}");
        Invoked two = windrow("run", file, "--stream", "public.orders", "--stream", "public.countries");
        assertThat(two.exit()).as(two.whole()).isZero();
        assertThat(two.out()).contains("public.orders", "public.countries").doesNotContain("public.refused");
        Invoked unknown = windrow("run", file, "--stream", "public.orders", "--stream", "public.countrys");
        assertThat(unknown.exit()).isEqualTo(ExitCode.USER.value());
        assertThat(unknown.err()).contains("code   plan.unknown_stream").contains("did you mean public.countries?");
    }

    @Test
    void a_limit_stops_after_about_so_many_rows_and_the_next_run_brings_the_rest() throws IOException {
        Path file = pipeline(NEW_ORDERS);
        Files.writeString(file, Files.readString(file).replace("    streams:", "    batch_rows: 50\n    streams:"));
        Invoked limited = windrow("run", file, "--limit", "100", "--json");
        assertThat(limited.exit()).as(limited.whole()).isZero();
        Map<?, ?> stream = stream(limited);
        assertThat(Long.parseLong((String) stream.get("written_rows"))).isBetween(100L, 499L);
        Invoked rest = windrow("run", file, "--json");
        assertThat(Long.parseLong((String) stream(rest).get("written_rows")) + Long.parseLong((String) stream.get("written_rows")))
                .isEqualTo(500);
    }

    @Test
    void a_full_refresh_reads_all_again_in_a_new_generation() throws IOException {
        Path file = pipeline(NEW_ORDERS);
        assertThat(stream(windrow("run", file, "--json")).get("written_rows")).isEqualTo("500");
        assertThat(stream(windrow("run", file, "--json")).get("written_rows")).isEqualTo("0");
        Map<?, ?> again = stream(windrow("run", file, "--json", "--full-refresh"));
        assertThat(again.get("written_rows")).isEqualTo("500");
        assertThat(again.get("generation")).isEqualTo("2");
        assertThat(stream(windrow("run", file, "--json")).get("written_rows")).isEqualTo("0");
    }

    @Test
    void a_run_that_repeats_shows_every_tick_and_ends_on_sigterm() throws Exception {
        Path file = pipeline(NEW_ORDERS);
        try (ChildJvm child = ChildJvm.start(
                "io.windrow.cli.Main", List.of("run", file.toString(), "--every", "1s"), Map.of())) {
            Path manifests = folder.resolve("out/.windrow/public.orders/manifests");
            org.awaitility.Awaitility.await().atMost(Duration.ofMinutes(5)).until(() -> child.output().contains("500 rows"));
            DATABASE.execute("INSERT INTO orders VALUES (1001, 'late')");
            org.awaitility.Awaitility.await().atMost(Duration.ofMinutes(5)).until(() -> child.output().contains(" 1 row"));
            try (Stream<Path> files = Files.list(manifests)) {
                assertThat(files.filter(path -> path.toString().endsWith(".manifest"))).hasSizeGreaterThanOrEqualTo(2);
            }
            child.terminate();
            assertThat(child.awaitEnd(Duration.ofMinutes(5))).isEqualTo(ExitCode.STOPPED.value());
            assertThat(child.output().split("run [0-9a-f]{12} of shop")).hasSizeGreaterThan(2);
            assertThat(child.output()).contains("500 rows").contains("1 row");
        } finally {
            DATABASE.execute("DELETE FROM orders WHERE id > 1000");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "parquet, parquet", "jsonl, jsonl", "csv, csv", "arrow, arrow", "arrow_stream, arrows", "avro, avro"
    })
    void a_run_without_a_file_writes_each_format(String format, String extension) throws IOException {
        Path out = folder.resolve("lake");
        Object[] words = {"run", "--from", DATABASE.url(), "--stream", "public.orders", "--to", out, "--format", format};
        Invoked run = windrow(words);
        assertThat(run.exit()).as(run.whole()).isZero();
        assertThat(filesIn(out.resolve("public.orders/current"))).isNotEmpty().allMatch(name -> name.endsWith("." + extension));
        assertThat(windrow(words).out()).contains("500").contains("complete");
    }

    @Test
    void a_run_without_a_file_goes_on_where_the_same_command_ended() throws IOException {
        Path out = folder.resolve("lake");
        Object[] words = {
            "run", "--json", "--from", DATABASE.url(), "--stream", "public.orders", "--to", out, "--mode", "incremental",
            "--cursor", "updated_at", "--format", "jsonl"
        };
        assertThat(stream(windrow(words)).get("written_rows")).isEqualTo("500");
        assertThat(stream(windrow(words)).get("written_rows")).isEqualTo("0");
        Invoked snapshot = windrow(
                "run", "--json", "--from", DATABASE.url(), "--stream", "public.orders", "--to", folder.resolve("other"),
                "--mode", "snapshot");
        assertThat(stream(snapshot).get("written_rows")).isEqualTo("500");
        Invoked wrong = windrow("run", "--from", DATABASE.url(), "--stream", "public.orders", "--to", out, "--mode", "all");
        assertThat(wrong.exit()).isEqualTo(ExitCode.USER.value());
        assertThat(wrong.err()).contains("snapshot");
        Invoked format = windrow("run", "--from", DATABASE.url(), "--stream", "public.orders", "--to", out, "--format", "parket");
        assertThat(format.exit()).isEqualTo(ExitCode.USER.value());
        assertThat(format.err()).contains("parquet");
    }

    @Test
    void a_run_without_a_file_may_read_several_streams_and_names_the_one_that_is_not_there() {
        Path out = folder.resolve("lake");
        Invoked two = windrow(
                "run", "--from", DATABASE.url(), "--stream", "public.orders", "--stream", "public.countries", "--to", out);
        assertThat(two.exit()).as(two.whole()).isZero();
        Invoked none = windrow("run", "--from", DATABASE.url(), "--stream", "public.order", "--to", out);
        assertThat(none.exit()).as(none.whole()).isEqualTo(ExitCode.USER.value());
        assertThat(none.err()).contains("public.order").contains("code   postgres.no_such_stream");
    }

    @Test
    void one_bad_stream_does_not_stop_the_other_and_the_exit_code_shows_it() throws IOException {
        Invoked partial = windrow("run", pipeline(COUNTRIES, "{table: public.refused}"));
        assertThat(partial.exit()).as(partial.whole()).isEqualTo(ExitCode.PARTIAL.value());
        assertThat(partial.err()).contains("stream public.refused");
        assertThat(partial.out()).contains("1 of 2 streams are complete");
    }

    @Test
    void columns_that_differ_only_in_case_are_named_by_plan_and_run_and_delivered_as_they_are() throws IOException {
        DATABASE.execute("CREATE TABLE IF NOT EXISTS alike (id int PRIMARY KEY, \"Id\" text)", "INSERT INTO alike VALUES (1, 'x') ON CONFLICT DO NOTHING");
        Path file = pipeline("{table: public.alike}");
        assertThat(windrow("plan", file).out()).contains("differ only in case, and are one to readers such as Spark: id, Id");
        assertThat(windrow("plan", file, "--json").out()).contains("\"names_alike\" : [ [ \"id\", \"Id\" ] ]");
        Invoked run = windrow("run", file);
        assertThat(run.exit()).as(run.whole()).isZero();
        assertThat(run.whole()).contains("columns id, Id differ only in case");
    }

    @Test
    void a_value_that_does_not_fit_ends_with_the_code_of_data() throws IOException {
        Invoked data = windrow("run", pipeline("{table: public.refused}"), "--json");
        assertThat(data.exit()).as(data.whole()).isEqualTo(ExitCode.DATA.value());
        assertThat(data.json().getLast().get("outcome")).isEqualTo("failed");
    }

    @Test
    void a_target_that_cannot_be_made_ends_with_the_code_of_resources() {
        Invoked full = windrow("run", "--from", DATABASE.url(), "--stream", "public.orders", "--to", "/proc/windrow", "--json");
        assertThat(full.exit()).as(full.whole()).isEqualTo(ExitCode.RESOURCE.value());
        assertThat(full.json()).isNotEmpty();
    }

    // state

    @Test
    void state_is_shown_set_and_reset() throws IOException {
        Path file = pipeline(NEW_ORDERS, COUNTRIES);
        assertThat(windrow("state", "show", file).err()).contains("code   cli.no_state");
        windrow("run", file);
        String kept = planner(file, "public.orders");
        Invoked shown = windrow("state", "show", file);
        assertThat(shown.exit()).isZero();
        assertThat(shown.out()).contains("public.orders").contains("committed");

        Invoked asked = windrow("state", "reset", file, "--stream", "public.orders");
        assertThat(asked.exit()).isEqualTo(ExitCode.USER.value());
        assertThat(asked.err()).contains("every row that it reads again is delivered twice").contains("code   cli.needs_yes");
        assertThat(planner(file, "public.orders")).isEqualTo(kept);
        assertThat(windrow("state", "reset", file, "--stream", "public.ordres", "--yes").err())
                .contains("did you mean public.orders?");

        assertThat(windrow("state", "reset", file, "--stream", "public.orders", "--yes").exit()).isZero();
        assertThat(stream(windrow("run", file, "--json", "--stream", "public.orders")).get("written_rows")).isEqualTo("500");
        Invoked set = windrow("state", "set", file, "--stream", "public.orders", "--planner", kept, "--yes", "--json");
        assertThat(set.exit()).as(set.whole()).isZero();
        assertThat(set.json()).singleElement().satisfies(json -> assertThat(json.get("opened")).isEqualTo(List.of("public.orders")));
        assertThat(stream(windrow("run", file, "--json", "--stream", "public.orders")).get("written_rows")).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"bad\"", "{}", "[]", "", "{\"read\":\"window\",\"below\":\"x\"}", "{\"read\":\"nothing\"}"})
    void a_position_that_the_source_cannot_read_is_refused_before_anything_is_saved(String planner) throws IOException {
        Path file = pipeline(NEW_ORDERS);
        windrow("run", file);
        String kept = planner(file, "public.orders");
        Invoked set = windrow("state", "set", file, "--stream", "public.orders", "--planner", planner, "--yes", "--json");
        assertThat(set.exit()).as(set.whole()).isEqualTo(ExitCode.EXTERNAL.value());
        assertThat(error(set).get("code")).isEqualTo("postgres.state_invalid");
        assertThat(planner(file, "public.orders")).isEqualTo(kept);
    }

    @Test
    void state_is_not_changed_while_a_runner_holds_the_lease_and_is_still_shown() throws IOException {
        Path file = pipeline(NEW_ORDERS);
        windrow("run", file);
        String kept = planner(file, "public.orders");
        try (StateStore store = StateStores.open("jdbc:sqlite:" + folder.resolve(".windrow/shop.db"))) {
            Lease lease = store.acquire("shop", "a runner", Duration.ofMinutes(5));
            for (List<String> words : List.of(List.of("reset"), List.of("set", "--stream", "public.orders", "--planner", kept))) {
                List<Object> all = new ArrayList<>(List.of("state", words.getFirst(), file, "--yes", "--json"));
                all.addAll(words.subList(1, words.size()));
                Invoked refused = windrow(all.toArray());
                assertThat(refused.exit()).as(refused.whole()).isNotZero();
                assertThat(String.valueOf(error(refused).get("message"))).contains("a runner");
            }
            assertThat(windrow("state", "show", file).exit()).isZero();
            store.release(lease);
        }
        assertThat(windrow("state", "reset", file, "--yes").exit()).isZero();
    }

    @Test
    void a_folder_that_another_pipeline_fills_is_refused_as_a_mistake_in_the_file() throws IOException {
        Path file = pipeline(NEW_ORDERS);
        assertThat(windrow("run", file).exit()).isZero();
        Path other = Files.writeString(
                folder.resolve("other.yaml"), Files.readString(file).replaceFirst("pipeline: \\S+", "pipeline: another"));
        Invoked refused = windrow("run", other, "--json");
        assertThat(refused.exit()).as(refused.whole()).isEqualTo(ExitCode.USER.value());
        assertThat(refused.out()).contains("epoch.target_taken", "another, has delivered nothing there");
        assertThat(windrow("verify", file).exit()).as("nothing was touched").isZero();
    }

    @Test
    void a_pipeline_moves_to_a_postgresql_store_with_its_positions() throws IOException {
        Path file = pipeline(NEW_ORDERS);
        windrow("run", file);
        String kept = planner(file, "public.orders");
        try (PostgresDatabase store = PostgresDatabase.create(DATABASE.server())) {
            Files.writeString(file, Files.readString(file) + "run:\n  state: '" + store.jdbcUrl() + "'\n");
            Invoked diverged = windrow("run", file, "--json");
            assertThat(diverged.exit()).as(diverged.whole()).isEqualTo(ExitCode.UNKNOWN_OUTCOME.value());
            assertThat(diverged.out()).contains("epoch.target_diverged");
            Invoked set = windrow("state", "set", file, "--stream", "public.orders", "--planner", kept, "--yes");
            assertThat(set.exit()).as(set.whole()).isZero();
            assertThat(stream(windrow("run", file, "--json")).get("written_rows")).isEqualTo("0");
            DATABASE.execute("INSERT INTO orders VALUES (1001, 'late')");
            assertThat(stream(windrow("run", file, "--json")).get("written_rows")).isEqualTo("1");
            Invoked verified = windrow("verify", file);
            assertThat(verified.exit()).as(verified.whole()).isZero();
        } finally {
            DATABASE.execute("DELETE FROM orders WHERE id > 1000");
        }
    }

    @Test
    void no_color_and_a_pipe_turn_colours_and_redrawing_off() throws Exception {
        Path file = pipeline(ORDERS);
        for (Map<String, String> environment : List.of(Map.of("NO_COLOR", "1"), Map.<String, String>of())) {
            try (ChildJvm child = ChildJvm.start("io.windrow.cli.Main", List.of("run", file.toString()), environment)) {
                assertThat(child.awaitEnd(Duration.ofMinutes(5))).isZero();
                assertThat(child.output()).contains("complete").doesNotContain("\u001b[");
            }
        }
    }

    private static String planner(Path file, String stream) {
        for (Object state : (List<?>) windrow("state", "show", file, "--json").json().getFirst().get("streams")) {
            if (((Map<?, ?>) state).get("stream").equals(stream)) {
                return (String) ((Map<?, ?>) state).get("planner");
            }
        }
        throw new AssertionError(stream);
    }

    // init

    @Test
    void init_writes_a_commented_pipeline_that_plan_and_run_accept_and_keeps_the_url_out_of_it() throws IOException {
        Path file = folder.resolve("made/shop.yaml");
        Invoked init = windrow("init", "--from", DATABASE.url(), "--to", folder.resolve("lake"), file);
        assertThat(init.exit()).as(init.whole()).isZero();
        String text = Files.readString(file);
        assertThat(text).contains("# ").contains("mode: incremental, cursor: updated_at").doesNotContain("127.0.0.1").doesNotContain("localhost");
        assertThat(java.nio.file.attribute.PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(file.resolveSibling("secrets.yaml"))))
                .isEqualTo("rw-------");
        Files.writeString(file, text.replace("public.refused, mode: snapshot", "public.refused, mode: snapshot, out_of_range: text"));
        assertThat(windrow("plan", file).exit()).isZero();
        Invoked run = windrow("run", file);
        assertThat(run.exit()).as(run.whole()).isZero();
        assertThat(run.out()).contains("\"My Schema\".\"a.b*c \"\"d\"\"\"");
        Invoked twice = windrow("init", "--from", DATABASE.url(), file, "--json");
        assertThat(twice.exit()).isEqualTo(ExitCode.USER.value());
        assertThat(error(twice).get("code")).isEqualTo("cli.file_exists");
    }

    @Test
    void init_of_a_database_without_a_table_writes_nothing_and_a_file_without_a_name_gets_one() throws IOException {
        try (PostgresDatabase empty = PostgresDatabase.create(DATABASE.server())) {
            Invoked init = windrow("init", "--from", empty.url(), folder.resolve("empty.yaml"), "--json");
            assertThat(error(init).get("code")).isEqualTo("plan.no_streams");
            assertThat(filesIn(folder)).isEmpty();
        }
        Path nameless = folder.resolve(".yaml");
        Invoked init = windrow("init", "--from", DATABASE.url(), nameless);
        assertThat(init.exit()).as(init.whole()).isZero();
        assertThat(nameless).content().contains("pipeline: pipeline\n");
        assertThat(windrow("plan", nameless, "--stream", "public.orders").exit()).isZero();
    }

    @Test
    void a_relative_store_lies_beside_the_pipeline_file_and_one_in_the_working_directory_is_not_passed_over() throws IOException {
        Path file = pipeline(NEW_ORDERS);
        Files.writeString(file, Files.readString(file) + "run: {state: 'jdbc:sqlite:kept/state.db'}\n");
        assertThat(windrow("run", file).exit()).isZero();
        assertThat(folder.resolve("kept/state.db")).isRegularFile();
        assertThat(windrow("state", "show", file).out()).contains("public.orders");
        Path here = Files.createTempFile(Path.of("target"), "elsewhere", ".db");
        try {
            Files.writeString(file, Files.readString(file).replace("kept/state.db", here.toString()));
            for (String command : List.of("run", "state show", "verify", "plan")) {
                Invoked passed = windrow((Object[]) words(command + " FILE", file));
                assertThat(error(passed).get("code")).as(command).isEqualTo("cli.state_elsewhere");
            }
            Files.writeString(file, Files.readString(file).replace(here.toString(), here.toAbsolutePath() + ".new"));
            assertThat(windrow("plan", file).exit()).as("an absolute path says where").isZero();
        } finally {
            Files.deleteIfExists(here);
        }
    }

    @Test
    void a_stream_that_the_sinks_settings_misspell_or_say_twice_is_refused() throws IOException {
        Path file = pipeline(NEW_ORDERS);
        String text = Files.readString(file);
        Files.writeString(file, text.replace("format: jsonl", "format: jsonl, partitions: [{stream: public.order, by: [id]}]"));
        Map<?, ?> misspelt = error(windrow("plan", file, "--json"));
        assertThat(misspelt.get("code")).isEqualTo("plan.unknown_stream");
        assertThat(misspelt.toString()).contains("did you mean public.orders?", "partitions[0].stream", "shop.yaml");
        Files.writeString(file, text.replace(
                "format: jsonl", "format: jsonl, partitions: [{stream: public.orders, by: [id]}, {stream: public.orders, by: [note]}]"));
        assertThat(error(windrow("plan", file, "--json")).toString()).contains("public.orders has two entries", "shop.yaml");
        Files.writeString(file, text.replace(
                "files: {path: ./out, format: jsonl}", "jdbc: {url: 'jdbc:sqlite:x.db', tables: [{stream: public.order, table: o}]}"));
        assertThat(error(windrow("plan", file, "--json")).toString()).contains("did you mean public.orders?", "tables[0].stream");
    }

    @Test
    void init_again_after_the_file_was_deleted_leaves_one_secret() throws IOException {
        Path file = folder.resolve("shop.yaml");
        for (int i = 0; i < 2; i++) {
            Files.deleteIfExists(file);
            assertThat(windrow("init", "--from", DATABASE.url(), file).exit()).isZero();
            Invoked check = windrow("check", file);
            assertThat(check.exit()).as(check.whole()).isZero();
        }
        Files.delete(file);
        Invoked other = windrow("init", "--from", DATABASE.url().replaceFirst("^postgres(ql)?:", "jdbc:postgresql:"), file, "--json");
        assertThat(error(other).get("code")).isEqualTo("cli.file_exists");
        assertThat(file).doesNotExist();
    }

    @Test
    void init_adds_no_secret_to_a_file_that_others_can_read() throws IOException {
        Path file = folder.resolve("shop.yaml");
        Path secrets = Files.writeString(folder.resolve("secrets.yaml"), "other: x\n");
        Files.setPosixFilePermissions(secrets, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        Invoked init = windrow("init", "--from", DATABASE.url(), file, "--json");
        assertThat(error(init).get("code")).isEqualTo("spec.secret_exposed");
        assertThat(secrets).hasContent("other: x\n");
        assertThat(file).doesNotExist();
    }

    @Test
    void a_stream_that_is_asked_for_is_the_only_one_that_check_and_discover_speak_of() throws IOException {
        Path file = pipeline(NEW_ORDERS, COUNTRIES, "{table: public.none_such}");
        Invoked check = windrow("check", file, "--stream", "public.countries");
        assertThat(check.exit()).as(check.whole()).isZero();
        assertThat(check.out()).contains("stream public.countries").doesNotContain("orders", "none_such");
        assertThat(windrow("check", file).exit()).isEqualTo(ExitCode.CHECK_FAILED.value());
        assertThat(windrow("check", file, "--stream", "public.countrys").err()).contains("did you mean public.countries?");
        Invoked discover = windrow("discover", pipeline(NEW_ORDERS, COUNTRIES), "--stream", "public.countries", "--json");
        assertThat(discover.json().getFirst().get("streams")).asString().contains("public.countries").doesNotContain("orders");
    }

    @Test
    void what_is_not_known_is_left_out_of_json_and_never_a_negative_number() throws IOException {
        DATABASE.execute("CREATE VIEW looked_at AS SELECT * FROM orders");
        try {
            Path file = pipeline("{table: public.looked_at, mode: snapshot}");
            assertThat(windrow("run", file).exit()).isZero();
            // Nothing is delivered in the generation that this opens: verify asks neither side.
            assertThat(windrow("state", "reset", file, "--yes").exit()).isZero();
            for (String command : List.of("verify", "plan", "discover")) {
                Invoked text = windrow(command, file);
                assertThat(text.out()).as(command).contains("public.looked_at").doesNotContain("-1");
                Invoked json = windrow(command, file, "--json");
                assertThat(json.out()).as(command).contains("public.looked_at").doesNotContain(": -1");
            }
        } finally {
            DATABASE.execute("DROP VIEW looked_at");
        }
    }

    @Test
    void init_asks_for_the_url_and_says_so_when_nothing_is_entered() {
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream((DATABASE.url() + "\n").getBytes(StandardCharsets.UTF_8)));
            Invoked asked = windrow("init", folder.resolve("a.yaml"));
            assertThat(asked.exit()).as(asked.whole()).isZero();
            assertThat(asked.err()).startsWith("URL of the source");
            System.setIn(new ByteArrayInputStream(new byte[0]));
            Invoked nothing = windrow("init", folder.resolve("b.yaml"), "--json");
            assertThat(nothing.exit()).isEqualTo(ExitCode.USER.value());
            assertThat(String.valueOf(error(nothing).get("remedy"))).contains("--from");
        } finally {
            System.setIn(before);
        }
    }

    // check, discover, preview, plan, ledger

    @Test
    void check_prints_the_grant_and_applying_it_makes_the_check_pass() {
        Object[] words = {"check", "--from", asReader(), "--stream", "\"My Schema\".\"a.b*c \"\"d\"\"\"", "--stream", "public.orders", "--to", folder};
        for (int i = 0; i < 4; i++) {
            Invoked check = windrow(words);
            List<String> grants = check.out().lines()
                    .filter(line -> line.contains("to do: GRANT"))
                    .map(line -> line.substring(line.indexOf("GRANT")))
                    .toList();
            if (grants.isEmpty()) {
                assertThat(check.exit()).as(check.whole()).isZero();
                assertThat(i).isPositive();
                break;
            }
            assertThat(check.exit()).isEqualTo(ExitCode.CHECK_FAILED.value());
            DATABASE.execute(grants.toArray(String[]::new));
        }
        DATABASE.execute("GRANT UPDATE ON orders TO face_reader");
        Invoked excess = windrow(words);
        assertThat(excess.exit()).as(excess.whole()).isZero();
        assertThat(excess.out()).contains("warning").contains("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON \"public\".\"orders\" FROM \"face_reader\";");
    }

    @Test
    void discover_describes_every_stream_in_json() {
        Invoked discover = windrow("discover", "--from", DATABASE.url(), "--json");
        assertThat(discover.exit()).isZero();
        List<?> streams = (List<?>) discover.json().getFirst().get("streams");
        assertThat(streams.stream().map(stream -> String.valueOf(((Map<?, ?>) stream).get("stream"))))
                .contains("public.orders", "\"My Schema\".\"a.b*c \"\"d\"\"\"");
        Map<?, ?> orders = streams.stream().map(stream -> (Map<?, ?>) stream)
                .filter(stream -> stream.get("stream").equals("public.orders")).findFirst().orElseThrow();
        assertThat(orders.get("key")).isEqualTo(List.of("id"));
        assertThat(orders.get("modes")).isEqualTo(List.of("snapshot", "incremental", "cdc"));
        assertThat(orders.get("cursors")).asString().contains("updated_at");
        assertThat((List<?>) orders.get("columns")).hasSize(3);
    }

    @Test
    @Tag("A26")
    void preview_shows_rows_and_moves_nothing() throws IOException {
        Path file = pipeline(NEW_ORDERS, COUNTRIES);
        Invoked preview = windrow("preview", file, "--rows", "3", "--stream", "public.orders");
        assertThat(preview.exit()).as(preview.whole()).isZero();
        assertThat(preview.out()).contains("public.orders  3 rows").contains("note 3").doesNotContain("countries");
        Invoked json = windrow("preview", file, "--json");
        assertThat(json.json().getFirst().get("streams").toString()).contains("Germany").contains("name=null");
        assertThat(folder.resolve("out")).doesNotExist();
        assertThat(folder.resolve(".windrow")).doesNotExist();
        assertThat(stream(windrow("run", file, "--json", "--stream", "public.orders")).get("written_rows")).isEqualTo("500");
    }

    @Test
    void preview_shows_values_as_a_run_delivers_them() throws IOException {
        DATABASE.execute("CREATE TABLE shown (id uuid, at timestamptz, local timestamp, t time, d date, n numeric(4, 1))",
                "INSERT INTO shown VALUES ('6ba7b810-9dad-11d1-80b4-00c04fd430c8', '2024-01-01 10:00+00', '2024-01-01 10:00', '10:00', '0044-03-15 BC', 1)");
        try {
            Path file = pipeline("{table: public.shown, mode: snapshot}");
            Object shown = ((Map<?, ?>) ((List<?>) windrow("preview", file, "--json").json().getFirst().get("streams")).getFirst()).get("rows");
            assertThat(windrow("run", file).exit()).isZero();
            try (Stream<Path> files = Files.walk(folder.resolve("out"))) {
                Path delivered = files.filter(path -> path.toString().contains(".jsonl")).findFirst().orElseThrow();
                assertThat(Files.readString(delivered)).contains("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
                for (Object value : ((Map<?, ?>) ((List<?>) shown).getFirst()).values()) {
                    assertThat(Files.readString(delivered)).contains(String.valueOf(value));
                }
            }
        } finally {
            DATABASE.execute("DROP TABLE shown");
        }
    }

    @Test
    void every_command_prints_json_and_nothing_else_on_standard_output() throws IOException {
        Path file = pipeline(NEW_ORDERS, COUNTRIES);
        for (String line : List.of(
                "check FILE", "discover FILE", "plan FILE", "preview FILE", "run FILE", "verify FILE", "ledger FILE",
                "state show FILE", "state reset FILE --yes", "connectors", "spec", "docs exit-codes", "docs pipeline",
                "docs errors", "docs commands", "init --from URL INIT")) {
            Invoked done = windrow((Object[]) words(line, file));
            assertThat(done.exit()).as(line + "\n" + done.whole()).isZero();
            assertThat(done.json()).as(line).isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "check NONE", "discover NONE", "plan NONE", "preview NONE", "run NONE", "verify NONE", "ledger NONE", "state show NONE",
        "state set NONE --stream a --planner {}", "state reset NONE", "docs nothing", "init --from mongodb://h/d INIT",
        "verify FILE", "ledger FILE", "state show FILE", "run FILE --limit many", "run FILE --every soon", "run --nothing",
        "nothing", "state", "plan", "preview FILE --stream public.none", "discover --from postgres://face_reader@127.0.0.1:1/d",
        "init --from postgres://face_reader@127.0.0.1:1/d INIT", "plan --from WRONGDB --stream public.orders",
        "demo --scale 0", "preview FILE --rows few", "connectors extra", "spec extra"
    })
    void a_command_that_fails_says_so_in_json_on_standard_output(String line) throws IOException {
        Path file = pipeline(NEW_ORDERS);
        for (boolean first : new boolean[] {true, false}) {
            List<String> words = new ArrayList<>(List.of(words(line, file)));
            words.remove("--json");
            words.add(first ? 0 : words.size(), "--json");
            Invoked failed = windrow(words.toArray());
            assertThat(failed.exit()).as(failed.whole()).isBetween(2, 10);
            assertThat(error(failed).keySet().toString()).as(failed.whole()).contains("code", "kind", "message", "remedy");
            assertThat(failed.err()).isEmpty();
        }
    }

    private String[] words(String line, Path file) {
        return (line.replace("FILE", file.toString())
                        .replace("NONE", folder.resolve("none.yaml").toString())
                        .replace("INIT", folder.resolve("init.yaml").toString())
                        .replace("WRONGDB", DATABASE.url() + "_wrong")
                        .replace("URL", DATABASE.url())
                        + " --json").split(" ");
    }

    private static Map<?, ?> error(Invoked invoked) {
        assertThat(invoked.json()).as(invoked.whole()).isNotEmpty();
        Map<?, ?> error = (Map<?, ?>) invoked.json().getLast().get("error");
        assertThat(error).as(invoked.whole()).isNotNull();
        return error;
    }

    private static Map<?, ?> stream(Invoked run) {
        assertThat(run.json().getLast().get("event")).as(run.whole()).isEqualTo("finished");
        return (Map<?, ?>) ((List<?>) run.json().getLast().get("streams")).getFirst();
    }

    private static List<String> filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).toList();
        }
    }
}
