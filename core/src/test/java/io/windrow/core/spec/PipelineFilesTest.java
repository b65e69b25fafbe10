package io.windrow.core.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import io.windrow.core.registry.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PipelineFilesTest {
    private static final String GOOD =
            """
            pipeline: orders-to-lake
            owner: {team: billing, email: billing-oncall@example.com}
            source:
              meadow:
                url: ${env:URL}
                streams:
                  - {table: public.orders}
                  - table: public.customers
                    mode: incremental
                    cursor: updated_at
                labels: {a: 1, b: two}
            sink:
              meadow:
                path: out
                target_size: 64MiB
            run:
              parallelism: 2
              epoch_every: 5m
              on_error: stop
            write:
              public.orders: append
            """;

    @TempDir
    Path folder;

    private PipelineSpec parse(String text) {
        List<SecretProvider> providers =
                SecretProviders.standard(folder, folder.resolve("home"), Map.of("URL", "meadow://u:S3CRET@h/db"));
        return PipelineFiles.of(Registry.of(List.of(new Meadow()))).with(providers).parse(text, "orders.yaml", folder);
    }

    private WindrowException refusal(String text) {
        WindrowException error = catchThrowableOfType(WindrowException.class, () -> parse(text));
        assertThat(error).as("a refusal").isNotNull();
        assertThat(error.getMessage() + error.place() + error.remedy()).doesNotContain("S3CRET");
        return error;
    }

    private WindrowException refusal(String from, String to) {
        assertThat(GOOD).contains(from);
        return refusal(GOOD.replace(from, to));
    }

    @Test
    void a_good_file_becomes_typed_records() {
        PipelineSpec spec = parse(GOOD);
        assertThat(spec.pipeline()).isEqualTo("orders-to-lake");
        assertThat(spec.owner().team()).contains("billing");
        Meadow.MeadowConfig source = (Meadow.MeadowConfig) spec.source().config();
        assertThat(source.url().reveal()).isEqualTo("meadow://u:S3CRET@h/db");
        assertThat(source.streams()).extracting(Meadow.StreamConfig::mode).containsExactly(ReadMode.SNAPSHOT, ReadMode.INCREMENTAL);
        assertThat(source.fetchRows()).isEqualTo(1000);
        assertThat(source.labels()).containsEntry("a", "1");
        assertThat(source.seed()).isEmpty();
        Meadow.BarnConfig sink = (Meadow.BarnConfig) spec.sink().config();
        assertThat(sink.path()).isEqualTo(folder.resolve("out"));
        assertThat(sink.targetSize().bytes()).isEqualTo(64 << 20);
        assertThat(spec.run().epochEvery()).isEqualTo(Duration.ofMinutes(5));
        assertThat(spec.run().onError()).isEqualTo(OnError.STOP);
        assertThat(spec.write()).containsEntry("public.orders", WriteMode.APPEND);
    }

    @Test
    @Tag("H01")
    @Tag("H23")
    void a_spec_never_prints_its_secrets() {
        assertThat(parse(GOOD).toString()).contains("url=***").doesNotContain("S3CRET");
    }

    @Test
    void an_unknown_key_names_its_place_and_the_nearest_key() {
        WindrowException error = refusal("target_size:", "target_sise:");
        assertThat(error.errorCode()).isEqualTo(SpecError.UNKNOWN_KEY);
        assertThat(error.place()).contains("orders.yaml:15:5 sink.meadow.target_sise");
        assertThat(error.getMessage()).contains("the nearest is target_size");
        assertThat(error.remedy()).isEqualTo("Write `target_size` instead of `target_sise`.");
        assertThat(refusal("owner:", "onwer:").getMessage()).contains("the nearest is owner");
        assertThat(refusal("{table: public.orders}", "{tabel: public.orders}").place())
                .contains("orders.yaml:7:10 source.meadow.streams[0].tabel");
    }

    @Test
    void an_unknown_connector_names_the_nearest() {
        WindrowException error = refusal("  meadow:\n    path", "  medow:\n    path");
        assertThat(error.errorCode().code()).isEqualTo("registry.unknown_connector");
        assertThat(error.place()).contains("orders.yaml:13:3 sink.medow");
        assertThat(error.remedy()).isEqualTo("Write `meadow` instead of `medow`.");
    }

    @Test
    void a_bad_value_names_its_place_and_the_accepted_form() {
        assertThat(refusal("5m", "5x").getMessage()).contains("expected a duration").contains("`5x`");
        assertThat(refusal("5m", "5x").place()).contains("orders.yaml:18:16 run.epoch_every");
        assertThat(refusal("mode: incremental", "mode: incrementel").getMessage()).contains("did you mean incremental?");
        assertThat(refusal("parallelism: 2", "parallelism: two").getMessage()).contains("expected a whole number");
        assertThat(refusal("parallelism: 2", "parallelism: [2]").getMessage()).contains("found a list");
        assertThat(refusal("parallelism: 2", "parallelism:").getMessage()).contains("has no value");
        assertThat(refusal("parallelism: 2", "parallelism: -1").getMessage()).contains("between 0 and 1024");
        assertThat(refusal("        cursor: updated_at\n", "").getMessage()).contains("needs a cursor");
        assertThat(refusal("orders-to-lake", "../x").errorCode()).isEqualTo(SpecError.BAD_VALUE);
    }

    @Test
    @Tag("H01")
    void a_value_that_came_from_elsewhere_is_not_quoted() {
        assertThat(refusal("parallelism: 2", "parallelism: ${env:URL}").getMessage()).doesNotContain("meadow://");
    }

    @Test
    void a_missing_key_says_what_it_is_for() {
        assertThat(refusal("    path: out\n", "").errorCode()).isEqualTo(SpecError.MISSING_KEY);
        assertThat(refusal("    path: out\n", "").remedy()).isEqualTo("Add the key path, for example `path: ./out`.");
        assertThat(refusal("pipeline: orders-to-lake\n", "").errorCode()).isEqualTo(SpecError.MISSING_KEY);
        assertThat(refusal("# nothing").errorCode()).isEqualTo(SpecError.MISSING_KEY);
    }

    @Test
    void a_key_that_stands_twice_is_refused() {
        WindrowException error = refusal("    path: out\n", "    path: out\n    path: in\n");
        assertThat(error.errorCode()).isEqualTo(SpecError.DUPLICATE_KEY);
        assertThat(error.getMessage()).contains("stands in line 14 already");
    }

    @ParameterizedTest
    @ValueSource(strings = "slo: {}")
    void sections_of_later_versions_are_refused_loudly(String section) {
        assertThat(refusal(GOOD + section + "\n").errorCode()).isEqualTo(SpecError.NOT_YET);
    }

    @ParameterizedTest
    @Tag("H18")
    @ValueSource(strings = {
        "!!javax.script.ScriptEngineManager [x]", "!!java.net.URL 'http://127.0.0.1:1/'", "!local x", "&a [1]", "*a",
        "!!set {a}"
    })
    void tags_anchors_and_aliases_are_refused(String value) {
        assertThat(refusal("path: out", "path: " + value).errorCode()).isIn(SpecError.REFUSED_YAML, SpecError.SYNTAX);
    }

    @Test
    @Tag("H18")
    void an_alias_bomb_and_deep_nesting_are_refused_quickly() {
        StringBuilder bomb = new StringBuilder("a: &a [x,x,x,x,x,x,x,x,x]\n");
        for (char c = 'b'; c < 'm'; c++) {
            String last = "*" + (char) (c - 1);
            bomb.append(c).append(": &").append(c).append(" [").append((last + ",").repeat(8)).append(last).append("]\n");
        }
        assertThat(refusal(bomb.toString()).errorCode()).isEqualTo(SpecError.REFUSED_YAML);
        assertThat(refusal("pipeline: " + "[".repeat(100_000)).kind()).isEqualTo(SpecError.SYNTAX.kind());
        assertThat(refusal("pipeline: [a\n").errorCode()).isEqualTo(SpecError.SYNTAX);
        assertThat(refusal(GOOD + "---\n" + GOOD).errorCode()).isIn(SpecError.REFUSED_YAML, SpecError.SYNTAX);
    }

    @Test
    void references_come_from_environment_file_command_and_secrets_file() throws IOException {
        Files.writeString(folder.resolve("pw"), "from-file\n");
        Path secrets = folder.resolve("secrets.yaml");
        Files.writeString(secrets, "pg:\n  orders: {url: nested}\nflat/name: flat\n");
        Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rw-------"));
        assertThat(url("${file:pw}")).isEqualTo("from-file");
        assertThat(url("${exec:echo from exec}")).isEqualTo("from exec");
        assertThat(url("${secret:pg/orders/url}")).isEqualTo("nested");
        assertThat(url("a-${secret:flat/name}-b")).isEqualTo("a-flat-b");
        assertThat(url("cost $${env:X} $5")).isEqualTo("cost ${env:X} $5");
    }

    @Test
    void a_missing_reference_lists_every_place_that_was_looked_at() throws IOException {
        WindrowException error = refusal("${env:URL}", "${secret:pg/url}");
        assertThat(error.errorCode()).isEqualTo(SpecError.SECRET_MISSING);
        assertThat(error.getMessage())
                .contains(folder.resolve("secrets.yaml") + " (does not exist)")
                .contains(folder.resolve("home/.windrow/secrets.yaml") + " (does not exist)");
        assertThat(refusal("${env:URL}", "${env:NOPE}").getMessage()).contains("environment variable NOPE (not set)");
        assertThat(refusal("${env:URL}", "${file:nope}").getMessage()).contains("nope (does not exist)");
        assertThat(refusal("${env:URL}", "${exec:false S3CRET}").getMessage()).contains("exit code 1");
        assertThat(refusal("${env:URL}", "${vault:x}").errorCode()).isEqualTo(SpecError.BAD_REFERENCE);
        assertThat(refusal("${env:URL}", "${env}").errorCode()).isEqualTo(SpecError.BAD_REFERENCE);
    }

    @Test
    @Tag("H23")
    void a_secrets_file_that_others_can_read_is_refused() throws IOException {
        Path secrets = folder.resolve("secrets.yaml");
        Files.writeString(secrets, "x: S3CRET\n");
        Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(refusal("${env:URL}", "${secret:x}").errorCode()).isEqualTo(SpecError.SECRET_EXPOSED);
    }

    @Test
    @Tag("H23")
    void a_secret_is_refused_in_a_setting_that_people_see() throws IOException {
        Path secrets = folder.resolve("secrets.yaml");
        Files.writeString(secrets, "x: S3CRET\n");
        Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rw-------"));
        assertThat(refusal("path: out", "path: '${secret:x}'").errorCode()).isEqualTo(SpecError.SECRET_MISPLACED);
    }

    @Test
    void a_command_that_prints_too_much_is_ended_and_named() {
        assertThat(refusal("${env:URL}", "${exec:head -c 2000000 /dev/zero}").getMessage()).contains("command head (prints more than 1 MiB)");
        assertThat(refusal("${env:URL}", "${exec:yes}").getMessage()).contains("command yes (prints more than 1 MiB)");
    }

    @Test
    void fixed_values_of_a_command_line_resolve() {
        PipelineSpec spec = PipelineFiles.of(Registry.of(List.of(new Meadow())))
                .with(List.of(SecretProviders.fixed("argument", Map.of("from", Secret.of("v")))))
                .parse(GOOD.replace("${env:URL}", "${argument:from}"), "command line", folder);
        assertThat(((Meadow.MeadowConfig) spec.source().config()).url().reveal()).isEqualTo("v");
    }

    @Test
    void a_file_that_cannot_be_read_says_why() {
        PipelineFiles files = PipelineFiles.of(Registry.of(List.of(new Meadow())));
        assertThat(catchThrowableOfType(WindrowException.class, () -> files.read(folder.resolve("no.yaml"))))
                .hasMessageContaining("does not exist");
        assertThat(catchThrowableOfType(WindrowException.class, () -> files.read(folder)))
                .hasMessageContaining("is a folder");
    }

    private String url(String value) {
        String text = GOOD.replace("${env:URL}", "'" + value + "'");
        return ((Meadow.MeadowConfig) parse(text).source().config()).url().reveal();
    }
}
