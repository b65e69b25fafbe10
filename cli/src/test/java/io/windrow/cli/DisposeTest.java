package io.windrow.cli;

import static io.windrow.cli.Invoked.windrow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.context.Failpoints;
import io.windrow.api.context.Notices;
import io.windrow.api.error.WindrowException;
import io.windrow.api.sink.Sink;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.dispose.DisposalRecord;
import io.windrow.core.dispose.DisposeError;
import io.windrow.core.dispose.Disposer;
import io.windrow.core.dispose.Grounds;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.plan.Plan;
import io.windrow.core.plan.Planner;
import io.windrow.core.quarantine.QuarantineDisposal;
import io.windrow.core.registry.Registry;
import io.windrow.core.spec.PipelineFiles;
import io.windrow.runner.local.LocalRunner;
import io.windrow.runner.local.RunOptions;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What has been kept long enough goes, with its key and a record, wherever the disposal dies; nothing else does. */
@Tag("server")
class DisposeTest {
    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    private static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    private static final String INCREMENTAL = "mode: incremental, guarantee: proven";
    private static final Duration LATER = Duration.ofDays(400);

    @TempDir
    Path folder;

    /** What a test throws where the process would die. */
    private static final class Died extends Error {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void nothingIsDueBeforeItsTimeAndNothingIsDeletedWithoutApply() throws IOException {
        Path file = delivered("early", INCREMENTAL, "");
        List<Path> before = files(folder.resolve("out"));
        assertThat(windrow("dispose", file).out()).contains("Nothing is due");
        assertThat(windrow("dispose", "--apply", file).out()).contains("Nothing is due");
        DisposalRecord due = at(file, LATER, Failpoints.NONE, (disposer, lease) -> disposer.due());
        assertThat(due.delivered()).hasSize(1);
        assertThat(due.setAside()).hasSize(1);
        assertThat(due.keys()).hasSize(2);
        assertThat(files(folder.resolve("out"))).isEqualTo(before);
        assertThat(windrow("ledger", file, "--json").json().getFirst().get("disposals")).isEqualTo(List.of());
    }

