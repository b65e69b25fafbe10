package io.windrow.runner.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.RowHash;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.observe.Outcome;
import io.windrow.core.observe.RunEvent;
import io.windrow.core.observe.RunResult;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class LocalRunnerTest {
    @TempDir
    Path folder;

    private Bench bench;

    @BeforeEach
    void open() {
        bench = new Bench(folder);
    }

    @AfterEach
    void everyBufferAndConnectionIsGivenBack() {
        assertThat(bench.upstream.connections).hasValue(0);
        assertThat(bench.target.connections).hasValue(0);
        bench.close();
    }

    @Test
    void severalStreamsArriveCompleteWithBalancedBooksAndEvents() {
        bench.stream("a", 12_345, ReadMode.SNAPSHOT, WriteMode.REPLACE)
                .stream("b", 777, ReadMode.SNAPSHOT, WriteMode.APPEND)
                .stream("c", 5_000, ReadMode.INCREMENTAL, WriteMode.APPEND);
        RunResult run = bench.run();
        assertThat(run.error()).isEmpty();
        assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(12_345));
        assertThat(bench.target.visible("b")).isEqualTo(Bench.numbers(777));
        assertThat(bench.target.visible("c")).isEqualTo(Bench.numbers(5_000));
        assertThat(bench.result(run, "a").account()).isEqualTo(Account.ofRead(12_345).plusWritten(12_345));
        assertThat(bench.result(run, "a").expectedRows()).isEqualTo(12_345);
        assertThat(bench.result(run, "a").evidence()).containsExactly("reached_position");
        assertThat(bench.events).hasAtLeastOneElementOfType(RunEvent.ProgressMade.class);
        assertThat(bench.events.getLast()).isInstanceOf(RunEvent.RunFinished.class);
    }

    @Test
    void aStreamThatWasDeliveredAndIsSelectedNoMoreIsNamed() {
        bench.stream("a", 10, ReadMode.SNAPSHOT, WriteMode.REPLACE).stream("gone", 20, ReadMode.SNAPSHOT, WriteMode.REPLACE);
        bench.run(new RunOptions(Set.of(StreamName.of("gone")), RunOptions.Refresh.CONTINUE, OptionalLong.empty()));
        bench.run(new RunOptions(Set.of(StreamName.of("a")), RunOptions.Refresh.CONTINUE, OptionalLong.empty()));
        assertThat(unselected()).as("it was not asked for, and it is there").isEmpty();
        bench.streams.removeIf(stream -> stream.stream().name().equals("gone"));
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(unselected()).singleElement().asString().contains("gone").contains("dropped or renamed");
        assertThat(bench.target.visible("gone")).isEqualTo(Bench.numbers(20));
    }

    private List<String> unselected() {
        return bench.events.stream()
                .filter(event -> event instanceof RunEvent.NoticeGiven notice && notice.code().equals("run.stream_unselected"))
                .map(Object::toString)
                .toList();
    }

    @Test
    void zeroRowsAreACompleteReadWithItsProofAndEmptyTheTargetInReplaceMode() {
        bench.stream("a", 10, ReadMode.SNAPSHOT, WriteMode.REPLACE);
        bench.run();
        bench.upstream.with("a", 0);
        RunResult run = bench.run();
        assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.result(run, "a").account()).isEqualTo(Account.ZERO);
        assertThat(bench.result(run, "a").epochs()).isEqualTo(1);
        assertThat(bench.target.visible("a")).isEmpty();
    }

    @Test
    @Tag("B27")
    void idleRunsOfAnIncrementalStreamDeliverNothingAndNewRowsArriveOnce() {
        bench.stream("c", 500, ReadMode.INCREMENTAL, WriteMode.APPEND);
        for (int i = 0; i < 3; i++) {
            assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        }
        assertThat(bench.target.visible("c")).isEqualTo(Bench.numbers(500));
        bench.upstream.with("c", 800);
        RunResult run = bench.run();
        assertThat(bench.result(run, "c").account().written()).isEqualTo(300);
        assertThat(bench.target.visible("c")).isEqualTo(Bench.numbers(800));
    }

    @Test
    void hashesAddUpToTheSameSumHoweverTheRowsAreCut() {
        bench.stream("a", 3_000, ReadMode.SNAPSHOT, WriteMode.REPLACE);
        bench.run();
        RowHash whole = sum(RunEvent.EpochCommitted.class);
        bench.events.clear();
        bench.epochRows = 400;
        bench.upstream.batchRows = 70;
        bench.upstream.splitRows = 333;
        RunResult run = bench.run();
        assertThat(bench.result(run, "a").epochs()).isGreaterThan(1);
        assertThat(sum(RunEvent.EpochCommitted.class)).isEqualTo(whole).isNotEqualTo(RowHash.ZERO);
    }

    private RowHash sum(Class<RunEvent.EpochCommitted> type) {
        return bench.events.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .map(RunEvent.EpochCommitted::entry)
                .peek(entry -> assertThat(entry.hashSource()).contains(entry.hashOut()))
                .map(LedgerEntry::hashOut)
                .reduce(RowHash.ZERO, RowHash::plus);
    }
}
