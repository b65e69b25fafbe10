package io.windrow.cli;

import static io.windrow.cli.Invoked.windrow;
import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A window is read again, compared with what was delivered of it, and delivered without touching anything else. */
@Tag("server")
class ReplayTest {
    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @TempDir
    Path folder;

    private Path pipeline(String table, String mode, String format, String more) throws IOException {
        return Files.writeString(folder.resolve(table + ".yaml"), """
                pipeline: %s
                source:
                  postgres:
                    url: '%s'
                    batch_rows: 100
                    streams:
                      - {%s}
                sink:
                  files: {path: ./out, format: %s}
                run: {epoch_rows: 300}
                %s
                """.formatted(table, DATABASE.url(), mode, format, more));
    }

    private static void done(Object... words) {
        Invoked command = windrow(words);
        assertThat(command.exit()).as(command.whole()).isZero();
    }

    private static Map<String, @Nullable Object> replay(Path file, String... options) {
        Object[] words = Stream.concat(Stream.of("--json", "replay", file), Arrays.stream(options)).toArray();
        Invoked command = windrow(words);
        assertThat(command.exit()).as(command.whole()).isZero();
        @SuppressWarnings("unchecked")
        Map<String, @Nullable Object> stream =
                ((List<Map<String, @Nullable Object>>) command.json().getFirst().get("streams")).getFirst();
        return stream;
    }

    /** What one stream's replay did is told although another's is refused, and the command does not end well. */
    @Test
    void aStreamThatIsRefusedHidesNothingOfTheOthers() throws IOException {
        DATABASE.execute("CREATE TABLE apart_a (id int PRIMARY KEY, n int)", "CREATE TABLE apart_b (id int PRIMARY KEY, n int)",
                "INSERT INTO apart_a SELECT i, i FROM generate_series(1, 50) i", "INSERT INTO apart_b SELECT i, i FROM generate_series(1, 50) i");
        String tables = "table: public.apart_a, mode: snapshot}\n      - {table: public.apart_b, mode: snapshot";
        Path file = pipeline("apart", tables, "jsonl", "transform: {public.apart_b: {filter: 'id > 0'}}");
        done("run", file);
        DATABASE.execute("UPDATE apart_a SET n = -1 WHERE id = 7", "UPDATE apart_b SET n = -1 WHERE id = 7");
        pipeline("apart", tables, "jsonl", "transform: {public.apart_b: {filter: 'id > 1'}}");
        for (Object[] words : List.of(
                new Object[] {"replay", "--apply", "--by", "id", "--from", "1", file}, new Object[] {"--json", "replay", "--apply", "--by", "id", "--from", "1", file})) {
            Invoked applied = windrow(words);
            assertThat(applied.exit()).as(applied.whole()).isEqualTo(ExitCode.USER.value());
            assertThat(applied.out()).contains("public.apart_a");
            assertThat(applied.whole()).contains("replay.policy_changed");
        }
        try (Stream<Path> walk = Files.walk(folder.resolve("out"))) {
            List<String> lines = new ArrayList<>();
            for (Path path : walk.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
                lines.addAll(Files.readAllLines(path));
            }
            assertThat(lines).filteredOn(line -> line.contains("\"n\":-1")).as("the stream that is not refused is delivered, once").hasSize(1);
        }
    }

    private static void assertCounts(Map<String, @Nullable Object> stream, int added, int changed, int missing, int left) {
        assertThat(stream).as(stream.toString()).containsEntry("added", "" + added).containsEntry("changed", "" + changed)
                .containsEntry("missing", "" + missing).containsEntry("left", "" + left);
    }