    @Test
    void filesGoWithTheirKeyWhichIsInNoFileOfTheStateStoreAnyMore() throws IOException {
        Path file = delivered("gone", INCREMENTAL, "");
        Path copy = Files.copy(data().getFirst(), folder.resolve("backup.parquet.enc"));
        List<String> wrapped = wrapped(file);
        assertThat(wrapped).hasSize(2).allSatisfy(key -> assertThat(inState(key)).isTrue());

        List<DisposalRecord> done = apply(file);
        assertThat(done).hasSize(1);
        assertThat(done.getFirst().delivered().getFirst().files()).allMatch(one -> one.sha256().length() == 64);
        assertThat(data()).isEmpty();
        assertThat(files(folder.resolve("quarantine"))).allMatch(path -> path.toString().endsWith(".json"));
        assertThat(wrapped).noneSatisfy(key -> assertThat(inState(key)).isTrue());
        assertThat(wrapped(file)).isEmpty();

        Invoked refused = windrow("decrypt", file, copy, "--to", folder.resolve("plain"));
        assertThat(refused.exit()).isNotZero();
        assertThat(refused.whole()).contains("seal.data_key_destroyed");

        String id = done.getFirst().id();
        assertThat(windrow("ledger", file).out()).contains("disposal " + id, "done: commits 1, files of rows set aside 1, ledger entries rolled up 0, data keys 2");
        // Under an ending that no glob for data takes.
        assertThat(files(folder.resolve("out/.windrow/public.gone/disposals"))).singleElement().satisfies(
                record -> assertThat(record).hasFileName(id + ".disposal"),
                record -> assertThat(DisposalRecord.parse(Files.readString(record))).isEqualTo(done.getFirst()));
        assertThat(files(folder.resolve("quarantine"))).hasSize(1);

        Invoked verified = windrow("verify", "--files", file);
        assertThat(verified.exit()).as(verified.whole()).isZero();
        assertThat(verified.out()).contains("disposed").doesNotContain("missing");
        Invoked compared = windrow("verify", file);
        assertThat(compared.exit()).as(compared.whole()).isEqualTo(ExitCode.UNDECIDED.value());
        assertThat(compared.out()).contains("1 commit was disposed of").doesNotContain("missing at the target");

        DATABASE.execute("INSERT INTO gone SELECT i, 'new ' || i FROM generate_series(601, 700) i");
        ok(windrow("run", file));
        assertThat(data()).isNotEmpty();
        ok(windrow("verify", "--files", file));
        assertThat(apply(file)).hasSize(1);
        assertThat(apply(file)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "dispose.after_intent, false", "dispose.after_manifest, false", "dispose.after_file, false",
        "dispose.after_commit, false", "dispose.after_set_aside, false", "dispose.after_shred, false",
        "dispose.before_done, false",
        "dispose.after_intent, true", "dispose.after_commit, true", "dispose.after_shred, true"
    })
    void aDisposalThatDiesIsFinishedByTheNextAndARunInBetweenLosesNothing(String failpoint, boolean runBetween)
            throws IOException {
        Path file = delivered("killed", INCREMENTAL, "");
        assertThatThrownBy(() -> at(file, LATER, new DyingAt(failpoint), Disposer::apply))
                .isInstanceOf(Died.class);
        assertThat(windrow("ledger", file).out()).contains("intended");
        assertThat(windrow("verify", "--files", file).out()).doesNotContain("missing  ");
        if (runBetween) {
            DATABASE.execute("INSERT INTO killed SELECT i, 'between ' || i FROM generate_series(601, 700) i");
            ok(windrow("run", file));
        }

        // A moment after the first one decided, when the files of a run in between are not due.
        List<DisposalRecord> done = at(file, Duration.ofDays(runBetween ? 0 : 400), Failpoints.NONE, Disposer::apply);
        assertThat(done).hasSize(1).allMatch(record -> record.status() == DisposalRecord.Status.DONE);
        assertThat(data()).hasSize(runBetween ? 1 : 0);
        assertThat(windrow("ledger", file).out()).contains("done").doesNotContain("intended");
        ok(windrow("verify", "--files", file));
        assertThat(wrapped(file)).hasSize(runBetween ? 1 : 0);
        DATABASE.execute("DROP TABLE killed");
    }

    @Test
    void ofAReplacedStreamOnlyWhatWasReplacedGoes() throws IOException {
        Path file = delivered("replaced", "mode: snapshot", "");
        ok(windrow("run", file));
        assertThat(data()).hasSize(2);
        List<DisposalRecord> done = apply(file);
        assertThat(done.getFirst().delivered()).singleElement()
                .satisfies(one -> assertThat(one.identity().generation()).isEqualTo(1));
        assertThat(data()).hasSize(1);
        // The live generation was written with the same key, which therefore stays.
        assertThat(done.getFirst().keys()).noneMatch(key -> key.use() == io.windrow.api.context.Sealing.Use.DELIVERED);
        ok(windrow("verify", "--files", file));
        ok(windrow("verify", file));
        assertThat(windrow("verify", file).out()).doesNotContain("disposed of");
    }

    /** The source has them still, and nothing at the target says that they are not to come back. */
    @Test
    void aReplayNeverDeliversAgainWhatWasDisposedOf() throws IOException {
        Path file = delivered("back", INCREMENTAL, "");
        assertThatThrownBy(() -> at(file, LATER, new DyingAt("dispose.after_intent"), Disposer::apply))
                .isInstanceOf(Died.class);
        Invoked begun = windrow("replay", file, "--from", "1", "--apply");
        assertThat(begun.whole()).contains("replay.disposed", "was begun and is not finished");
        assertThat(apply(file)).hasSize(1);

        Invoked dry = windrow("replay", file, "--from", "1", "--to", "600");
        assertThat(dry.exit()).as(dry.whole()).isZero();
        assertThat(dry.out()).contains("1 commit was disposed of, up to epoch 1", "--apply refuses this: replay.disposed",
                "nothing was changed, and --apply would refuse to");
        Invoked refused = windrow("replay", file, "--from", "1", "--to", "600", "--apply");
        assertThat(refused.exit()).isEqualTo(ExitCode.USER.value());
        assertThat(refused.whole()).contains("replay.disposed");
        assertThat(data()).isEmpty();

        // What is there can still be mended.
        DATABASE.execute("INSERT INTO back SELECT i, 'new ' || i FROM generate_series(601, 700) i");
        ok(windrow("run", file));
        DATABASE.execute("DELETE FROM back WHERE id = 650");
        ok(windrow("replay", file, "--from", "601", "--to", "700", "--apply"));
        ok(windrow("verify", "--files", file));
        // A delivery of everything begins anew: what was disposed of before it says nothing of it.
        ok(windrow("run", "--full-refresh", file));
        ok(windrow("replay", file, "--from", "1", "--to", "600", "--apply"));
    }

