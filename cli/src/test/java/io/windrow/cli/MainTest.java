package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) {
        out.reset();
        err.reset();
        Screen screen = new Screen(
                new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8), false, false, 100);
        return Main.run(screen, arguments);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void connectors_are_listed() {
        assertThat(run("connectors")).isZero();
        assertThat(out()).startsWith("name").contains("files");
        assertThat(run("connectors", "--json")).isZero();
        assertThat(out()).contains("\"name\" : \"files\"");
    }

    @Test
    void an_error_says_what_code_place_and_remedy_and_no_stack_trace() throws IOException {
        Path file = Files.writeString(folder.resolve("p.yaml"), "pipeline: p\nsurce: {}\n");
        assertThat(run("plan", file.toString())).isEqualTo(ExitCode.USER.value());
        assertThat(err())
                .contains("error  Reading the key surce: there is no such key here; the nearest is source")
                .contains("code   spec.unknown_key")
                .contains("place  " + file + ":2:1 surce")
                .contains("to do  Write `source` instead of `surce`.")
                .doesNotContain("\tat ");
        assertThat(run("plan", file.toString(), "--debug")).isEqualTo(ExitCode.USER.value());
        assertThat(err()).contains("\tat io.windrow");
        assertThat(run("plan", file.toString(), "--json")).isEqualTo(ExitCode.USER.value());
        assertThat(out()).contains("\"code\":\"spec.unknown_key\"").contains("\"kind\":\"user\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"conectors", "--jsn", "plan", "run", "state", "docs nothing", "run --from mongodb://x --stream a"})
    void a_wrong_command_line_ends_with_2_and_a_remedy(String line) {
        assertThat(run(line.split(" "))).isEqualTo(ExitCode.USER.value());
        assertThat(err()).contains("code   cli.").contains("to do  ");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 40, 54, 500})
    void a_terminal_of_any_width_will_do(int columns) {
        System.setProperty("windrow.columns", Integer.toString(columns));
        try {
            for (String line : new String[] {"connectors", "run --help"}) {
                out.reset();
                PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
                assertThat(Main.run(stream, stream, line.split(" "))).as(out()).isZero();
            }
        } finally {
            System.clearProperty("windrow.columns");
        }
    }

    @Test
    void a_result_that_standard_output_takes_only_in_part_is_no_success() {
        OutputStream full = new OutputStream() {
            private int room = 10;

            @Override
            public void write(int value) throws IOException {
                if (room-- <= 0) {
                    throw new IOException("No space left on device");
                }
            }
        };
        PrintStream told = new PrintStream(err, true, StandardCharsets.UTF_8);
        assertThat(Main.run(new PrintStream(full, true, StandardCharsets.UTF_8), told, "connectors", "--json"))
                .isEqualTo(ExitCode.RESOURCE.value());
        assertThat(err()).contains("code   cli.output_lost");
    }

    @Test
    void a_port_where_nobody_listens_is_named_after_three_attempts() throws IOException {
        int port;
        try (java.net.ServerSocket free = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        int exit = run("--json", "run", "--from", "postgresql://u@127.0.0.1:" + port + "/d", "--stream", "public.a", "--to", folder.resolve("out").toString());
        assertThat(exit).as(out() + err()).isEqualTo(ExitCode.EXTERNAL.value());
        assertThat(out().lines().filter(line -> line.contains("\"event\":\"retrying\""))).as(out()).hasSize(2);
        assertThat(out()).contains("postgres.connect_refused");
    }

    /** All commands are looked at for their help and for {@code --version}, and only {@code demo} has its own jars. */
    @Test
    void no_signature_of_the_demo_names_a_class_that_only_the_demo_has() {
        for (var method : DemoCommand.class.getDeclaredMethods()) {
            assertThat(method.toGenericString()).doesNotContain("io.windrow.demo");
        }
    }

    @Test
    void only_the_command_that_is_asked_for_is_made_and_all_for_help() {
        Windrow windrow = new Windrow(Screen.ofProcess());
        assertThat(Commands.line(windrow, "--json", "plan", "run").getSubcommands()).containsOnlyKeys("plan");
        assertThat(Commands.line(windrow, "--help").getSubcommands()).containsOnlyKeys(Commands.names());
        assertThat(Commands.all(windrow).getSubcommands()).allSatisfy((name, command) ->
                assertThat(command.getCommandSpec().name()).isEqualTo(name));
    }

    @Test
    void a_mistyped_command_names_the_nearest() {
        run("conectors");
        assertThat(err()).contains("did you mean connectors?");
    }

    @Test
    void the_page_of_commands_has_those_below_others_and_none_that_is_hidden() {
        assertThat(run("docs", "commands")).isZero();
        assertThat(out()).contains("### windrow state set").doesNotContain("train");
        run("trian");
        assertThat(err()).doesNotContain("train?");
    }

    @Test
    void a_file_and_a_described_pipeline_exclude_each_other() {
        assertThat(run("run", "p.yaml", "--from", "postgresql://h/d")).isEqualTo(ExitCode.USER.value());
        assertThat(err()).contains("exclude each other");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pipeline", "errors", "commands", "exit-codes", "telemetry"})
    void every_page_of_the_reference_is_printed(String page) {
        assertThat(run("docs", page)).isZero();
        assertThat(out()).startsWith("# ").contains("|");
    }

    @Test
    void error_codes_are_unique_and_have_a_remedy() {
        var codes = DocsCommand.codes(io.windrow.core.registry.Registry.load());
        assertThat(codes).extracting(io.windrow.api.error.ErrorCode::code).doesNotHaveDuplicates();
        assertThat(codes).allSatisfy(code -> {
            assertThat(code.code()).matches("[a-z_]+\\.[a-z0-9_]+");
            assertThat(code.remedy()).isNotBlank();
            assertThat(code.meaning()).isNotBlank();
        });
    }

    @Test
    void exit_codes_are_unique() {
        assertThat(java.util.Arrays.stream(ExitCode.values()).map(ExitCode::value)).doesNotHaveDuplicates();
    }

    @Test
    void the_schema_is_printed() {
        assertThat(run("spec")).isZero();
        assertThat(out()).contains("https://json-schema.org/draft/2020-12/schema").contains("\"files\"");
    }

    @Test
    @Tag("H01")
    void a_described_pipeline_never_shows_its_password() {
        QuickPipeline quick = new QuickPipeline("postgresql://u:S3CRET@h/db?password=S3CRET", java.util.List.of("public.a"), null, null, "out", null);
        QuickPipeline same = new QuickPipeline("postgresql://u:OTHER@h/db", java.util.List.of("public.a"), null, null, "out", null);
        assertThat(quick.text(folder).lines().findFirst()).isEqualTo(same.text(folder).lines().findFirst());
        assertThat(quick.text(folder).lines().filter(line -> line.contains("S3CRET"))).hasSize(1).allMatch(line -> line.startsWith("    url: "));
    }

    @Test
    void every_kind_of_error_has_an_exit_code_other_than_0() {
        for (var kind : io.windrow.api.error.ErrorKind.values()) {
            assertThat(ExitCode.of(kind)).isNotEqualTo(ExitCode.OK);
        }
    }
}