    private Map<Path, Integer> everyByte() throws IOException {
        Map<Path, Integer> bytes = new HashMap<>();
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path path : walk.filter(Files::isRegularFile).toList()) {
                bytes.put(path, Arrays.hashCode(Files.readAllBytes(path)));
            }
        }
        return bytes;
    }

    /** A thousand rows, one an hour, and what then happens to some of them within five days, and to one outside. */
    private static void hours(String table) {
        DATABASE.execute(
                "CREATE TABLE " + table + " (id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), name text)",
                "INSERT INTO " + table + " SELECT i, '2026-01-01 00:00:00+00'::timestamptz + i * interval '1 hour', 'row ' || i"
                        + " FROM generate_series(1, 1000) i");
    }

    private static void happenings(String table) {
        DATABASE.execute(
                "UPDATE " + table + " SET name = 'other' WHERE id = 100",
                "DELETE FROM " + table + " WHERE id = 110",
                "INSERT INTO " + table + " VALUES (5000, '2026-01-06 00:00:00+00', 'late')",
                "UPDATE " + table + " SET at = '2026-03-01 00:00:00+00' WHERE id = 120",
                "UPDATE " + table + " SET name = 'outside' WHERE id = 500");
    }

    @ParameterizedTest
    @ValueSource(strings = {"parquet", "jsonl"})
    void aSnapshotIsMendedInOneWindowAndStaysAsItWasElsewhere(String format) throws IOException {
        String table = "shop_" + format;
        hours(table);
        Path file = pipeline(table, "table: public." + table + ", mode: snapshot", format, "");
        done("run", file);
        happenings(table);

        Map<Path, Integer> before = everyByte();
        String[] window = {"--by", "at", "--from", "2026-01-05", "--to", "2026-01-10"};
        Map<String, @Nullable Object> dry = replay(file, window);
        assertCounts(dry, 1, 1, 1, 1);
        assertThat(dry.get("examples").toString())
                .contains("id = 5000: added", "id = 100: changed", "id = 110: missing", "id = 120: left");
        assertThat(everyByte()).isEqualTo(before);

        String[] applying = Stream.concat(Arrays.stream(window), Stream.of("--apply")).toArray(String[]::new);
        Map<String, @Nullable Object> applied = replay(file, applying);
        assertThat(applied).as(applied.toString()).containsEntry("generation", "2");
        done("verify", file);
        done("verify", file, "--files");
        Map<String, @Nullable Object> again = replay(file, applying);
        assertCounts(again, 0, 0, 0, 1);
        assertThat(again).doesNotContainKey("epoch");
        assertCounts(replay(file, "--by", "id", "--from", "500", "--to", "501"), 0, 1, 0, 0);

        Invoked ledger = windrow("--json", "ledger", file);
        assertThat(ledger.out()).contains("\"replayed\"");
        done("run", file);
        done("verify", file);
        assertCounts(replay(file, window), 0, 0, 0, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"parquet", "jsonl"})
    void anIncrementalStreamIsMendedWithoutDeliveringAnyRowTwice(String format) throws IOException {
        String table = "feed_" + format;
        hours(table);
        Path file = pipeline(table, "table: public." + table + ", mode: incremental, cursor: at", format, "");
        done("run", file);
        DATABASE.execute("INSERT INTO " + table + " SELECT i, '2026-06-01 00:00:00+00'::timestamptz + i * interval '1 hour', 'new'"
                + " FROM generate_series(2001, 2100) i");
        done("run", file);
        done("run", file);
        happenings(table);
        // The update of id 120 moved its cursor and is delivered as a new version; what lies below the bound is not seen.
        DATABASE.execute("UPDATE " + table + " SET at = '2026-07-01 00:00:00+00' WHERE id = 120");
        done("run", file);

        Map<Path, Integer> before = everyByte();
        String[] window = {"--from", "2026-01-05", "--to", "2026-01-10"};
        assertCounts(replay(file, window), 1, 1, 1, 1);
        assertThat(everyByte()).isEqualTo(before);

        Map<String, @Nullable Object> applied = replay(file, "--from", "2026-01-05", "--to", "2026-01-10", "--apply");
        assertThat(applied).as(applied.toString()).containsEntry("generation", "2");
        assertThat(applied.get("replaces")).isNotEqualTo(List.of());
        Invoked verified = windrow("--json", "verify", file);
        assertThat(verified.out()).as(verified.whole()).contains("\"different\" : 1", "\"missing\" : 0", "\"extra\" : 0");
        assertCounts(replay(file, "--from", "2026-01-05", "--to", "2026-01-10", "--apply"), 0, 0, 0, 1);
        // What was changed outside the window stays for a window of its own.
        assertCounts(replay(file, "--by", "id", "--from", "500", "--to", "501", "--apply"), 0, 1, 0, 0);
        done("verify", file);
        done("verify", file, "--files");

        DATABASE.execute("INSERT INTO " + table + " SELECT i, '2026-08-01 00:00:00+00'::timestamptz + i * interval '1 hour', 'newer'"
                + " FROM generate_series(3001, 3100) i");
        done("run", file);
        Invoked last = windrow("--json", "verify", file);
        assertThat(last.exit()).as(last.whole()).isZero();
        assertThat(last.out()).contains("\"target_rows\" : 1201");
    }

    @Test
    void rowsThatTheNextRunIsGoingToDeliverAreLeftToIt() throws IOException {
        hours("ahead");
        Path file = pipeline("ahead", "table: public.ahead, mode: incremental, cursor: at", "jsonl", "");
        done("run", file);
        done("run", file);
        DATABASE.execute(
                "INSERT INTO ahead VALUES (7000, '2027-01-01 00:00:00+00', 'next')",
                "UPDATE ahead SET name = 'next', at = '2027-01-02 00:00:00+00' WHERE id = 1000");
        Map<String, @Nullable Object> ahead = replay(file, "--from", "2026-02-01", "--apply");
        assertCounts(ahead, 0, 0, 0, 1);
        done("run", file);
        Invoked verified = windrow("--json", "verify", file);
        assertThat(verified.exit()).as(verified.whole()).isZero();
        assertThat(verified.out()).contains("\"target_rows\" : 1002", "\"earlier_versions\" : 1");
    }

    @Test
    void aPartitionThatCameSinceIsLeftToTheNextRun() throws IOException {
        DATABASE.execute(
                "CREATE TABLE parted (id int, at timestamptz NOT NULL, name text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
                "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2026-02-01 00:00:00+00')",
                "INSERT INTO parted SELECT i, '2026-01-01 00:00:00+00'::timestamptz + i * interval '1 hour', 'row'"
                        + " FROM generate_series(1, 500) i");
        Path file = pipeline("parted", "table: public.parted, mode: incremental, cursor: at", "parquet", "");
        done("run", file);
        DATABASE.execute("INSERT INTO parted VALUES (501, '2026-01-31 00:00:00+00', 'row')");
        done("run", file);
        DATABASE.execute(
                "UPDATE parted SET name = 'other' WHERE id = 5",
                "CREATE TABLE parted_0 PARTITION OF parted FOR VALUES FROM ('2025-12-01 00:00:00+00') TO ('2026-01-01 00:00:00+00')",
                "INSERT INTO parted VALUES (9000, '2025-12-15 00:00:00+00', 'old')");
        assertCounts(replay(file, "--from", "2025-12-01", "--to", "2026-01-10", "--apply"), 0, 1, 0, 0);
        done("run", file);
        Invoked verified = windrow("--json", "verify", file);
        assertThat(verified.exit()).as(verified.whole()).isZero();
        assertThat(verified.out()).contains("\"target_rows\" : 502");
    }

    /** The unfinished read is of the replay's generation, which carries the rows of the one before on. */
    @Test
    void aReadThatStartsOverAfterAReplayTakesThePlaceOfTheWholeDelivery() throws IOException {
        hours("lineage");
        Path file = pipeline("lineage", "table: public.lineage, mode: incremental, cursor: at", "jsonl", "");
        done("run", file);
        DATABASE.execute("DELETE FROM lineage WHERE id = 110");
        assertCounts(replay(file, "--from", "2026-01-05", "--to", "2026-01-10", "--apply"), 0, 0, 1, 0);
        DATABASE.execute("INSERT INTO lineage SELECT i, '2026-06-01 00:00:00+00'::timestamptz + i * interval '1 hour', 'new'"
                + " FROM generate_series(2001, 2500) i");
        done("run", file, "--limit", "100");
        Invoked unfinished = windrow("replay", file, "--from", "2026-01-05", "--apply");
        assertThat(unfinished.err()).as(unfinished.whole()).contains("replay.unfinished");
        done("run", file, "--full-refresh");
        Invoked verified = windrow("--json", "verify", file);
        assertThat(verified.exit()).as(verified.whole()).isZero();
        assertThat(verified.out()).contains("\"target_rows\" : 1499");
        done("verify", file, "--files");
    }

    @Test
    void aWindowIsChosenByEpochOrByASavedPosition() throws IOException {
        hours("chosen");
        Path file = pipeline("chosen", "table: public.chosen, mode: incremental, cursor: at", "jsonl", "");
        done("run", file);
        DATABASE.execute("INSERT INTO chosen SELECT i, '2026-06-01 00:00:00+00'::timestamptz + i * interval '1 hour', 'new'"
                + " FROM generate_series(2001, 2100) i");
        done("run", file);
        done("run", file);
        DATABASE.execute("UPDATE chosen SET name = 'x' WHERE id IN (7, 2050)");
        Map<String, @Nullable Object> first = replay(file, "--from", "epoch:1", "--to", "epoch:1");
        assertCounts(first, 0, 1, 0, 0);
        assertThat(first.get("examples").toString()).contains("id = 7: changed");

        String planner = "{\"read\":\"windows\",\"bound\":\"2026-06-01 00:00:00+00\"}";
        Map<String, @Nullable Object> later = replay(file, "--from", "position:" + planner);
        assertThat(later.get("examples").toString()).contains("id = 2050: left").doesNotContain("id = 7:");
        assertThat(later.get("window").toString()).startsWith("at from 2026-06-01 00:00:00+00");
        Map<String, @Nullable Object> key = replay(file, "--from", "position:{\"rows\":3,\"key\":[\"2050\"]}");
        assertThat(key.get("window").toString()).startsWith("id from 2050");
        Invoked heap = windrow("replay", file, "--from", "position:{\"rows\":3,\"page\":1,\"line\":2}");
        assertThat(heap.err()).contains("postgres.slice_invalid");

        replay(file, "--from", "epoch:1", "--to", "epoch:1", "--apply");
        Invoked gone = windrow("replay", file, "--from", "epoch:1");
        assertThat(gone.err()).as(gone.whole()).contains("replay.epoch_unknown");
    }

    @ParameterizedTest
    @CsvSource({
        "date, 0044-03-15 BC, 12345-06-07",
        "timestamp, 0044-03-15 01:02:03.000004 BC, 12345-06-07 23:59:59.999999",
        "timestamptz, 0044-03-15 01:02:03.000004+00 BC, 12345-06-07 23:59:59.999999+00"
    })
    void anEpochsFirstAndLastDaysAreSpelledAsTheSourceDoesHoweverFarAwayTheyAre(String type, String first, String last) throws IOException {
        String name = "far_" + type;
        DATABASE.execute(
                "CREATE TABLE " + name + " (id int PRIMARY KEY, at " + type + ")",
                "INSERT INTO " + name + " VALUES (1, '" + first + "'), (2, '2026-01-01'), (3, '" + last + "')");
        Path file = pipeline(name, "table: public." + name + ", mode: snapshot", "jsonl", "");
        done("run", file);
        DATABASE.execute("DELETE FROM " + name + " WHERE id = 1");
        Map<String, @Nullable Object> epoch = replay(file, "--by", "at", "--from", "epoch:1", "--to", "epoch:1");
        assertThat(epoch.get("window")).as(epoch.toString()).isEqualTo("at from " + first + " up to and with " + last);
        assertThat(epoch).containsEntry("missing", "1").containsEntry("equal", "2");
        assertThat(replay(file, "--by", "at", "--from", first, "--to", "2026-01-01")).containsEntry("missing", "1").containsEntry("equal", "0");
    }

    @Test
    void aStreamOfChangesIsRefusedWithItsReasonAndWhatToDoInstead() throws IOException {
        DATABASE.execute("CREATE TABLE followed (id int PRIMARY KEY, name text)", "INSERT INTO followed VALUES (1, 'a')");
        Path file = pipeline("followed", "table: public.followed, mode: cdc", "jsonl", "");
        done("run", file);
        for (List<String> window : List.of(List.of("--from", "1"), List.of("--from", "epoch:1"), List.of("--from", "1", "--apply"))) {
            Invoked replay = windrow(Stream.concat(Stream.of("replay", file), window.stream()).toArray());
            assertThat(replay.exit()).as(replay.whole()).isEqualTo(ExitCode.USER.value());
            assertThat(replay.err()).contains("replay.not_offered", "let its log go", "--full-refresh");
        }
        DATABASE.execute("INSERT INTO followed VALUES (2, 'b')");
        done("run", "--full-refresh", file);
    }

    @Test
    @Tag("H19")
    void hostileBoundsAreDataAndAreRefusedWithARemedy() throws IOException {
        hours("hostile");
        DATABASE.execute("CREATE TABLE numbered (id int PRIMARY KEY, name text)", "INSERT INTO numbered VALUES (1, 'a')");
        Path file = pipeline("hostile", "table: public.hostile, mode: incremental, cursor: at}\n      - {table: public.numbered,"
                + " mode: incremental, cursor: id", "jsonl", "");
        done("run", file);
        Map<Path, Integer> before = everyByte();
        String inject = "2026-01-01'::timestamptz; DROP TABLE hostile; --";
        List<List<String>> refused = List.of(
                List.of("replay.window_invalid", "--stream", "hostile"),
                List.of("replay.window_invalid", "--stream", "hostile", "--from", "2026-02-01", "--to", "2026-01-01"),
                List.of("replay.window_invalid", "--stream", "hostile", "--from", "2026-02-01", "--to", "2026-02-01"),
                List.of("replay.window_invalid", "--stream", "hostile", "--from", "epoch:3", "--to", "epoch:2"),
                List.of("replay.window_invalid", "--stream", "hostile", "--from", "epoch:one"),
                List.of("replay.window_invalid", "--stream", "hostile", "--from", "epoch:1", "--to", "2026-01-01"),
                List.of("replay.window_invalid", "--stream", "hostile", "--from", " "),
                List.of("replay.epoch_unknown", "--stream", "hostile", "--from", "epoch:77"),
                List.of("cli.no_state", "--stream", "hostil", "--from", "2026-01-01"),
                List.of("postgres.bound_invalid", "--stream", "hostile", "--from", "yesterday evening"),
                List.of("postgres.bound_invalid", "--stream", "hostile", "--from", "2026-13-45"),
                List.of("postgres.bound_invalid", "--stream", "hostile", "--from", "infinity"),
                List.of("postgres.bound_invalid", "--stream", "hostile", "--from", inject),
                List.of("postgres.bound_invalid", "--stream", "numbered", "--from", "2026-01-01"),
                List.of("postgres.bound_invalid", "--stream", "numbered", "--from", "99999999999999"),
                List.of("replay.column_unfit", "--stream", "hostile", "--by", "naem", "--from", "a"),
                List.of("postgres.slice_invalid", "--stream", "hostile", "--by", "name", "--from", "a"),
                List.of("postgres.slice_invalid", "--stream", "hostile", "--from", "position:'; DROP TABLE hostile"));
        for (List<String> words : refused) {
            for (String mode : List.of("", "--apply")) {
                Object[] command = Stream.concat(
                                Stream.of("replay", file), Stream.concat(words.stream().skip(1), Stream.of(mode)))
                        .filter(word -> !"".equals(word))
                        .toArray();
                Invoked replay = windrow(command);
                assertThat(replay.exit()).as(words + replay.whole()).isNotZero();
                assertThat(replay.err()).as(words.toString()).contains("code   " + words.getFirst(), "to do  ");
            }
        }
        assertThat(DATABASE.number("SELECT count(*) FROM hostile")).isEqualTo(1000);
        before.keySet().removeIf(path -> path.toString().contains(".db"));
        assertThat(everyByte()).containsAllEntriesOf(before);
    }

    @Test
    void theStepsOfThePipelineAreAppliedAndAChangedMaskIsRefused() throws IOException {
        hours("private");
        String steps = """
                mask:
                  - {field: name, with: hmac, key: a key of sixteen bytes or more}
                transform:
                  public.private: {filter: 'id % 2 == 0'}
                """;
        Path file = pipeline("private", "table: public.private, mode: snapshot", "jsonl", steps);
        done("run", file);
        happenings("private");
        String[] window = {"--by", "at", "--from", "2026-01-05", "--to", "2026-01-10", "--apply"};
        Map<String, @Nullable Object> applied = replay(file, window);
        assertCounts(applied, 1, 1, 1, 1);
        done("verify", file);
        try (Stream<Path> walk = Files.walk(folder.resolve("out"))) {
            for (Path path : walk.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
                assertThat(Files.readString(path)).doesNotContain("other", "late", "row 98");
            }
        }
        Invoked hidden = windrow("replay", file, "--by", "name", "--from", "a");
        assertThat(hidden.err()).as(hidden.whole()).contains("replay.column_unfit");

        pipeline("private", "table: public.private, mode: snapshot", "jsonl", steps.replace("a key", "another key"));
        Invoked dry = windrow("replay", file, "--by", "at", "--from", "2026-01-05", "--to", "2026-01-10");
        assertThat(dry.out()).as(dry.whole()).contains("--apply refuses this");
        Invoked refused = windrow("replay", file, "--by", "at", "--from", "2026-01-05", "--to", "2026-01-10", "--apply");
        assertThat(refused.err()).as(refused.whole()).contains("replay.policy_changed");
    }

    /** I11: what is compared with is older than the mask. */
    @Test
    void aDryRunShowsNothingThatWasDeliveredBeforeTheMask() throws IOException {
        hours("bare");
        String query = "query: 'SELECT id, at, name FROM public.bare', name: bare, mode: snapshot";
        Path file = pipeline("bare", query, "jsonl", "");
        done("run", file);
        DATABASE.execute("DELETE FROM bare WHERE id BETWEEN 98 AND 120");
        String[] window = {"--by", "at", "--from", "2026-01-05", "--to", "2026-01-10"};
        Invoked clear = windrow(Stream.concat(Stream.of("replay", file), Stream.of(window)).toArray());
        assertThat(clear.out()).as(clear.whole()).containsPattern("row \\d+: missing at the source");

        pipeline("bare", query, "jsonl", "mask: [{field: name, with: hmac, key: a key of sixteen bytes or more}]\n");
        for (String form : List.of("--no-json", "--json")) {
            Invoked dry = windrow(Stream.concat(Stream.of("replay", file), Stream.concat(Stream.of(window), Stream.of(form)))
                    .filter(word -> !"--no-json".equals(word)).toArray());
            assertThat(dry.exit()).as(dry.whole()).isZero();
            assertThat(dry.whole()).contains("replay.policy_changed", "delivered under another mask are not shown")
                    .doesNotContainPattern("row \\d");
        }
    }

    @Test
    void aStreamThatThePipelineReadsNoMoreIsNotCalledAlike() throws IOException {
        hours("kept");
        hours("unread");
        String kept = "table: public.kept, mode: snapshot";
        done("run", pipeline("kept", kept + "}\n      - {table: public.unread, mode: snapshot", "jsonl", ""));
        Path file = pipeline("kept", kept, "jsonl", "");
        Invoked replay = windrow("replay", file, "--stream", "unread", "--by", "at", "--from", "2026-01-05");
        assertThat(replay.exit()).as(replay.whole()).isEqualTo(ExitCode.USER.value());
        assertThat(replay.err()).contains("plan.unknown_stream", "public.unread");
        assertThat(replay.out()).doesNotContain("alike");
    }

    /** Neither dropped nor failed: they go where a run would have put them, once. */
    @Test
    void rowsOfTheWindowThatBreakTheContractAreSetAsideOnce() throws IOException {
        hours("strict");
        DATABASE.execute("UPDATE strict SET name = NULL WHERE id = 100");
        Path file = pipeline("strict", "table: public.strict, mode: incremental, cursor: at", "jsonl", """
                contract: {streams: {public.strict: {fields: [{field: name, not_null: true}]}}}
                """);
        for (int month = 6; month < 9; month++) {
            done("run", file);
            DATABASE.execute("INSERT INTO strict VALUES (" + month + "000, '2026-0" + month + "-01 00:00:00+00', 'new')");
        }
        done("run", file);
        assertThat(windrow("quarantine", "list", file).out()).contains("1 row set aside");
        DATABASE.execute("INSERT INTO strict VALUES (5000, '2026-01-06 00:00:00+00', NULL)");
        String[] window = {"--from", "2026-01-05", "--to", "2026-01-10"};
        assertThat(replay(file, window)).containsEntry("set_aside", "2").containsEntry("added", "0");
        assertThat(windrow("quarantine", "list", file).out()).contains("1 row set aside");

        String[] applying = Stream.concat(Arrays.stream(window), Stream.of("--apply")).toArray(String[]::new);
        Map<String, @Nullable Object> applied = replay(file, applying);
        assertThat(applied).as(applied.toString()).containsEntry("generation", "2").containsEntry("newly_set_aside", "1");
        assertThat(windrow("quarantine", "list", file).out()).contains("2 rows set aside");
        assertThat(windrow("quarantine", "show", file).out()).contains("5000");
        assertThat(replay(file, applying)).doesNotContainKey("epoch");
        assertThat(windrow("quarantine", "list", file).out()).contains("2 rows set aside");
        done("verify", file, "--files");
        done("run", file);
        done("verify", file);
    }

    /** Each event comes twice; which fields repeat is not what the key says. */
    private Path repeated(String table, String mode, String more) throws IOException {
        DATABASE.execute(
                "CREATE TABLE " + table + " (id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), event text, name text)",
                "INSERT INTO " + table + " SELECT i, '2026-01-01 00:00:00+00'::timestamptz + i * interval '1 hour',"
                        + " 'event ' || i % 200, 'row ' || i FROM generate_series(1, 400) i",
                "INSERT INTO " + table + " SELECT i, '2026-01-02 00:00:00+00', NULL, 'nameless' FROM generate_series(901, 902) i");
        Path file = pipeline(
                table, "table: public." + table + ", " + mode, "jsonl", "dedupe: {public." + table + ": {by: [event], time: 24h}}\n" + more);
        done("run", file);
        return file;
    }

    /** In how many lines that readers of the stream see a word stands. */
    private long delivered(String table, String word) throws IOException {
        Path current = folder.resolve("out/public." + table + "/current");
        long lines = 0;
        try (Stream<Path> walk = Files.walk(Files.exists(current) ? current.toRealPath() : folder.resolve("out/public." + table))) {
            for (Path path : walk.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
                lines += Files.readAllLines(path).stream().filter(line -> line.contains(word)).count();
            }
        }
        return lines;
    }

    @ParameterizedTest
    @ValueSource(strings = {"mode: snapshot", "mode: incremental, cursor: at"})
    void rowsThatRepeatAreDroppedByAReplayAndByTheRunsAfterIt(String mode) throws IOException {
        String table = "twice_" + mode.charAt(6);
        boolean incremental = mode.contains("incremental");
        Path file = repeated(table, mode, "");
        for (int month = 6; month < 8; month++) {
            DATABASE.execute("INSERT INTO " + table + " VALUES (" + month + "000, '2026-0" + month + "-01 00:00:00+00', 'month " + month + "', 'm')");
            done("run", file);
        }
        String[] window = {"--by", "at", "--from", "2026-01-01", "--to", "2026-02-01"};
        assertCounts(replay(file, window), 0, 0, 0, 0);
        assertThat(replay(file, window)).containsEntry("repeated", "200");

        DATABASE.execute(
                "UPDATE " + table + " SET name = 'changed' WHERE id = 20",
                "DELETE FROM " + table + " WHERE event IN ('event 30', 'event 31')",
                "UPDATE " + table + " SET event = 'event 50' WHERE id IN (45, 245)",
                "INSERT INTO " + table + " VALUES (5000, '2026-01-03 00:00:00+00', 'fresh', 'first'), (5001, '2026-01-03 00:00:00+00', 'fresh', 'second'),"
                        + " (5002, '2026-01-03 00:00:00+00', NULL, 'nameless')",
                "DELETE FROM " + table + " WHERE id = 902");
        String[] applying = Stream.concat(Arrays.stream(window), Stream.of("--apply")).toArray(String[]::new);
        Map<String, @Nullable Object> applied = replay(file, applying);
        // Older states of an incremental stream stay beside newer ones: only event 45 has a row whose key is there still.
        assertCounts(applied, 2, 1, incremental ? 3 : 4, incremental ? 1 : 0);
        assertCounts(replay(file, applying), 0, 0, 0, incremental ? 1 : 0);
        assertThat(delivered(table, "\"event\":\"fresh\"")).isOne();
        assertThat(delivered(table, "nameless")).isEqualTo(2);
        assertThat(delivered(table, "\"event\":\"event 50\"")).isOne();
        assertThat(delivered(table, "\"event\":\"event 30\"")).isZero();
        done("verify", file, "--files");
        if (incremental) {
            // What came is a row to be repeated, what went is none, and what stayed is remembered as before.
            DATABASE.execute(
                    "INSERT INTO " + table + " VALUES (8001, '2026-08-01 00:00:00+00', 'fresh', 'again'), (8002, '2026-08-01 00:00:00+00',"
                            + " 'event 30', 'back'), (8003, '2026-08-01 00:00:00+00', 'event 60', 'again')",
                    "INSERT INTO " + table + " VALUES (8004, '2026-08-02 00:00:00+00', 'last', 'm')");
            done("run", file);
            assertThat(delivered(table, "\"event\":\"fresh\"")).isOne();
            assertThat(delivered(table, "back")).isOne();
            assertThat(delivered(table, "\"event\":\"event 60\"")).isOne();
        }
    }

    @Test
    void aReplayIsRefusedWhereDeliveredRowsDoNotShowWhichRowsTheyRepeat() throws IOException {
        Path file = repeated("shorn", "mode: incremental, cursor: at", "transform: {public.shorn: {select: [id, at, name]}}\n");
        DATABASE.execute("INSERT INTO shorn VALUES (6000, '2026-06-01 00:00:00+00', 'month', 'm')");
        done("run", file);
        assertThat(replay(file, "--from", "2026-01-01", "--to", "2026-02-01")).containsEntry("refused", "replay.repeated_rows");
        Invoked refused = windrow("replay", file, "--from", "2026-01-01", "--to", "2026-02-01", "--apply");
        assertThat(refused.err()).as(refused.whole()).contains("replay.repeated_rows", "to do  ");
    }

    @ParameterizedTest
    @CsvSource({"keyed, 'key: [id], '", "keyless, ''"})
    void aQueryIsMendedByItsKeyOrRowByRow(String name, String key) throws IOException {
        hours("asked_" + name);
        Path file = pipeline(
                name, "query: 'SELECT id, at, name FROM public.asked_" + name + " WHERE id <= 900', name: " + name + ", " + key
                        + "mode: snapshot", "jsonl", "");
        done("run", file);
        happenings("asked_" + name);
        Map<String, @Nullable Object> applied =
                replay(file, "--by", "at", "--from", "2026-01-05", "--to", "2026-01-10", "--apply", "--into", folder.resolve("staging").toString());
        if (key.isEmpty()) {
            // A row that changed is one that is missing and one that was added.
            assertCounts(applied, 1, 0, 3, 0);
        } else {
            assertCounts(applied, 0, 1, 1, 1);
        }
        Path staged = folder.resolve("staging").resolve(name + ".arrows");
        assertThat(staged).isNotEmptyFile();
        Files.writeString(staged, "somebody's own");
        assertThat(windrow("replay", file, "--by", "at", "--from", "2026-01-05", "--into", folder.resolve("staging")).err())
                .contains("replay.staging_failed", "there is such a file", "--into");
        assertThat(staged).hasContent("somebody's own");
        Map<String, @Nullable Object> again = replay(file, "--by", "at", "--from", "2026-01-05", "--to", "2026-01-10", "--apply");
        assertThat(again).containsEntry("added", "0").containsEntry("changed", "0").containsEntry("missing", "0");
    }
}