    @Test
    void aWindowOfEventTimeThatBeginsAfterWhatWasDisposedOfIsReplayed() throws IOException {
        Path file = delivered("timed", INCREMENTAL, "");
        Files.writeString(file, Files.readString(file)
                .replaceFirst("contract: .*\n", "watermark: {public.timed: {field: at}}\n")
                .replace(INCREMENTAL, "mode: incremental, cursor: at").replace("dispose-timed", "timed").replace("./out", "./timed"));
        DATABASE.execute("DROP TABLE timed", "CREATE TABLE timed (id int PRIMARY KEY, at timestamptz NOT NULL)",
                "INSERT INTO timed SELECT i, '2026-01-01 00:00:00+00'::timestamptz + i * interval '1 hour' FROM generate_series(1, 50) i");
        ok(windrow("run", file));
        assertThat(apply(file)).hasSize(1);
        for (int month = 6; month < 9; month++) {
            DATABASE.execute("INSERT INTO timed VALUES (" + month + "00, '2026-0" + month + "-01 00:00:00+00')");
            ok(windrow("run", file));
        }
        DATABASE.execute("INSERT INTO timed VALUES (9000, '2026-06-02 00:00:00+00'), (9001, '2026-01-02 00:30:00+00')");
        ok(windrow("run", file));

        Invoked early = windrow("replay", file, "--from", "2026-01-02", "--apply");
        assertThat(early.whole()).contains("replay.disposed", "a window of at may begin after 2026-01-03T02:00:00Z");
        Invoked late = windrow("--json", "replay", file, "--from", "2026-01-03 02:00:01+00", "--apply");
        assertThat(late.exit()).as(late.whole()).isZero();
        assertThat(late.out()).contains("\"added\" : 1");
        ok(windrow("verify", "--files", file));
    }

