package io.windrow.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.context.CheckResult;
import io.windrow.api.context.Context;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Source;
import io.windrow.api.source.SourceTraits;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.StreamDescription;
import io.windrow.api.source.StreamRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.vector.FieldVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What every source that reads snapshots must do. A connector's test extends this class and answers four questions about
 * a stream that does not change while a test runs, has a key of one column, and is large enough for several batches.
 */
public abstract class SourceConformance {
    private static final long PATIENCE = Duration.ofMinutes(5).toNanos();

    /** The context that {@link #open} is given. */
    @RegisterExtension
    protected final TestContext context = new TestContext();

    /** A source on the system under test. Called several times a test. */
    protected abstract Source open(Context with);

    /** What the source says of itself. */
    protected abstract SourceTraits traits();

    /** The stream that is read. */
    protected abstract StreamName stream();

    /** The texts of all keys in the stream, as the system itself tells them. */
    protected abstract List<String> keys();

    @Test
    void theCheckPassesAndDiscoveryNamesTheStreamWithItsKeyAndModes() {
        try (Source source = open(context)) {
            assertThat(source.check()).isNotEmpty().noneMatch(result -> result.outcome() == CheckResult.Outcome.FAILED);
            List<StreamDescription> found = source.discover();
            assertThat(found).filteredOn(one -> one.schema().stream().equals(stream())).hasSize(1).allSatisfy(one -> {
                assertThat(one.schema().key()).hasSize(1);
                assertThat(traits().modes()).containsAll(one.modes());
            });
        }
    }

    @Test
    void everyRowIsReadOnceWithBalancedBooksAndAProvenEnd() {
        try (Source source = open(context); SplitPlanner planner = plan(source, 1, Optional.empty())) {
            assertThat(planner.plans()).containsKey(stream());
            assertThat(planner.refusals()).isEmpty();
            List<String> read = readAll(source, planner);
            assertThat(read).containsExactlyInAnyOrderElementsOf(keys());
            assertThat(planner.ended(stream())).isTrue();
            assertThat(planner.finished()).isTrue();
            planner.acknowledge(stream(), planner.state(stream()));
            planner.keepAlive();
        }
    }

    @Test
    void splitsHaveTheirOwnIdsAndThereAreSeveralOnlyIfTheSourceSaysSo() {
        try (Source source = open(context); SplitPlanner planner = plan(source, 1, Optional.empty())) {
            Set<String> ids = new HashSet<>();
            int count = 0;
            for (List<SplitPlanner.Assignment> next = planner.next(4); !next.isEmpty(); next = planner.next(4)) {
                for (SplitPlanner.Assignment assignment : next) {
                    ids.add(assignment.split().id());
                    count++;
                    assertThat(assignment.split().stream()).isEqualTo(stream());
                }
            }
            assertThat(ids).hasSize(count);
            if (!traits().splittable()) {
                assertThat(count).isEqualTo(1);
            }
            assertThat(planner.finished()).isFalse();
        }
    }

    @Test
    void aSplitGoesOnFromThePositionOfItsLastBatch() {
        assumeTrue(traits().replay() == SourceTraits.Replay.POSITION, "the source does not replay from a position");
        try (Source source = open(context); SplitPlanner planner = plan(source, 1, Optional.empty())) {
            List<String> read = new ArrayList<>();
            Set<String> cut = new HashSet<>();
            for (List<SplitPlanner.Assignment> next = planner.next(1); !next.isEmpty(); next = planner.next(1)) {
                SplitPlanner.Assignment assignment = next.getFirst();
                boolean first = cut.add(assignment.split().id());
                Optional<Position> stopped = read(source, planner, assignment, read, first ? 1 : Integer.MAX_VALUE);
                if (stopped.isPresent()) {
                    planner.giveBack(assignment.split(), stopped);
                }
            }
            assertThat(read).containsExactlyInAnyOrderElementsOf(keys());
            assertThat(planner.finished()).isTrue();
        }
    }

    @Test
    void whatIsNotAcknowledgedIsReadAgain() {
        assumeTrue(traits().replay() == SourceTraits.Replay.POSITION, "the source does not replay from a position");
        try (Source source = open(context); SplitPlanner planner = plan(source, 1, Optional.empty())) {
            SplitPlanner.Assignment first = planner.next(1).getFirst();
            List<String> lost = new ArrayList<>();
            boolean halfway = read(source, planner, first, lost, 1).isPresent();
            if (halfway) {
                planner.giveBack(first.split(), first.from());
                lost.clear();
            }
            lost.addAll(readAll(source, planner));
            assertThat(lost).containsExactlyInAnyOrderElementsOf(keys());
        }
    }

