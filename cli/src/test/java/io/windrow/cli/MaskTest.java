package io.windrow.cli;

import static io.windrow.cli.Invoked.windrow;
import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Tag("server")
class MaskTest {
    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    private static final String CANARY = "canary.7f3a91@example.com";
    private static final String KEY = "first key, long enough to be one";

    @TempDir
    Path folder;

    @Test
    void aMaskedValueIsFoundNowhereButAtTheSource() throws IOException {
        people("canaries");
        Path file = pipeline("canaries", "mode: snapshot", """
                mask:
                  - {field: "*.email", with: hmac, key: "%s"}
                  - {field: phone, with: redact}
                  - {detect: [email, card], with: redact}
                """.formatted(KEY));
        Invoked run = windrow("run", file);
        assertThat(run.exit()).as(run.whole()).isEqualTo(ExitCode.OK.value());
        Invoked plan = windrow("plan", file);
        assertThat(plan.out()).contains("masks: email");
        List<Invoked> all = new ArrayList<>(List.of(run, plan));
        for (String command : List.of("preview", "ledger", "verify", "check", "discover")) {
            all.add(windrow(command, file));
        }
        all.add(windrow("verify", "--files", file));
        all.add(windrow("verify", "--depth", "keys", "--json", file));
        for (Invoked one : all) {
            assertThat(one.whole()).doesNotContain(CANARY).doesNotContain("4111 1111").doesNotContain("650-253").doesNotContain(KEY);
        }
        assertThat(all.get(4).exit()).as(all.get(4).whole()).isEqualTo(ExitCode.OK.value());
        assertThat(all.get(8).exit()).as(all.get(8).whole()).isEqualTo(ExitCode.OK.value());
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.filter(Files::isRegularFile).filter(path -> !path.equals(file)).toList()) {
                assertThat(new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1))
                        .as(path.toString())
                        .doesNotContain(CANARY)
                        .doesNotContain("4111 1111")
                        .doesNotContain(KEY);
            }
        }
    }

    @Test
    @Tag("H05")
    void aMaskThatIsTurnedOnLaterIsRefusedUntilANewGenerationReplacesTheClearRows() throws IOException {
        people("later");
        Path file = pipeline("later", "mode: incremental, guarantee: proven", "");
        assertThat(windrow("run", file).exit()).isEqualTo(ExitCode.OK.value());

        pipeline("later", "mode: incremental, guarantee: proven", "mask: [{field: email, with: redact}, {field: note, with: redact}]\n");
        Invoked plan = windrow("plan", file);
        assertThat(plan.exit()).isEqualTo(ExitCode.USER.value());
        assertThat(plan.whole()).contains("mask.changed", "--full-refresh", "windrow dispose --former-masks --apply");
        Invoked refused = windrow("run", file);
        assertThat(refused.exit()).as(refused.whole()).isNotEqualTo(ExitCode.OK.value());
        assertThat(refused.whole()).contains("mask.changed");

        assertThat(windrow("dispose", "--former-masks", "--apply", file).out())
                .as("the clear rows are all that there is").contains("Nothing is due");
        Invoked again = windrow("run", "--full-refresh", file);
        assertThat(again.exit()).as(again.whole()).isEqualTo(ExitCode.OK.value());
        assertThat(windrow("run", file).exit()).isEqualTo(ExitCode.OK.value());
        assertThat(holding(CANARY)).isNotEmpty();

        Invoked due = windrow("dispose", "--former-masks", file);
        assertThat(due.out()).as(due.whole()).contains("public.later", "500", "--apply does it");
        assertThat(holding(CANARY)).isNotEmpty();
        Invoked purged = windrow("dispose", "--former-masks", "--apply", file);
        assertThat(purged.exit()).as(purged.whole()).isZero();
        assertThat(holding(CANARY)).as("no file, state or quarantine has the value any more").isEmpty();
        assertThat(windrow("ledger", file).out()).contains("disposal", "former masks");
        Invoked verified = windrow("--json", "verify", file);
        assertThat(verified.exit()).as("the new delivery has every row: %s", verified.whole()).isZero();
        assertThat(verified.out()).contains("\"target_rows\" : 500");
        assertThat(windrow("verify", "--files", file).exit()).isZero();
        assertThat(windrow("dispose", "--former-masks", "--apply", file).out()).contains("Nothing is due");
    }

    /** A run delivers the whole anew, and nobody is stopped: what was replaced still lies beside it in clear. */
    @Test
    @Tag("H05")
    void aReplacedSnapshotAndRowsSetAsideUnderNoMaskArePurgedToo() throws IOException {
        people("swapped");
        String strict = "contract: {streams: {public.swapped: {fields: [{field: id, max: '499'}]}}}\n";
        Path file = pipeline("swapped", "mode: snapshot", strict.replace("499", "6"));
        assertThat(windrow("run", file).exit()).isZero();
        assertThat(holding(CANARY)).as("row 7 is set aside").anyMatch(path -> path.toString().contains("quarantine"));

        String masked = strict + "mask: [{field: email, with: redact}, {field: note, with: redact}]\n";
        pipeline("swapped", "mode: snapshot", masked);
        Invoked plan = windrow("plan", file);
        assertThat(plan.exit()).as(plan.whole()).isZero();
        assertThat(plan.out()).contains("another mask", "new generation", "windrow dispose --former-masks --apply");
        assertThat(windrow("run", file).exit()).isZero();
        Invoked held = windrow("dispose", "--former-masks", "--apply",
                pipeline("swapped", "mode: snapshot", masked + "retention: {hold: [public.swapped]}\n"));
        assertThat(held.out()).as(held.whole()).contains("Nothing is due");
        pipeline("swapped", "mode: snapshot", masked);
        Invoked purged = windrow("dispose", "--former-masks", "--apply", file);
        assertThat(purged.exit()).as(purged.whole()).isZero();
        assertThat(holding(CANARY)).isEmpty();
        assertThat(windrow("verify", file).exit()).isZero();
        assertThat(windrow("plan", file).out()).doesNotContain("--former-masks");
    }

    /** Each run adds a whole copy: under another mask it would stand beside the older ones, as rows of a next read would. */
    @Test
    @Tag("H05")
    void aCopyUnderAnotherMaskIsNotPutBesideOlderOnesUntilTheyAreRefreshed() throws IOException {
        people("copied");
        String write = "write: {public.copied: append}\n";
        Path file = pipeline("copied", "mode: snapshot", write);
        assertThat(windrow("run", file).exit()).isZero();
        String masked = write + "mask: [{field: email, with: hmac, key: '%s'}, {field: note, with: redact}]\n";
        for (String policies : List.of(masked.formatted(KEY), masked.formatted("second key, also long enough, yes"))) {
            pipeline("copied", "mode: snapshot", policies);
            for (String command : List.of("plan", "run")) {
                Invoked refused = windrow(command, file);
                assertThat(refused.exit()).as(refused.whole()).isNotZero();
                assertThat(refused.whole()).contains("mask.changed", "--full-refresh");
            }
            Invoked anew = windrow("run", "--full-refresh", file);
            assertThat(anew.exit()).as(anew.whole()).isZero();
            assertThat(windrow("run", file).exit()).as("further copies follow the new mask").isZero();
            assertThat(windrow("dispose", "--former-masks", "--apply", file).exit()).isZero();
            assertThat(holding(CANARY)).isEmpty();
        }
    }

        /** I11: the target shows both generations until the former is disposed of. */
    @Test
    void verifyShowsNoKeyThatWasDeliveredBeforeTheMask() throws IOException {
        DATABASE.execute(
                "CREATE TABLE keyed (email text PRIMARY KEY, n int)",
                "INSERT INTO keyed SELECT 'p' || i || '@example.com', i FROM generate_series(1, 30) i");
        String mode = "mode: incremental, guarantee: proven";
        Path file = pipeline("keyed", mode, "");
        assertThat(windrow("run", file).exit()).isZero();
        pipeline("keyed", mode, "mask: [{field: email, with: hmac, key: '%s'}]\n".formatted(KEY));
        assertThat(windrow("run", "--full-refresh", file).exit()).isZero();
        Invoked verify = windrow("verify", "--depth", "keys", file);
        assertThat(verify.exit()).as(verify.whole()).isNotZero();
        assertThat(verify.whole()).contains("withheld, since rows at the target follow another mask").doesNotContain("@example.com");
    }

    private List<Path> holding(String value) throws IOException {
        List<Path> holding = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.filter(Files::isRegularFile).toList()) {
                if (new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1).contains(value)) {
                    holding.add(path);
                }
            }
        }
        return holding;
    }

    @Test
    void aKeyThatRotatesStopsTheStreamUnlessTheOldOneIsGiven() throws IOException {
        people("rotated");
        String mode = "mode: incremental, guarantee: proven";
        Path file = pipeline("rotated", mode, "mask: [{field: email, with: token, key: '%s'}]\n".formatted(KEY));
        assertThat(windrow("run", file).exit()).isEqualTo(ExitCode.OK.value());

        String second = "second key, also long enough, yes";
        pipeline("rotated", mode, "mask: [{field: email, with: token, key: '%s'}]\n".formatted(second));
        assertThat(windrow("run", file).whole()).contains("mask.changed").doesNotContain(second);
    }

    @Test
    void whatWouldUndoTheMaskIsRefusedWithItsPlace() throws IOException {
        people("undone");
        Path file = pipeline("undone", "mode: incremental, cursor: id", "mask: [{field: id, with: redact}]\n");
        assertThat(windrow("plan", file).whole()).contains("mask.key_not_injective", "pipeline.yaml:");
        pipeline("undone", "mode: incremental, cursor: id", "mask: [{field: id, with: hmac, key: '%s'}]\n".formatted(KEY));
        assertThat(windrow("plan", file).whole()).contains("mask.cursor_masked", "pipeline.yaml:");
        pipeline("undone", "mode: snapshot", "mask: [{field: phone, with: redact}]\ndedupe: {public.undone: {by: [phone]}}\n");
        assertThat(windrow("plan", file).whole()).contains("mask.key_not_injective", "taken for repeated", "pipeline.yaml:");
        pipeline("undone", "mode: snapshot", "mask: [{field: emial, with: redact}]\n");
        Invoked unknown = windrow("run", file);
        assertThat(unknown.whole()).contains("mask.field_unknown", "the nearest is email", "pipeline.yaml:");
        assertThat(folder.resolve("out").resolve("public.undone")).doesNotExist();
    }

    @Test
    void aPartitionFieldIsKnownUnderItsNewNameToo() throws IOException {
        people("renamed");
        Path file = pipeline("renamed", "mode: snapshot", """
                mask: [{field: phone, with: redact}]
                transform: {public.renamed: {rename: {phone: tel}}}
                """);
        assertThat(windrow("plan", file).exit()).isZero();
        Files.writeString(file, Files.readString(file)
                .replace("{path: ./out, format: jsonl}", "{path: ./out, partitions: [{stream: public.renamed, by: [tel]}]}"));
        assertThat(windrow("plan", file).whole()).contains("mask.key_not_injective", "partition field phone");
    }

    @Test
    void aRenamedColumnStaysMaskedInPreviewAndPlanAsInARun() throws IOException {
        people("moved");
        String read = "mode: incremental, guarantee: proven";
        Path file = pipeline("moved", read, "contract: {on_drift: freeze}\nmask: [{field: email, with: redact}, {field: note, with: redact}]\n");
        assertThat(windrow("run", file).exit()).isZero();
        DATABASE.execute("ALTER TABLE moved RENAME COLUMN email TO contact");
        for (Invoked kept : List.of(windrow("preview", file), windrow("plan", file), windrow("run", file))) {
            assertThat(kept.exit()).as(kept.whole()).isZero();
            assertThat(kept.whole()).doesNotContain("@example.com");
        }

        pipeline("moved", read, "mask: [{field: '*mail', with: redact}, {field: note, with: redact}]\n");
        for (Invoked followed : List.of(windrow("preview", file), windrow("plan", file), windrow("run", file))) {
            assertThat(followed.exit()).as(followed.whole()).isNotZero();
            assertThat(followed.whole()).contains("mask.renamed_away", "contact").doesNotContain("@example.com");
        }
    }

    @Test
    void aRenamedColumnIsNotAcceptedWithoutItsMask() throws IOException {
        people("agreed");
        String drift = "contract: {on_drift: stop}\n";
        Path file = pipeline("agreed", "mode: snapshot", drift + "mask: [{field: '*mail', with: redact}, {field: note, with: redact}]\n");
        assertThat(windrow("run", file).exit()).isZero();
        DATABASE.execute("ALTER TABLE agreed RENAME COLUMN email TO contact");
        assertThat(windrow("run", file).whole()).contains("contract.drift", "windrow schema accept");
        Invoked refused = windrow("schema", "accept", file, "--stream", "public.agreed");
        assertThat(refused.exit()).as(refused.whole()).isEqualTo(ExitCode.USER.value());
        assertThat(refused.whole()).contains("mask.renamed_away", "contact", "pipeline.yaml:");
        assertThat(windrow("preview", file).whole()).doesNotContain("@example.com");

        pipeline("agreed", "mode: snapshot", drift
                + "mask: [{field: contact, with: redact}, {field: note, with: redact}]\n");
        Invoked accepted = windrow("schema", "accept", file, "--stream", "public.agreed");
        assertThat(accepted.exit()).as(accepted.whole()).isZero();
        assertThat(windrow("run", file).exit()).isZero();
        assertThat(windrow("preview", file).whole()).contains("contact", "***").doesNotContain("@example.com");
    }

    @Test
    void previewRefusesARuleThatFitsNothingAsARunDoes() throws IOException {
        people("typo");
        Path file = pipeline("typo", "mode: snapshot", "mask: [{field: emial, with: redact}]\n");
        Invoked preview = windrow("preview", file);
        assertThat(preview.whole()).contains("mask.field_unknown", "the nearest is email").doesNotContain("@example.com");
    }

    @Test
    void aColumnThatComesOrGoesStopsNoMaskedStream() throws IOException {
        DATABASE.execute("CREATE TABLE growing (id int PRIMARY KEY, n int)", "INSERT INTO growing VALUES (1, 1)");
        Path file = pipeline("growing", "mode: incremental, guarantee: proven", "mask: [{detect: [email], with: redact}]\n");
        assertThat(windrow("run", file).exit()).isZero();
        for (String change : List.of("ADD COLUMN note text", "ADD COLUMN tags text[]", "DROP COLUMN note")) {
            DATABASE.execute("ALTER TABLE growing " + change,
                    "INSERT INTO growing SELECT max(id) + 1, 1 FROM growing",
                    change.contains("note") && change.startsWith("ADD") ? "UPDATE growing SET note = 'to " + CANARY + "' WHERE id = 2"
                            : "UPDATE growing SET tags = ARRAY['x', 'to " + CANARY + "'] WHERE id = (SELECT max(id) FROM growing)");
            assertThat(windrow("plan", file).exit()).isZero();
            Invoked run = windrow("run", file);
            assertThat(run.exit()).as("%s: %s", change, run.whole()).isZero();
        }
        assertThat(holding("to ***").stream().filter(path -> path.toString().endsWith(".jsonl"))).hasSize(3);
        assertThat(holding(CANARY)).isEmpty();
        Files.writeString(file, Files.readString(file).replace("{detect: [email], with: redact}", "{detect: [email], with: 'null'}"));
        assertThat(windrow("run", file).whole()).contains("mask.changed");
    }

    @Test
    void aPatternThatFitsNoFieldIsRefused() throws IOException {
        people("patterned");
        Path file = pipeline("patterned", "mode: snapshot", "mask: [{field: '*.emial', with: redact}]\n");
        for (String command : List.of("plan", "preview", "run")) {
            Invoked refused = windrow(command, file);
            assertThat(refused.exit()).as(refused.whole()).isEqualTo(ExitCode.USER.value());
            assertThat(refused.whole()).contains("mask.field_unknown", "the nearest is email").doesNotContain("@example.com");
        }
    }

    @Test
    void discoveryFindsPersonalDataAndProposesAMaskThatWorks() throws IOException {
        people("found");
        String documents = "[]";
        for (int i = 1; i < 20; i++) {
            documents = "[\"" + documents.replace("\\", "\\u005c").replace("\"", "\\u0022") + "\"]";
        }
        DATABASE.execute("UPDATE found SET note = '" + documents + "' WHERE id = 8");
        Path file = pipeline("found", "mode: snapshot", "");
        Invoked found = windrow("discover", "--pii", file);
        assertThat(found.exit()).as(found.whole()).isZero();
        assertThat(found.out()).contains("email", "card", "phone", "public.found.email", "Field note of public.found was searched in part")
                .doesNotContain(CANARY);
        String proposal = found.out().substring(found.out().indexOf("mask:")).replace("${secret:masking/key}", KEY);
        pipeline("found", "mode: snapshot", proposal + "\n");
        Invoked preview = windrow("preview", file);
        assertThat(preview.exit()).as(preview.whole()).isZero();
        assertThat(preview.out()).doesNotContain("@example.com").doesNotContain("4111");
        Invoked asJson = windrow("--json", "discover", "--pii", file);
        assertThat(asJson.json()).hasSize(1);
        assertThat(asJson.out().replaceAll("\\s", "")).contains("\"too_nested\":[{\"field\":\"note\",\"values\":1}]");
    }

    @Test
    void everyMaskThatDiscoveryProposesPassesThePlan() throws IOException {
        DATABASE.execute(
                "CREATE TABLE odd (ref text PRIMARY KEY, contacts text[], number text, note text)",
                "INSERT INTO odd SELECT CASE WHEN i % 20 = 0 THEN 'p' || i || '@example.com' ELSE 'ref ' || i END, ARRAY['p' || i || '@example.com'],"
                        + " (100000000 + i * 7)::text, CASE WHEN i % 20 = 1 THEN 'to p' || i || '@example.com' END FROM generate_series(1, 300) i",
                "CREATE TABLE plain (id int PRIMARY KEY, note text)", "INSERT INTO plain VALUES (1, 'nothing')");
        for (String read : List.of("mode: snapshot", "mode: incremental, guarantee: proven")) {
            Path file = pipeline("odd", read, "");
            Invoked found = windrow("discover", "--pii", file);
            assertThat(found.exit()).as(found.whole()).isZero();
            assertThat(found.out()).contains("Field number of public.odd", "pass the check of bsn, no more than chance lets pass");
            String proposal = found.out().substring(found.out().indexOf("mask:")).replace("${secret:masking/key}", KEY);
            assertThat(proposal).contains("public.odd.ref", "public.odd.contacts").doesNotContain("bsn");
            Invoked plan = windrow("plan", pipeline("odd", read, proposal + "\n"));
            assertThat(plan.exit()).as("%s: %s", proposal, plan.whole()).isZero();
            assertThat(windrow("preview", file).out()).doesNotContain("@example.com");
        }
        assertThat(windrow("--json", "discover", "--pii", pipeline("plain", "mode: snapshot", "")).json().getFirst()).doesNotContainKey("proposal");
    }

    private static void people(String table) {
        DATABASE.execute(
                "CREATE TABLE " + table + " (id int PRIMARY KEY, email text, phone text, note text)",
                "INSERT INTO " + table + " SELECT i, CASE WHEN i = 7 THEN '" + CANARY + "' ELSE 'p' || i || '@example.com' END,"
                        + " '+1 650-253-' || lpad(i::text, 4, '0'), 'paid by 4111 1111 1111 1111 for " + CANARY + "'"
                        + " FROM generate_series(1, 500) i");
    }

    private Path pipeline(String table, String read, String policies) throws IOException {
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(file, """
                pipeline: masked-%s
                source:
                  postgres:
                    url: "%s"
                    streams: [{table: public.%s, %s}]
                sink:
                  files: {path: ./out, format: jsonl}
                %s""".formatted(table, DATABASE.url(), table, read, policies));
        return file;
    }
}