    @Test
    void whatASampleDeliveredHasAPeriodOfItsOwn() throws IOException {
        Path file = delivered("sampled", INCREMENTAL, ", samples: 7d");
        String whole = Files.readString(file);
        Files.writeString(file, whole + "sample: {public.sampled: {percent: 50}}\n");
        DATABASE.execute("INSERT INTO sampled SELECT i, 'new ' || i FROM generate_series(601, 700) i");
        ok(windrow("run", file));
        List<DisposalRecord> week = at(file, Duration.ofDays(8), Failpoints.NONE, Disposer::apply);
        assertThat(week).singleElement().satisfies(record -> assertThat(record.delivered()).singleElement()
                .satisfies(one -> assertThat(one.identity().epoch()).isEqualTo(2)));
        assertThat(data()).hasSize(1);
        ok(windrow("verify", "--files", file));
        // Whether a commit holds a sample is told by its ledger entry, not by what the file says now.
        Files.writeString(file, whole);
        assertThat(apply(file)).hasSize(1);
        assertThat(data()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "dispose.after_intent", "dispose.after_roll_up_beside", "dispose.after_roll_up", "dispose.before_done"})
    void oldLedgerEntriesBecomeOneThatHoldsTheirSumsWhereverItDies(String failpoint) throws IOException {
        Path file = delivered("rolled", INCREMENTAL, ", checkpoints: 60d");
        for (int i = 0; i < 3; i++) {
            DATABASE.execute("INSERT INTO rolled VALUES (" + (1000 + i) + ", 'later')");
            ok(windrow("run", file));
        }
        Duration later = Duration.ofDays(100);
        if (!failpoint.isEmpty()) {
            assertThatThrownBy(() -> at(file, later, new DyingAt(failpoint), Disposer::apply)).isInstanceOf(Died.class);
        }
        List<LedgerEntry> before = failpoint.isEmpty() ? ledger(file) : List.of();
        DisposalRecord done = at(file, later, Failpoints.NONE, Disposer::apply).getFirst();
        assertThat(done.checkpoints()).singleElement().satisfies(one -> {
            assertThat(one.first()).isEqualTo(1);
            assertThat(one.last()).isEqualTo(3);
            assertThat(one.entries()).isEqualTo(3);
        });
        List<LedgerEntry> after = ledger(file);
        assertThat(after).extracting(LedgerEntry::epoch).containsExactly(4L, 3L);
        assertThat(after.getLast().account().written()).isEqualTo(601);
        assertThat(after.getLast().account().quarantined()).isEqualTo(1);
        assertThat(after.getLast().hashOut().toString()).isEqualTo(done.checkpoints().getFirst().hash());
        if (!before.isEmpty()) {
            assertThat(after.getLast().bytes()).isEqualTo(before.stream().skip(1).mapToLong(LedgerEntry::bytes).sum());
        }
        assertThat(windrow("ledger", file).out()).contains("1-3", "ledger entries rolled up 3");
        ok(windrow("verify", file));
        ok(windrow("verify", "--files", file));
        ok(windrow("replay", file, "--from", "1"));
        assertThat(at(file, later, Failpoints.NONE, Disposer::apply)).isEmpty();
        // What an entry stands for is known to be committed by it.
        assertThat(apply(file).getFirst().delivered()).hasSize(4);
        assertThat(data()).isEmpty();
        DATABASE.execute("DROP TABLE rolled");
    }

    /** Else a sum, which is as old as the newest epoch in it, would say that they are never due. */
    @Test
    void anEntryIsNotRolledUpWhileTheRowsThatItsEpochSetAsideAreStillThere() throws IOException {
        Path file = delivered("waiting", INCREMENTAL, ", checkpoints: 30d");
        Files.writeString(file, Files.readString(file).replace("quarantine: 30d", "quarantine: 90d"));
        for (String row : List.of("(1000, NULL)", "(1001, 'good')", "(1002, 'good')", "(1003, 'good')")) {
            DATABASE.execute("INSERT INTO waiting VALUES " + row);
            ok(windrow("run", file));
        }
        assertThat(at(file, Duration.ofDays(40), Failpoints.NONE, Disposer::apply)).singleElement().satisfies(early -> {
            assertThat(early.setAside()).isEmpty();
            assertThat(early.checkpoints()).singleElement().satisfies(one -> {
                assertThat(one.first()).isEqualTo(3);
                assertThat(one.last()).isEqualTo(4);
            });
        });
        assertThat(at(file, Duration.ofDays(40), Failpoints.NONE, Disposer::apply)).isEmpty();
        assertThat(at(file, Duration.ofDays(100), Failpoints.NONE, Disposer::apply)).singleElement().satisfies(later -> {
            assertThat(later.setAside()).hasSize(2).allMatch(one -> one.rows() == 1);
            assertThat(later.checkpoints()).singleElement().satisfies(one -> assertThat(one.first()).isEqualTo(1));
        });
        assertThat(files(folder.resolve("quarantine"))).allMatch(path -> path.toString().endsWith(".json"));
        assertThat(ledger(file)).extracting(LedgerEntry::epoch).containsExactly(5L, 4L);
    }