    @Test
    void aLaterRunGoesOnFromTheSavedStateOrAsksForANewGeneration() {
        List<String> read = new ArrayList<>();
        PlannerState saved;
        try (Source source = open(context); SplitPlanner planner = plan(source, 1, Optional.empty())) {
            List<SplitPlanner.Assignment> next = planner.next(1);
            read(source, planner, next.getFirst(), read, Integer.MAX_VALUE);
            saved = planner.state(stream());
            if (planner.finished()) {
                return;
            }
        }
        try (Source source = open(context); SplitPlanner planner = plan(source, 1, Optional.of(saved))) {
            if (planner.plans().get(stream()).restart().isPresent()) {
                planner.restart(stream(), 2);
                read.clear();
            }
            read.addAll(readAll(source, planner));
            assertThat(read).containsExactlyInAnyOrderElementsOf(keys());
        }
    }

    @Test
    void aReaderReturnsByItsDeadlineWakesUpAndFreesEverythingWhenItIsClosedHalfway() {
        try (Source source = open(context); SplitPlanner planner = plan(source, 1, Optional.empty())) {
            SplitPlanner.Assignment assignment = planner.next(1).getFirst();
            SplitReader reader = source.open(assignment.split(), assignment.from());
            long start = System.nanoTime();
            free(reader.read(System.nanoTime()));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(overrun());
            reader.keepAlive();
            reader.wakeUp();
            reader.close();
            reader.close();
        }
    }

    @Test
    void aStreamThatIsNotThereIsRefusedAndTheOthersGoOn() {
        StreamName missing = new StreamName(stream().namespace(), "no_such_stream");
        try (Source source = open(context);
                SplitPlanner planner = source.plan(List.of(
                        new StreamRequest(missing, ReadMode.SNAPSHOT, 1, Optional.empty()),
                        new StreamRequest(stream(), ReadMode.SNAPSHOT, 1, Optional.empty())))) {
            assertThat(planner.refusals()).containsOnlyKeys(missing);
            assertThat(planner.plans()).containsOnlyKeys(stream());
            assertThat(readAll(source, planner)).containsExactlyInAnyOrderElementsOf(keys());
        }
    }

    /** How long behind its deadline a reader may return: as long as a slow machine may hold it up. */
    protected Duration overrun() {
        return Duration.ofMinutes(1);
    }

    private SplitPlanner plan(Source source, long generation, Optional<PlannerState> state) {
        return source.plan(List.of(new StreamRequest(stream(), ReadMode.SNAPSHOT, generation, state)));
    }

    private List<String> readAll(Source source, SplitPlanner planner) {
        List<String> read = new ArrayList<>();
        for (List<SplitPlanner.Assignment> next = planner.next(1); !next.isEmpty(); next = planner.next(1)) {
            read(source, planner, next.getFirst(), read, Integer.MAX_VALUE);
        }
        return read;
    }

    /** Reads to the split's end, or up to the number of batches; then the answer is the position to go on from. */
    private Optional<Position> read(
            Source source, SplitPlanner planner, SplitPlanner.Assignment assignment, List<String> into, int batches) {
        Split split = assignment.split();
        Optional<Position> position = assignment.from();
        int taken = 0;
        long rows = 0;
        long giveUp = System.nanoTime() + PATIENCE;
        try (SplitReader reader = source.open(split, assignment.from())) {
            while (taken < batches) {
                assertThat(System.nanoTime() - giveUp).as("a split without an end").isNegative();
                switch (reader.read(System.nanoTime() + Duration.ofSeconds(1).toNanos())) {
                    case ReadResult.Data data -> {
                        try (Batch batch = data.batch()) {
                            assertThat(batch.account().read()).isEqualTo(batch.account().duplicates()
                                    + batch.account().filtered() + batch.rowCount());
                            rows += batch.rowCount();
                            position = Optional.of(batch.position());
                            collect(batch, into);
                            taken++;
                        }
                    }
                    case ReadResult.Idle ignored -> reader.keepAlive();
                    case ReadResult.End end -> {
                        if (end.proof().rows() >= 0 && assignment.from().isEmpty()) {
                            assertThat(end.proof().rows()).isEqualTo(rows);
                        }
                        planner.ended(split, end.proof());
                        position.ifPresent(reader::acknowledge);
                        position.ifPresent(reader::acknowledge);
                        return Optional.empty();
                    }
                }
            }
        }
        return position;
    }

    private static void collect(Batch batch, List<String> into) {
        FieldVector key = batch.arrow().getVector(batch.schema().key().getFirst());
        for (int i = 0; i < batch.rowCount(); i++) {
            into.add(String.valueOf(key.getObject(i)));
        }
    }

    private static void free(ReadResult result) {
        switch (result) {
            case ReadResult.Data data -> data.batch().close();
            case ReadResult.Idle ignored -> assertThat(result).isNotNull();
            case ReadResult.End ignored -> assertThat(result).isNotNull();
        }
    }
}
