package io.windrow.cli;

import static io.windrow.cli.Invoked.windrow;
import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.crash.ChildJvm;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

/** Ten hours of ten rows each, from 2024-03-01T00:00Z on, in an order that has nothing to do with time. */
@Tag("server")
class WatermarkTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @RegisterExtension
    static final PostgresDatabase OLD = PostgresDatabase.on(14);

    @TempDir
    Path folder;

    private int batchRows = 10;

    @Test
    void aWindowIsCompleteWhenTheWatermarkHasPassedAndTheSourceCountsTheSame() throws IOException {
        events("counted");
        Path file = pipeline("counted", "mode: incremental, guarantee: proven", "{field: at, allowed_lateness: 30m}", "");
        Invoked run = windrow("run", file);
        assertThat(run.exit()).as(run.whole()).isZero();
        // The newest row happened at 09:54.
        assertThat(run.out()).contains("public.counted: low watermark 2024-03-01T09:24:00Z (at)");
        Map<String, @Nullable Object> stream = windows(file, ExitCode.OK);
        assertThat(stream).containsEntry("low_watermark", "2024-03-01T09:24:00Z").containsEntry("zone", "UTC")
                .containsEntry("window", "PT1H").containsEntry("allowed_lateness", "PT30M");
        assertThat(statuses(stream)).hasSize(10).endsWith("2024-03-01T09:00 10/10 late 0 open")
                .startsWith("2024-03-01T00:00 10/10 late 0 complete", "2024-03-01T01:00 10/10 late 0 complete");
        assertThat(windrow("verify", file).exit()).as("event times are no part of the row").isZero();
        assertThat(windrow("verify", "--files", file).exit()).isZero();
        Invoked ledger = windrow("--json", "ledger", file);
        assertThat(ledger.out()).contains("\"low_watermark\":\"2024-03-01T09:24:00Z\"", "\"first\":\"2024-03-01T00:00:00Z\"");
        assertThat(windrow("ledger", file).out()).contains("low watermark", "2024-03-01T09:24:00Z");
    }

    /** Late rows are delivered, counted in their window, and do not move the watermark back. */
    @Test
    void aLateRowIsDeliveredAndCountedInItsWindow() throws IOException {
        events("belated");
        Path file = pipeline("belated", "mode: incremental, guarantee: proven", "{field: at}", "");
        assertThat(windrow("run", file).exit()).isZero();
        DATABASE.execute("INSERT INTO belated VALUES (1001, '2024-03-01T03:30Z'), (1002, '2024-03-01T03:40Z'), "
                + "(1003, '2024-03-01T09:53Z'), (1004, '2024-03-01T12:00Z'), (1005, NULL)");
        Invoked run = windrow("--json", "run", file);
        assertThat(run.exit()).as(run.whole()).isZero();
        assertThat(run.out()).contains("\"late_rows\":3", "\"low_watermark\":\"2024-03-01T12:00:00Z\"");
        assertThat(lines("belated")).hasSize(105);
        Map<String, @Nullable Object> stream = windows(file, ExitCode.OK);
        assertThat(statuses(stream)).contains(
                "2024-03-01T03:00 12/12 late 2 complete", "2024-03-01T09:00 11/11 late 1 complete",
                "2024-03-01T12:00 1/1 late 0 open");
        assertThat(stream).containsEntry("rows_without_time", "1").containsEntry("source_rows_without_time", "1");
        assertThat(windrow("ledger", "--windows", file).out()).contains("without a time", "open", "complete");
    }

    /** A count that agrees only within the program proves nothing; the source is asked. */
    @Test
    void aWindowOfWhichTheSourceHasAnotherCountIsNeverCalledComplete() throws IOException {
        events("deleted");
        Path file = pipeline("deleted", "mode: incremental, guarantee: proven", "{field: at}", "");
        assertThat(windrow("run", file).exit()).isZero();
        DATABASE.execute("DELETE FROM deleted WHERE at BETWEEN '2024-03-01T02:00Z' AND '2024-03-01T02:10Z'");
        Map<String, @Nullable Object> stream = windows(file, ExitCode.DIFFERENT);
        assertThat(statuses(stream)).contains("2024-03-01T02:00 10/8 late 0 count differs", "2024-03-01T03:00 10/10 late 0 complete");
        assertThat(windrow("ledger", "--windows", file).out()).contains("count differs", "2 rows more than the source has");
    }

    @Test
    void rowsThatChangedSinceMakeNothingDifferentForCertain() throws IOException {
        for (String mode : List.of("mode: snapshot", "mode: incremental, guarantee: proven")) {
            String table = mode.contains("snapshot") ? "changing_s" : "changing_i";
            events(table);
            Path file = pipeline(table, mode, "{field: at}", "");
            assertThat(windrow("run", file).exit()).isZero();
            DATABASE.execute(
                    "UPDATE " + table + " SET at = at WHERE at = '2024-03-01T02:00Z'",
                    "INSERT INTO " + table + " VALUES (2001, '2024-03-01T04:00Z'), (2002, '2024-02-01T00:00Z')");
            Map<String, @Nullable Object> stream = windows(file, ExitCode.UNDECIDED);
            assertThat(statuses(stream)).contains(
                            "2024-03-01T02:00 10/9 late 0 not proven", "2024-03-01T04:00 10/10 late 0 complete",
                            "2024-03-01T03:00 10/10 late 0 complete")
                    .noneMatch(status -> status.startsWith("2024-02"));
        }
    }

    /** Parts of a table by pages are in no order of time: nothing is claimed before the last of them has ended. */
    @ParameterizedTest
    @ValueSource(strings = {"mode: snapshot", "mode: snapshot, consistency: per_range", "mode: incremental, guarantee: proven"})
    void aReadThatIsNotOverProvesNoWatermark(String mode) throws IOException {
        String table = "parts_" + Integer.toHexString(mode.hashCode());
        events(table);
        Path file = pipeline(table, mode, "{field: at}", "run: {epoch_rows: 20}\n");
        assertThat(windrow("run", "--limit", "40", file).exit()).isIn(ExitCode.OK.value(), ExitCode.STOPPED.value());
        Map<String, @Nullable Object> stream = windows(file, null);
        assertThat(stream).doesNotContainKey("low_watermark");
        assertThat(statuses(stream)).allMatch(status -> status.endsWith("open"));
        assertThat(windrow("run", file).exit()).isZero();
        stream = windows(file, ExitCode.OK);
        assertThat(stream).containsEntry("low_watermark", "2024-03-01T09:54:00Z");
        assertThat(statuses(stream).stream().filter(status -> status.endsWith("10/10 late 0 complete"))).hasSize(9);
        String entries = windrow("--json", "ledger", file).out();
        assertThat(entries.split("\"low_watermark\"", -1).length - 1)
                .as("one epoch alone, that which ended the read, has it:\n" + entries)
                .isEqualTo(1);
    }

    @ParameterizedTest
    @Tag("slow")
    @ValueSource(strings = {"run.after_stage", "run.after_save_prepared", "run.after_commit", "run.after_save_committed"})
    void theWatermarkSurvivesAKillAndNoRowIsCountedTwice(String failpoint) throws Exception {
        String table = "killed_" + failpoint.substring(failpoint.lastIndexOf('_') + 1);
        events(table);
        Path file = pipeline(table, "mode: incremental, guarantee: proven", "{field: at}", "run: {epoch_rows: 30}\n");
        assertThat(windrow("run", file).exit()).isZero();
        DATABASE.execute("INSERT INTO " + table + " SELECT 3000 + i, '2024-03-01T11:00Z'::timestamptz + i * interval '1 minute' "
                + "FROM generate_series(0, 59) i", "INSERT INTO " + table + " VALUES (4000, '2024-03-01T05:00Z')");
        try (ChildJvm child = ChildJvm.start(
                Main.class.getName(), List.of("run", file.toString()), Map.of("WINDROW_FAILPOINT", failpoint))) {
            assertThat(child.awaitLine("failpoint reached: " + failpoint, PATIENCE)).as(child.output()).isTrue();
            child.kill();
        }
        assertThat(windrow("run", file).exit()).isZero();
        assertThat(lines(table)).hasSize(161);
        Map<String, @Nullable Object> stream = windows(file, ExitCode.OK);
        assertThat(stream).containsEntry("low_watermark", "2024-03-01T11:59:00Z");
        assertThat(statuses(stream)).contains("2024-03-01T05:00 11/11 late 1 complete", "2024-03-01T11:00 60/60 late 0 open");
    }

    /** Twenty thousand rows of forty days in random order, in many parts that several workers read, cut into many epochs. */
    @ParameterizedTest
    @Tag("slow")
    @ValueSource(strings = {"mode: snapshot", "mode: snapshot, consistency: per_range", "mode: incremental, guarantee: proven"})
    void partsInAnyOrderAndAKillBetweenStageAndCommitMakeNoDifference(String mode) throws Exception {
        String table = "vast_" + Integer.toHexString(mode.hashCode());
        batchRows = 100;
        DATABASE.execute(
                "CREATE TABLE " + table + " (id int PRIMARY KEY, at timestamp, filler text)",
                "INSERT INTO " + table + " SELECT i, '2024-01-01'::timestamp + (i * 7919 % 40) * interval '1 day', repeat('x', 100) "
                        + "FROM generate_series(0, 19999) i",
                "ANALYZE " + table);
        Path file = pipeline(table, mode, "{field: at, window: 1d}", "run: {epoch_rows: 1500, parallelism: 3}\n");
        try (ChildJvm child = ChildJvm.start(
                Main.class.getName(), List.of("run", file.toString()), Map.of("WINDROW_FAILPOINT", "run.after_save_prepared:3"))) {
            assertThat(child.awaitLine("failpoint reached: run.after_save_prepared", PATIENCE)).as(child.output()).isTrue();
            child.kill();
        }
        Map<String, @Nullable Object> stream = windows(file, ExitCode.OK);
        assertThat(statuses(stream)).as("some parts are read, not all").isNotEmpty().allMatch(status -> status.endsWith("open"));
        assertThat(windrow("run", file).exit()).isZero();
        stream = windows(file, ExitCode.OK);
        assertThat(stream).containsEntry("low_watermark", "2024-02-09T00:00");
        assertThat(statuses(stream)).hasSize(40).allMatch(status -> status.contains("T00:00 500/500 late 0 "))
                .filteredOn(status -> status.endsWith("complete")).hasSize(39);
        assertThat(windrow("--json", "ledger", "--entries", "1000", file).out().split("\"low_watermark\"", -1)).hasSize(2);
    }

    @Test
    void windowsFollowTheClockOfTheirZoneOnBothSides() throws IOException {
        DATABASE.execute(
                "CREATE TABLE zoned (id int PRIMARY KEY, at timestamptz, wall timestamp, day date)",
                "INSERT INTO zoned SELECT i, t, t AT TIME ZONE 'UTC', (t AT TIME ZONE 'UTC')::date FROM generate_series(0, 299) i, "
                        + "LATERAL (SELECT '1969-10-25T00:30Z'::timestamptz + i * interval '11 minutes 0.999999 s' AS t) x",
                "INSERT INTO zoned SELECT 1000 + i, t, t AT TIME ZONE 'UTC', NULL FROM generate_series(0, 299) i, "
                        + "LATERAL (SELECT '2024-10-26T20:00Z'::timestamptz + i * interval '7 minutes' AS t) x",
                "INSERT INTO zoned VALUES (5000, 'infinity', '-infinity', NULL), (5001, '2024-12-24T12:00Z', '2024-12-24T12:00', '2024-12-24')");
        for (String field : List.of("at", "wall", "day")) {
            for (String window : List.of("1d", "1h", "90m")) {
                Path file = pipeline("zoned", "mode: snapshot, out_of_range: 'null'",
                        "{field: " + field + ", window: " + window + ", time_zone: Europe/Berlin}", "");
                Invoked run = windrow("run", "--full-refresh", file);
                assertThat(run.exit()).as(run.whole()).isZero();
                Map<String, @Nullable Object> stream = windows(file, ExitCode.OK);
                assertThat(statuses(stream)).as(field + " in " + window).hasSizeGreaterThan(3)
                        .filteredOn(status -> !status.endsWith("complete")).hasSize(1);
                assertThat(stream.get("rows_without_time")).isEqualTo(stream.get("source_rows_without_time"));
            }
        }
    }

    @Test
    void oldServersCountTheSameToTheMicrosecond() throws IOException {
        OLD.execute(
                "CREATE TABLE aged (id int PRIMARY KEY, at timestamptz)",
                "INSERT INTO aged SELECT i, '1999-12-31T22:00Z'::timestamptz + i * interval '29 minutes 59.999999 s' "
                        + "FROM generate_series(0, 199) i");
        Path file = pipeline("aged", "mode: snapshot", "{field: at, time_zone: Europe/Berlin}", "");
        Files.writeString(file, Files.readString(file).replace(DATABASE.url(), OLD.url()));
        assertThat(windrow("run", file).exit()).isZero();
        assertThat(statuses(windows(file, ExitCode.OK))).hasSizeGreaterThan(90)
                .filteredOn(status -> !status.endsWith("complete")).hasSize(1);
    }

    /** What is far away in time is counted together, and judged together. */
    @Test
    void moreWindowsThanAnEpochKeepsApartAreJudgedAsOne() throws IOException {
        DATABASE.execute(
                "CREATE TABLE wide (id int PRIMARY KEY, at timestamptz)",
                "INSERT INTO wide SELECT i, '2024-01-01T00:00Z'::timestamptz + (i * 7919 % 5000) * interval '1 minute' "
                        + "FROM generate_series(0, 4999) i");
        batchRows = 500;
        Path file = pipeline("wide", "mode: snapshot", "{field: at, window: 1m}", "");
        assertThat(windrow("run", file).exit()).isZero();
        Map<String, @Nullable Object> stream = windows(file, ExitCode.OK);
        List<String> statuses = statuses(stream);
        assertThat(statuses).hasSize(2001).endsWith("2024-01-04T11:19 1/1 late 0 open");
        assertThat(statuses.getFirst()).isEqualTo("null 3000/3000 late 0 complete");
        assertThat(stream.toString()).contains("up_to_start=2024-01-03T01:59");
        DATABASE.execute("DELETE FROM wide WHERE id = 0");
        assertThat(statuses(windows(file, ExitCode.DIFFERENT)).getFirst()).isEqualTo("null 3000/2999 late 0 count differs");
    }

    /** What becomes of a row afterwards stands in the books, not in its window. */
    @Test
    void rowsThatStepsDropOrSetAsideHaveHappenedAllTheSame() throws IOException {
        events("stepped");
        Path file = pipeline("stepped", "mode: snapshot", "{field: at}", """
                contract: {streams: {public.stepped: {fields: [{field: id, max: "89"}]}}}
                transform: {public.stepped: {filter: "id > 9", rename: {at: happened}}}
                provenance: {fields: [run, epoch]}
                """);
        Invoked run = windrow("--json", "run", file);
        assertThat(run.exit()).as(run.whole()).isZero();
        assertThat(run.out()).contains("\"quarantined_rows\":10", "\"written_rows\":80");
        assertThat(statuses(windows(file, ExitCode.OK))).contains("2024-03-01T02:00 10/10 late 0 complete");
        assertThat(windrow("plan", file).out()).contains("event time: at, windows of 1h on the clock of UTC");
    }

    @Test
    void whatTheSourceDoesNotCountIsNotProven() throws IOException {
        events("behind");
        DATABASE.execute("CREATE VIEW shown AS SELECT id, at, at::text AS word FROM behind");
        Path file = pipeline("shown", "mode: snapshot, key: [id]", "{field: at}", "");
        assertThat(windrow("run", file).exit()).isZero();
        assertThat(statuses(windows(file, ExitCode.OK))).contains("2024-03-01T02:00 10/10 late 0 complete");
        DATABASE.execute("DELETE FROM behind WHERE at = '2024-03-01T02:00Z'");
        Map<String, @Nullable Object> stream = windows(file, ExitCode.UNDECIDED);
        assertThat(statuses(stream)).contains("2024-03-01T02:00 10/9 late 0 not proven");
    }

    /** Windows of another kind say nothing about these: what they counted cannot be counted again. */
    @Test
    void rowsThatWereCountedOtherwiseAreNotTakenForCounted() throws IOException {
        events("recut");
        Path file = pipeline("recut", "mode: incremental, guarantee: proven", "{field: at}", "");
        assertThat(windrow("run", file).exit()).isZero();
        pipeline("recut", "mode: incremental, guarantee: proven", "{field: at, window: 2h}", "");
        DATABASE.execute("INSERT INTO recut VALUES (1001, '2024-03-01T20:00Z')");
        assertThat(windrow("run", file).exit()).isZero();
        Map<String, @Nullable Object> stream = windows(file, ExitCode.UNDECIDED);
        assertThat(statuses(stream)).noneMatch(status -> status.endsWith("complete"));
        assertThat(windrow("ledger", "--windows", file).out()).contains("100 rows of the generation were not counted");
    }

    @Test
    void aFieldThatIsMissingMaskedOrNoTimeIsRefusedBeforeAnythingIsReadWithItsPlace() throws IOException {
        events("refused");
        refused("{field: att}", "", "watermark.unknown_field", "did you mean at?");
        refused("{field: id}", "", "watermark.not_a_time", "integer", "there are at");
        refused("{field: at}", "mask: [{field: at, with: truncate, to: hour}]\n", "watermark.field_masked", "at is masked");
        refused("{field: at}", "mask: [{field: at, with: hmac, key: 'long enough to be a key, yes'}]\n", "watermark.field_masked");
        refused("{field: at, window: 1500ms}", "", "watermark.bad_window");
        refused("{field: at, time_zone: Europe/Berlni}", "", "watermark.bad_zone", "did you mean Europe/Berlin?");
        refused("{field: at, time_zone: '+02:00'}", "", "watermark.bad_zone");
        refused("{field: happened}", "transform: {public.refused: {rename: {at: happened}}}\n", "watermark.unknown_field", "before");
        assertThat(folder.resolve("out-refused/public.refused")).doesNotExist();
        // A renamed or left out field is known by the name that it has at the source.
        Path file = pipeline("refused", "mode: snapshot", "{field: at}", "transform: {public.refused: {select: [id]}}\n");
        assertThat(windrow("run", file).exit()).isZero();
        assertThat(statuses(windows(file, ExitCode.OK))).contains("2024-03-01T02:00 10/10 late 0 complete");
    }

    /** What a replay takes out of a window and brings into it is counted; the low watermark stays, and goes on from there. */
    @ParameterizedTest
    @ValueSource(strings = {"mode: snapshot", "mode: incremental, guarantee: proven"})
    void aReplayKeepsTheLowWatermarkAndTheWindowThatItMendsIsComplete(String mode) throws IOException {
        String table = "mended_" + (mode.contains("snapshot") ? "s" : "i");
        events(table);
        Path file = pipeline(table, mode, "{field: at, allowed_lateness: 30m}", "");
        assertThat(windrow("run", file).exit()).isZero();
        DATABASE.execute("DELETE FROM " + table + " WHERE at BETWEEN '2024-03-01T02:00Z' AND '2024-03-01T02:10Z'");
        assertThat(statuses(windows(file, ExitCode.DIFFERENT))).contains("2024-03-01T02:00 10/8 late 0 count differs");
        Invoked replay = windrow(
                "replay", file, "--by", "at", "--from", "2024-03-01T02:00Z", "--to", "2024-03-01T03:00Z", "--apply");
        assertThat(replay.exit()).as(replay.whole()).isZero();
        Map<String, @Nullable Object> stream = windows(file, ExitCode.OK);
        assertThat(stream).containsEntry("low_watermark", "2024-03-01T09:24:00Z");
        assertThat(statuses(stream)).contains(
                "2024-03-01T02:00 8/8 late 0 complete", "2024-03-01T03:00 10/10 late 0 complete",
                "2024-03-01T09:00 10/10 late 0 open");

        DATABASE.execute("INSERT INTO " + table + " VALUES (1001, '2024-03-01T12:00Z'), (1002, '2024-03-01T04:30Z')");
        assertThat(windrow("run", file).exit()).isZero();
        stream = windows(file, ExitCode.OK);
        assertThat(stream).containsEntry("low_watermark", "2024-03-01T11:30:00Z");
        assertThat(statuses(stream)).contains("2024-03-01T02:00 8/8 late 0 complete", "2024-03-01T12:00 1/1 late 0 open",
                "2024-03-01T04:00 11/11 late " + (mode.contains("snapshot") ? 0 : 1) + " complete");
    }

    /** Missed by a cursor, brought by a replay: read late, and counted once, also if it had been set aside before. */
    @Test
    void aRowThatAReplayBringsIsCountedInItsWindow() throws IOException {
        events("missed");
        Path file = pipeline("missed", "mode: incremental, cursor: at", "{field: at}",
                "contract: {streams: {public.missed: {fields: [{field: id, max: \"5000\"}]}}}\n");
        DATABASE.execute("INSERT INTO missed VALUES (6000, '2024-03-01T02:30Z')");
        for (int hour = 12; hour < 15; hour++) {
            assertThat(windrow("run", file).exit()).isZero();
            DATABASE.execute("INSERT INTO missed VALUES (" + (1000 + hour) + ", '2024-03-01T" + hour + ":00Z')");
        }
        DATABASE.execute("INSERT INTO missed VALUES (2000, '2024-03-01T03:30Z')");
        assertThat(windrow("run", file).exit()).isZero();
        DATABASE.execute("INSERT INTO missed VALUES (1020, '2024-03-01T20:00Z')");
        assertThat(windrow("run", file).exit()).isZero();
        assertThat(statuses(windows(file, null))).contains("2024-03-01T03:00 10/11 late 0 count differs");
        Invoked replay = windrow("replay", file, "--from", "2024-03-01T02:00Z", "--to", "2024-03-01T04:00Z", "--apply");
        assertThat(replay.exit()).as(replay.whole()).isZero();
        assertThat(statuses(windows(file, null))).contains(
                "2024-03-01T03:00 11/11 late 1 complete", "2024-03-01T02:00 11/11 late 0 complete");
        assertThat(lines("missed")).hasSize(105);
        assertThat(windrow("quarantine", "list", file).out()).contains("1 row set aside");
    }

    /** Nothing says any more which rows they were: that the row which comes is one of them, and was counted, cannot be known. */
    @Test
    void rowsThatWereSetAsideAndThrownAwayAreNotCountedTwiceWhenAReplayBringsThem() throws IOException {
        events("binned");
        Path file = pipeline("binned", "mode: incremental, cursor: at", "{field: at}",
                "contract: {streams: {public.binned: {fields: [{field: id, max: \"5000\"}]}}}\n");
        DATABASE.execute("INSERT INTO binned VALUES (6000, '2024-03-01T02:30Z')");
        for (int hour = 12; hour < 15; hour++) {
            assertThat(windrow("run", file).exit()).isZero();
            DATABASE.execute("INSERT INTO binned VALUES (" + (1000 + hour) + ", '2024-03-01T" + hour + ":00Z')");
        }
        assertThat(windrow("run", file).exit()).isZero();
        assertThat(windrow("quarantine", "discard", file, "--yes").exit()).isZero();
        DATABASE.execute("UPDATE binned SET id = 500 WHERE id = 6000");
        Invoked replay = windrow("replay", file, "--from", "2024-03-01T02:00Z", "--to", "2024-03-01T03:00Z", "--apply");
        assertThat(replay.exit()).as(replay.whole()).isZero();
        assertThat(lines("binned")).anyMatch(line -> line.contains("\"id\":500"));
        DATABASE.execute("INSERT INTO binned VALUES (1020, '2024-03-01T20:00Z')");
        assertThat(windrow("run", file).exit()).isZero();
        assertThat(statuses(windows(file, null))).isNotEmpty().noneMatch(status -> status.endsWith("complete"));
    }

    /** Runs count rows before the steps; of what a replay reads, filters and sets aside nobody counts the event times. */
    @ParameterizedTest
    @CsvSource({
        "filtered, 'transform: {public.filtered: {filter: \"id != 7\"}}'",
        "newly, 'contract: {streams: {public.newly: {fields: [{field: id, max: \"5000\"}]}}}'",
        "keyless, 'contract: {streams: {public.keyless: {fields: [{field: id, max: \"5000\"}]}}}'"
    })
    void whatAReplayCannotCountAsRunsDoIsNotProvenAfterwards(String table, String policies) throws IOException {
        events(table);
        if (table.equals("keyless")) {
            DATABASE.execute(
                    "ALTER TABLE keyless DROP CONSTRAINT keyless_pkey",
                    "INSERT INTO keyless VALUES (6000, '2024-03-01T02:30Z')");
        }
        Path file = pipeline(table, "mode: incremental, cursor: at", "{field: at}", policies + "\n");
        for (int hour = 12; hour < 15; hour++) {
            assertThat(windrow("run", file).exit()).isZero();
            DATABASE.execute("INSERT INTO " + table + " VALUES (" + (1000 + hour) + ", '2024-03-01T" + hour + ":00Z')");
        }
        String missed = table.equals("newly") ? "7000" : "2000";
        DATABASE.execute("INSERT INTO " + table + " VALUES (" + missed + ", '2024-03-01T03:30Z')");
        assertThat(windrow("run", file).exit()).isZero();
        Invoked replay = windrow("replay", file, "--from", "2024-03-01T02:00Z", "--to", "2024-03-01T04:00Z", "--apply");
        assertThat(replay.exit()).as(replay.whole()).isZero();
        DATABASE.execute("INSERT INTO " + table + " VALUES (1020, '2024-03-01T20:00Z')");
        assertThat(windrow("run", file).exit()).isZero();
        assertThat(statuses(windows(file, null))).noneMatch(status -> status.endsWith("complete"))
                .anyMatch(status -> status.startsWith("2024-03-01T03:00") && status.endsWith("not proven"));
    }

    /** A row that was written below the cursor's bound is missing; another one of its window changed and was read again. */
    @ParameterizedTest
    @CsvSource({
        "again, '', count differs",
        "again_masked, 'mask: [{field: id, with: hmac, key: ''long enough to be a key, yes''}]', not proven",
        "again_apart, 'transform: {public.again_apart: {select: [at, moved]}}', not proven",
        "again_cast, 'transform: {public.again_cast: {cast: {id: text}}}', not proven"
    })
    void aRowThatWasReadAgainDoesNotHideOneThatIsMissing(String table, String policies, String status) throws IOException {
        events(table);
        DATABASE.execute("ALTER TABLE " + table + " ADD moved timestamptz", "UPDATE " + table + " SET moved = at");
        Path file = pipeline(table, "mode: incremental, cursor: moved", "{field: at}", policies + "\n");
        for (int hour = 12; hour < 15; hour++) {
            Invoked run = windrow("run", file);
            assertThat(run.exit()).as(run.whole()).isZero();
            if (hour == 12) {
                assertThat(statuses(windows(file, ExitCode.OK))).as("one read holds no row twice")
                        .contains("2024-03-01T03:00 10/10 late 0 complete");
            }
            String at = "'2024-03-01T" + hour + ":00Z'";
            DATABASE.execute("INSERT INTO " + table + " VALUES (" + (1000 + hour) + ", " + at + ", " + at + ")");
        }
        DATABASE.execute(
                "INSERT INTO " + table + " VALUES (2000, '2024-03-01T03:31Z', '2024-03-01T03:31Z')",
                "UPDATE " + table + " SET moved = '2024-03-01T16:00Z' WHERE at = '2024-03-01T03:00Z'");
        assertThat(windrow("run", file).exit()).isZero();
        assertThat(lines(table)).as("one is missing, and one is there twice").hasSize(104)
                .filteredOn(line -> line.contains("T03:00:00")).hasSize(2);
        assertThat(lines(table)).noneMatch(line -> line.contains("T03:31:00"));
        Map<String, @Nullable Object> stream = windows(file, null);
        assertThat(statuses(stream)).contains("2024-03-01T03:00 11/11 late 1 " + status);
        String why = windrow("ledger", "--windows", file).out();
        boolean summed = policies.isEmpty();
        if (summed) {
            assertThat(statuses(stream))
                    .contains("2024-03-01T04:00 10/10 late 0 complete", "2024-03-01T13:00 1/1 late 0 complete");
            assertThat(why).contains("as many rows as the source has, but not the same");
        } else {
            assertThat(statuses(stream)).noneMatch(one -> one.endsWith("complete"));
            assertThat(why).contains("keys are not summed up", "windrow verify");
        }
        assertThat(windrow("--json", "ledger", file).out().contains("key_sum")).isEqualTo(summed);
        assertThat(wholeOutput(table)).as("beside the data").contains("event_time").doesNotContain("key_sum");
        // The row that is missing is delivered: what was hidden is mended, and what was read twice still counts twice.
        if (summed) {
            DATABASE.execute("UPDATE " + table + " SET moved = '2024-03-01T17:00Z' WHERE id = 2000");
            assertThat(windrow("run", file).exit()).isZero();
            assertThat(statuses(windows(file, ExitCode.DIFFERENT))).contains("2024-03-01T03:00 12/11 late 2 count differs");
            assertThat(windrow("ledger", "--windows", file).out()).contains("1 rows more", "are read again and count twice");
        }
    }

    /** No key changes as rows are read, so every row is read once, and both sides add the keys up to the same. */
    @ParameterizedTest
    @ValueSource(ints = {14, 18})
    void keysAreSummedUpByTheSourceAsTheyAreRead(int version) throws IOException {
        PostgresDatabase database = version == 14 ? OLD : DATABASE;
        String text = "repeat(chr(i + 300), i) || '\"x'";
        String uuid = "md5(i::text)::uuid";
        String whole = "(i - 50)::bigint * 92233720368547758";
        for (List<String> key : List.of(
                List.of("summed_text", "text", text, "complete"),
                List.of("summed_uuid", "uuid", uuid, "complete"),
                List.of("summed_fixed", "char(9)", "'a' || i", "not proven"),
                List.of("summed_numeric", "numeric(9)", "i", "not proven"))) {
            read(database, key.get(0), "id " + key.get(1) + " PRIMARY KEY", key.get(2), key.get(3));
        }
        read(database, "summed_together", "t varchar(200), w bigint, s smallint, u uuid, PRIMARY KEY (w, u, t, s)",
                text + ", " + whole + ", -i, " + uuid, "complete");
    }

    private void read(PostgresDatabase database, String table, String key, String values, String status) throws IOException {
        String rows = "INSERT INTO " + table + " SELECT '2024-03-01T00:00Z'::timestamptz + i * interval '6 minutes', " + values;
        database.execute(
                "CREATE TABLE " + table + " (at timestamptz, " + key + ")", rows + " FROM generate_series(0, 49) i");
        Path file = pipeline(table, "mode: incremental, guarantee: proven", "{field: at}", "");
        Files.writeString(file, Files.readString(file).replace(DATABASE.url(), database.url()));
        assertThat(windrow("run", file).exit()).isZero();
        assertThat(statuses(windows(file, ExitCode.OK))).as(table).contains("2024-03-01T03:00 10/10 late 0 complete");
        database.execute(rows + " FROM generate_series(50, 99) i");
        assertThat(windrow("run", file).exit()).isZero();
        assertThat(statuses(windows(file, null))).as(table).contains(
                "2024-03-01T03:00 10/10 late 0 " + status, "2024-03-01T07:00 10/10 late 0 " + status);
    }

    /** Ranges of the key may be of different moments: a row whose key grew between them is read under both. */
    @Test
    void aKeyThatChangedBetweenTwoRangesHidesNoRow() throws IOException {
        events("ranged");
        Path file = pipeline("ranged", "mode: snapshot, consistency: per_range", "{field: at}", "run: {epoch_rows: 20}\n");
        assertThat(windrow("run", "--limit", "40", file).exit()).isIn(ExitCode.OK.value(), ExitCode.STOPPED.value());
        // Both happened between eight and nine.
        DATABASE.execute("UPDATE ranged SET id = 5000 WHERE id = 5", "UPDATE ranged SET id = -1 WHERE id = 86");
        assertThat(windrow("run", file).exit()).isZero();
        assertThat(lines("ranged")).hasSize(100).noneMatch(line -> line.contains("\"id\":-1,"));
        assertThat(statuses(windows(file, ExitCode.UNDECIDED))).contains(
                "2024-03-01T08:00 10/10 late 0 not proven", "2024-03-01T07:00 10/10 late 0 complete");
        assertThat(windrow("ledger", "--windows", file).out()).contains("but not the same: they may have changed there since");
    }

    /** All files of the target, as text. */
    private String wholeOutput(String table) throws IOException {
        StringBuilder whole = new StringBuilder();
        try (Stream<Path> files = Files.walk(folder.resolve("out-" + table))) {
            for (Path path : files.filter(Files::isRegularFile).toList()) {
                whole.append(Files.readString(path));
            }
        }
        return whole.toString();
    }

    private void refused(String watermark, String policies, String... texts) throws IOException {
        Path file = pipeline("refused", "mode: snapshot", watermark, policies);
        Invoked run = windrow("run", file);
        assertThat(run.exit()).as(run.whole()).isEqualTo(ExitCode.USER.value());
        assertThat(run.whole()).contains(texts).contains("refused.yaml:");
    }

    private static void events(String table) {
        DATABASE.execute(
                "CREATE TABLE " + table + " (id int PRIMARY KEY, at timestamptz)",
                "INSERT INTO " + table + " SELECT i, '2024-03-01T00:00Z'::timestamptz + ((i * 37) % 100) * interval '6 minutes' "
                        + "FROM generate_series(0, 99) i");
    }

    /** The one stream of {@code ledger --windows}. */
    private static Map<String, @Nullable Object> windows(Path file, @Nullable ExitCode expected) {
        Invoked shown = windrow("--json", "ledger", "--windows", file);
        if (expected != null) {
            assertThat(shown.exit()).as(shown.whole()).isEqualTo(expected.value());
        }
        @SuppressWarnings("unchecked")
        List<Map<String, @Nullable Object>> streams =
                (List<Map<String, @Nullable Object>>) shown.json().getFirst().get("streams");
        return java.util.Objects.requireNonNull(streams).getFirst();
    }

    private static List<String> statuses(Map<String, @Nullable Object> stream) {
        @SuppressWarnings("unchecked")
        List<Map<String, @Nullable Object>> windows = (List<Map<String, @Nullable Object>>) stream.get("windows");
        List<String> statuses = new ArrayList<>();
        for (Map<String, @Nullable Object> window : java.util.Objects.requireNonNull(windows)) {
            statuses.add(window.get("start") + " " + window.get("rows") + "/" + window.get("source_rows") + " late "
                    + window.get("late_rows") + " " + window.get("status"));
        }
        return statuses;
    }

    private List<String> lines(String table) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder.resolve("out-" + table))) {
            for (Path path : files.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
                lines.addAll(Files.readAllLines(path));
            }
        }
        return lines;
    }

    private Path pipeline(String table, String read, String watermark, String policies) throws IOException {
        return Files.writeString(folder.resolve(table + ".yaml"), """
                pipeline: %s
                source:
                  postgres:
                    url: '%s'
                    batch_rows: %d
                    split_size: 64KiB
                    streams: [{table: public.%s, %s}]
                sink: {files: {path: ./out-%s, format: jsonl}}
                watermark: {public.%s: %s}
                %s""".formatted(table, DATABASE.url(), batchRows, table, read, table, table, watermark, policies));
    }
}