    @Test
    void entriesAreRolledUpAlthoughRowsThatAreKeptForEverAreStillThereAndTheseGoOnceATimeIsGiven() throws IOException {
        Path file = delivered("forever", INCREMENTAL, ", checkpoints: 30d");
        String whole = Files.readString(file);
        Files.writeString(file, whole.replace(", quarantine: 30d", ""));
        for (String row : List.of("(1000, NULL)", "(1001, 'good')", "(1002, 'good')")) {
            DATABASE.execute("INSERT INTO forever VALUES " + row);
            ok(windrow("run", file));
        }
        assertThat(at(file, Duration.ofDays(40), Failpoints.NONE, Disposer::apply)).singleElement()
                .satisfies(done -> assertThat(done.checkpoints()).singleElement()
                        .satisfies(one -> assertThat(one.entries()).isEqualTo(3)));
        assertThat(windrow("quarantine", "list", file).out()).contains("2 rows set aside");
        Files.writeString(file, whole);
        assertThat(at(file, Duration.ofDays(40), Failpoints.NONE, Disposer::apply)).singleElement()
                .satisfies(done -> assertThat(done.setAside()).hasSize(2));
        assertThat(windrow("quarantine", "list", file).out()).contains("No row is set aside");
    }

    @Test
    void aReplayDoesNotSetRowsAsideAgainWhoseTimeInQuarantineIsOver() throws IOException {
        Path file = delivered("elapsed", INCREMENTAL, "");
        assertThat(at(file, Duration.ofDays(40), Failpoints.NONE, Disposer::apply)).singleElement()
                .satisfies(record -> assertThat(record.setAside()).hasSize(1));
        DATABASE.execute("DELETE FROM elapsed WHERE id = 595");
        Invoked replay = windrow("--json", "replay", file, "--from", "590", "--to", "700", "--apply");
        assertThat(replay.exit()).as(replay.whole()).isZero();
        assertThat(replay.out()).contains("\"missing\" : 1", "\"set_aside\" : 1");
        assertThat(windrow("quarantine", "list", file).out()).contains("No row is set aside");
        ok(windrow("verify", "--files", file));
    }

    private static List<LedgerEntry> ledger(Path file) {
        Plan plan = plan(file);
        try (StateStore store = Stores.open(plan.spec())) {
            return store.ledger(plan.spec().pipeline(), java.util.Optional.empty(), 100).stream().map(LedgerEntry::parse).toList();
        }
    }

    @Test
    void aStreamOnHoldStaysWhole() throws IOException {
        Path file = delivered("held", INCREMENTAL, ", hold: [public.held]");
        assertThat(apply(file)).isEmpty();
        assertThat(data()).hasSize(1);
        String held = Files.readString(file);
        for (String misspelt : List.of("hold: [public.heldd]", "hold: [held]", "streams: {public.heldd: 1d}")) {
            Files.writeString(file, held.replace("hold: [public.held]", misspelt));
            for (List<Object> command : List.of(List.<Object>of("run", file), List.<Object>of("dispose", file), List.<Object>of("dispose", "--apply", file))) {
                Invoked refused = windrow(command.toArray());
                assertThat(refused.exit()).as(refused.whole()).isEqualTo(ExitCode.USER.value());
                assertThat(refused.whole()).contains("plan.unknown_stream", "public.held");
            }
        }
        assertThat(data()).hasSize(1);
        assertThat(wrapped(file)).hasSize(2);
    }

    /** Neither by what people ask for nor by what a run sweeps. */
    @Test
    void nothingOfAStreamOnHoldIsDeletedByAnyCommand() throws IOException {
        Path file = delivered("kept", INCREMENTAL, ", hold: [public.kept]");
        Path first = data().getFirst();
        byte[] bytes = Files.readAllBytes(first);
        List<Path> aside = files(folder.resolve("quarantine"));
        for (List<Object> command : List.of(
                List.<Object>of("quarantine", "discard", "--yes", file), List.<Object>of("quarantine", "replay", "--apply", file))) {
            Invoked refused = windrow(command.toArray());
            assertThat(refused.exit()).as(refused.whole()).isEqualTo(ExitCode.USER.value());
            assertThat(refused.whole()).contains(".held", "legal hold");
        }
        assertThat(windrow("quarantine", "replay", file).out()).contains("--apply refuses this: replay.held");
        assertThat(files(folder.resolve("quarantine"))).isEqualTo(aside);

        DATABASE.execute("DELETE FROM kept WHERE id = 7");
        ok(windrow("replay", "--by", "id", "--from", "1", "--to", "100", "--apply", file));
        assertThat(first).as("readers see the replay's file alone").doesNotExist();
        assertThat(files(folder.resolve("out/.windrow/public.kept/held"))).singleElement()
                .satisfies(kept -> assertThat(kept).hasBinaryContent(bytes));
        ok(windrow("verify", "--files", file));

        Path replaced = delivered("swept", "mode: snapshot", ", hold: [public.swept]");
        String held = Files.readString(replaced).replace("path: ./out", "path: ./out, grace: 0s");
        Files.writeString(replaced, held);
        for (int generation = 2; generation <= 5; generation++) {
            ok(windrow("run", "--full-refresh", replaced));
        }
        Path generations = folder.resolve("out/.windrow/public.swept/generations");
        assertThat(files(generations)).hasSize(5);
        Files.writeString(replaced, held.replace(", hold: [public.swept]", ""));
        ok(windrow("run", replaced));
        assertThat(files(generations)).as("the one that readers see and the one before").hasSize(2);
    }

    @Test
    @Tag("G16")
    void aClockThatTheLedgerSpeaksAgainstDisposesOfNothing() throws IOException {
        Path file = delivered("clocked", INCREMENTAL, "");
        for (Duration jump : List.of(Duration.ofDays(-2), Duration.ofDays(800))) {
            assertThatThrownBy(() -> at(file, jump, Failpoints.NONE, Disposer::apply)).isInstanceOfSatisfying(
                    WindrowException.class, error -> assertThat(error.errorCode()).isEqualTo(DisposeError.CLOCK));
            assertThat(data()).hasSize(1);
            assertThat(wrapped(file)).hasSize(2);
        }
        DisposalRecord believed = at(file, Duration.ofDays(800), Failpoints.NONE, (disposer, lease) -> disposer.withClockChecked().due());
        assertThat(believed.delivered()).hasSize(1);
        ok(windrow("dispose", "--clock-checked", file));
    }

    /** A machine whose clock has jumped asks the server of its state store. */
    @Test
    @Tag("G16")
    void theClockOfTheStateStoresServerSaysWhatIsDue() throws IOException {
        String state = DATABASE.jdbcUrl();
        Path file = delivered("served", INCREMENTAL, "}\nrun: {state: '" + state + "'");
        DisposalRecord due = at(file, LATER, Failpoints.NONE, (disposer, lease) -> disposer.due());
        assertThat(due.isEmpty()).isTrue();
        assertThat(due.at()).isBefore(java.time.Instant.now().plus(Duration.ofDays(1)));
    }

    @Test
    void aReplayDoesNotMakeItsRowsYounger() throws IOException {
        Path file = delivered("aged", INCREMENTAL, "");
        Path manifests = folder.resolve("out/.windrow/public.aged/manifests");
        String first = committed(files(manifests).getFirst());
        DATABASE.execute("DELETE FROM aged WHERE id = 7");
        ok(windrow("replay", "--by", "id", "--from", "1", "--to", "100", "--apply", file));
        assertThat(files(manifests)).hasSize(2)
                .allSatisfy(manifest -> assertThat(committed(manifest)).isEqualTo(first));
    }

    private static String committed(Path manifest) throws IOException {
        return Files.readString(manifest).replaceFirst("(?s).*\"at\":\"([^\"]+)\".*", "$1");
    }

    /** The hold came between the decision and its end: nothing more of the stream goes until it is lifted. */
    @Test
    void aHoldSparesWhatAnEarlierDisposalDecided() throws IOException {
        Path file = delivered("decided", INCREMENTAL, "");
        assertThatThrownBy(() -> at(file, LATER, new DyingAt("dispose.after_intent"), Disposer::apply))
                .isInstanceOf(Died.class);
        String free = Files.readString(file);
        Files.writeString(file, free.replace("retention: {", "retention: {hold: [public.decided], "));
        Invoked dry = windrow("dispose", file);
        ok(dry);
        assertThat(dry.out()).contains("[public.decided] was decided and not finished");
        Invoked spared = windrow("dispose", "--apply", file);
        ok(spared);
        assertThat(spared.out()).contains("it is on hold", "Nothing is due");
        assertThat(windrow("--json", "dispose", file).out()).contains("\"intended\" : [ {", "INTENDED");
        assertThat(data()).hasSize(1);
        assertThat(wrapped(file)).hasSize(2);
        Files.writeString(file, free);
        assertThat(at(file, LATER, Failpoints.NONE, Disposer::apply)).isNotEmpty();
        assertThat(data()).isEmpty();
        assertThat(windrow("dispose", file).out()).doesNotContain("not finished");
    }

    /** No mount, a moved folder and a wrong path look like nothing that is left, of which no key would be needed. */
    @Test
    void whereWhatWasDeliveredIsNotThereNothingIsDeletedAndNoKeyDestroyed() throws IOException {
        Path file = delivered("away", INCREMENTAL, "");
        for (String place : List.of("out", "quarantine")) {
            Path away = Files.move(folder.resolve(place), folder.resolve("away"));
            List<Path> before = files(folder.resolve("away"));
            for (Invoked refused : List.of(windrow("dispose", file), windrow("dispose", "--apply", file))) {
                assertThat(refused.exit()).as(refused.whole()).isEqualTo(ExitCode.EXTERNAL.value());
                assertThat(refused.whole()).contains("dispose.target_missing", "public.away");
            }
            assertThatThrownBy(() -> apply(file)).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(DisposeError.TARGET_MISSING));
            assertThat(files(away)).isEqualTo(before).isNotEmpty();
            assertThat(wrapped(file)).hasSize(2);
            Files.move(away, folder.resolve(place));
        }
        // Nor what an earlier process began.
        assertThatThrownBy(() -> at(file, LATER, new DyingAt("dispose.after_commit"), Disposer::apply)).isInstanceOf(Died.class);
        Path away = Files.move(folder.resolve("quarantine"), folder.resolve("away"));
        assertThatThrownBy(() -> apply(file)).isInstanceOfSatisfying(
                WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(DisposeError.TARGET_MISSING));
        assertThat(wrapped(file)).hasSize(2);
        Files.move(away, folder.resolve("quarantine"));
        assertThat(apply(file)).hasSize(1);
        ok(windrow("verify", "--files", file));
    }

    @Test
    void anEpochThatIsNotSettledHoldsEverything() throws IOException {
        Path file = delivered("unsettled", INCREMENTAL, "");
        DATABASE.execute("INSERT INTO unsettled SELECT i, 'more ' || i FROM generate_series(601, 700) i");
        Plan plan = plan(file);
        try (StateStore store = Stores.open(plan.spec());
                ProcessContext context = context(plan, Duration.ZERO, new DyingAt("run.after_save_prepared"))) {
            assertThatThrownBy(() -> new LocalRunner(store, context, event -> {}).run(plan, RunOptions.NONE))
                    .isInstanceOf(Died.class);
        }
        assertThatThrownBy(() -> apply(file)).isInstanceOfSatisfying(
                WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(DisposeError.UNDECIDED));
        assertThat(data()).hasSize(1);
        ok(windrow("run", file));
        assertThat(apply(file)).hasSize(1);
    }

    @Test
    void aFolderThatWasReplacedByALinkOutOfTheRootIsNotFollowed() throws IOException {
        Path file = delivered("linked", INCREMENTAL, "");
        Path elsewhere = folder.resolve("elsewhere");
        Files.move(folder.resolve("out/public.linked"), elsewhere);
        Files.createSymbolicLink(folder.resolve("out/public.linked"), elsewhere);
        List<Path> before = files(elsewhere);
        assertThatThrownBy(() -> apply(file)).isInstanceOfSatisfying(
                WindrowException.class, e -> assertThat(e.errorCode().code()).isEqualTo("files.path_escapes"));
        assertThat(files(elsewhere)).isEqualTo(before).isNotEmpty();
        assertThat(wrapped(file)).hasSize(2);
    }

    @Test
    void withoutAPolicyNothingIsSaidAndNothingDone() throws IOException {
        Path file = delivered("silent", INCREMENTAL, "");
        Files.writeString(file, Files.readString(file).replaceFirst("retention: .*\n", ""));
        Invoked refused = windrow("dispose", "--apply", file);
        assertThat(refused.exit()).isEqualTo(ExitCode.USER.value());
        assertThat(refused.whole()).contains("dispose.no_policy");
    }

    /** Throws once, as a process dies: no handler of exceptions hears of it. */
    private static final class DyingAt implements Failpoints {
        private final String name;

        DyingAt(String name) {
            this.name = name;
        }

        @Override
        public void reach(String reached) {
            if (reached.equals(name)) {
                throw new Died();
            }
        }
    }

    private interface Work<T> {
        T run(Disposer disposer, Lease lease);
    }

    private static List<DisposalRecord> apply(Path file) {
        return at(file, LATER, Failpoints.NONE, Disposer::apply);
    }

    /** Does something as if it were so much later. */
    private static <T> T at(Path file, Duration later, Failpoints failpoints, Work<T> work) {
        Plan plan = plan(file);
        String pipeline = plan.spec().pipeline();
        try (StateStore store = Stores.open(plan.spec());
                ProcessContext context = context(plan, later, failpoints);
                Sink sink = plan.openSink(context.decrypting(plan, store))) {
            Lease lease = store.acquire(pipeline, "test", Duration.ofMinutes(1));
            try {
                return work.run(new Disposer(
                        new Grounds.Age(plan.spec().governance().retention().orElseThrow()), store, sink,
                        new QuarantineDisposal(plan.spec().quarantineFolder(), pipeline), context.decrypting(plan, store), "me"),
                        lease);
            } finally {
                store.release(lease);
            }
        }
    }

    private static ProcessContext context(Plan plan, Duration later, Failpoints failpoints) {
        try {
            return new ProcessContext(
                    plan.spec().pipeline(), Clock.offset(Clock.systemUTC(), later), new RootAllocator(),
                    Files.createTempDirectory("windrow-test-"), failpoints, Notices.IGNORE, use -> java.util.Optional.empty());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Plan plan(Path file) {
        Registry registry = Registry.load();
        return new Planner(registry).plan(PipelineFiles.of(registry).read(file));
    }

    /** The wrapped keys that the store holds. */
    private static List<String> wrapped(Path file) {
        Plan plan = plan(file);
        try (StateStore store = Stores.open(plan.spec())) {
            return io.windrow.core.seal.DataKeys.all(store, plan.spec().pipeline()).stream()
                    .map(io.windrow.core.seal.DataKey::wrapped)
                    .toList();
        }
    }

    private boolean inState(String text) throws IOException {
        for (Path path : files(folder.resolve(".windrow"))) {
            if (new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1).contains(text)) {
                return true;
            }
        }
        return false;
    }

    private static void ok(Invoked invoked) {
        assertThat(invoked.exit()).as(invoked.whole()).isZero();
    }

    /** 600 rows, the last of which is set aside; delivered once, everything encrypted. */
    private Path delivered(String table, String read, String retention) throws IOException {
        DATABASE.execute(
                "DROP TABLE IF EXISTS " + table,
                "CREATE TABLE " + table + " (id int PRIMARY KEY, name text)",
                "INSERT INTO " + table + " SELECT i, CASE WHEN i < 600 THEN 'row ' || i END FROM generate_series(1, 600) i");
        Path file = Files.writeString(folder.resolve("pipeline.yaml"), """
                pipeline: dispose-%1$s
                source:
                  postgres:
                    url: "%2$s"
                    streams: [{table: public.%1$s, %3$s}]
                sink:
                  files: {path: ./out}
                contract: {streams: {public.%1$s: {fields: [{field: name, not_null: true}]}}}
                encryption: {key: '%4$s'}
                retention: {files: 365d, quarantine: 30d%5$s}
                """.formatted(table, DATABASE.url(), read, KEY, retention));
        ok(windrow("run", file));
        return file;
    }

    private List<Path> data() throws IOException {
        return files(folder.resolve("out")).stream()
                .filter(path -> path.getFileName().toString().matches("g\\d+-e\\d+-t.*"))
                .toList();
    }

    private static List<Path> files(Path root) throws IOException {
        if (!Files.exists(root)) {
            return List.of();
        }
        List<Path> files = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(root)) {
            walk.filter(Files::isRegularFile).sorted().forEach(files::add);
        }
        return files;
    }
}
