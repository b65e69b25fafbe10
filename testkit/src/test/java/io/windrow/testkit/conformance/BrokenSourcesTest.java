package io.windrow.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.context.CheckResult;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Source;
import io.windrow.api.source.SourceTraits;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.StreamDescription;
import io.windrow.api.source.StreamPlan;
import io.windrow.api.source.StreamRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every way to break the contract of a source is caught, by the check that is named after it. */
class BrokenSourcesTest {
    private static volatile Defect defect = Defect.NONE;

    enum Defect {
        NONE(""),
        FAILS_ITS_CHECK("theCheckPassesAndDiscoveryNamesTheStreamWithItsKeyAndModes"),
        OFFERS_A_MODE_THAT_THE_TRAITS_DENY("theCheckPassesAndDiscoveryNamesTheStreamWithItsKeyAndModes"),
        ENDS_BEFORE_THE_LAST_BATCH("everyRowIsReadOnceWithBalancedBooksAndAProvenEnd"),
        PROVES_ANOTHER_NUMBER_OF_ROWS("everyRowIsReadOnceWithBalancedBooksAndAProvenEnd"),
        BOOKS_A_ROW_THAT_IS_NOT_THERE("everyRowIsReadOnceWithBalancedBooksAndAProvenEnd"),
        LEAKS_A_BATCH("everyRowIsReadOnceWithBalancedBooksAndAProvenEnd"),
        HANDS_OUT_A_SPLIT_TWICE("splitsHaveTheirOwnIdsAndThereAreSeveralOnlyIfTheSourceSaysSo"),
        SPLITS_THOUGH_THE_TRAITS_DENY_IT("splitsHaveTheirOwnIdsAndThereAreSeveralOnlyIfTheSourceSaysSo"),
        LOSES_A_ROW_AT_RESUME("aSplitGoesOnFromThePositionOfItsLastBatch"),
        SENDS_THE_LAST_BATCH_AGAIN_AT_RESUME("aSplitGoesOnFromThePositionOfItsLastBatch"),
        RELEASES_WHAT_NOBODY_ACKNOWLEDGED("whatIsNotAcknowledgedIsReadAgain"),
        FORGETS_WHICH_SPLITS_ENDED("aLaterRunGoesOnFromTheSavedStateOrAsksForANewGeneration"),
        TAKES_ALL_FOR_READ_IN_A_LATER_RUN("aLaterRunGoesOnFromTheSavedStateOrAsksForANewGeneration"),
        IGNORES_ITS_DEADLINE("aReaderReturnsByItsDeadlineWakesUpAndFreesEverythingWhenItIsClosedHalfway"),
        DROPS_A_MISSING_STREAM_QUIETLY("aStreamThatIsNotThereIsRefusedAndTheOthersGoOn");

        private final String check;

        Defect(String check) {
            this.check = check;
        }
    }

    @Test
    void theSourceWithoutADefectPasses() {
        defect = Defect.NONE;
        SuiteRun run = SuiteRun.of(Suite.class);
        assertThat(run.failed()).isEmpty();
        assertThat(run.passed()).isGreaterThanOrEqualTo(8);
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aBrokenSourceFailsTheCheckThatIsNamedAfterIt(Defect broken) {
        defect = broken;
        assertThat(SuiteRun.of(Suite.class).failed().get(broken.check)).as(broken.check).contains("Assert");
    }

    static final class Suite extends SourceConformance {
        private final Set<String> released = new HashSet<>();

        @Override
        protected Duration overrun() {
            // The broken one sleeps for longer; nobody waits a minute for it.
            return defect == Defect.IGNORES_ITS_DEADLINE ? Duration.ofSeconds(3) : super.overrun();
        }

        @Override
        protected Source open(Context with) {
            return new Broken(new NumbersSource(with), with, released);
        }

        @Override
        protected SourceTraits traits() {
            return new SourceTraits(Set.of(ReadMode.SNAPSHOT), SourceTraits.Replay.POSITION, false,
                    defect != Defect.SPLITS_THOUGH_THE_TRAITS_DENY_IT);
        }

        @Override
        protected StreamName stream() {
            return NumbersSource.STREAM;
        }

        @Override
        protected List<String> keys() {
            return IntStream.range(0, 100).mapToObj(Integer::toString).toList();
        }
    }

    private record Broken(Source whole, Context context, Set<String> released) implements Source {
        @Override
        public List<CheckResult> check() {
            return defect == Defect.FAILS_ITS_CHECK
                    ? List.of(CheckResult.failed("count", "no numbers today", "come back"))
                    : whole.check();
        }

        @Override
        public List<StreamDescription> discover() {
            if (defect != Defect.OFFERS_A_MODE_THAT_THE_TRAITS_DENY) {
                return whole.discover();
            }
            return whole.discover().stream().map(one -> new StreamDescription(one.schema(), one.kind(),
                    Set.of(ReadMode.CDC), one.cursors(), 1, 1, List.of())).toList();
        }

        @Override
        public SplitPlanner plan(List<StreamRequest> requests) {
            return new BrokenPlanner(whole.plan(requests.stream().map(this::asked).toList()));
        }

        private StreamRequest asked(StreamRequest request) {
            Optional<PlannerState> state = switch (defect) {
                case FORGETS_WHICH_SPLITS_ENDED -> Optional.empty();
                case TAKES_ALL_FOR_READ_IN_A_LATER_RUN -> request.state().map(saved -> new PlannerState(
                        1, String.join(",", IntStream.range(0, 10).mapToObj(i -> "s" + i * 10).toList())));
                default -> request.state();
            };
            return new StreamRequest(request.stream(), request.mode(), request.generation(), state);
        }

        @Override
        public SplitReader open(Split split, Optional<Position> from) {
            long first = Long.parseLong(split.text());
            Optional<Position> begin = switch (defect) {
                case LOSES_A_ROW_AT_RESUME -> from.map(at -> at(Long.parseLong(at.text()) + 5));
                case SENDS_THE_LAST_BATCH_AGAIN_AT_RESUME -> from.map(at -> at(Long.parseLong(at.text()) - 5));
                case RELEASES_WHAT_NOBODY_ACKNOWLEDGED ->
                    from.isEmpty() && !released.add(split.id()) ? Optional.of(at(first + 5)) : from;
                default -> from;
            };
            return new BrokenReader(whole.open(split, begin), context);
        }

        private static Position at(long next) {
            return new Position(1, Long.toString(next));
        }

        @Override
        public void close() {
            whole.close();
        }
    }

    private record BrokenPlanner(SplitPlanner whole) implements SplitPlanner {
        @Override
        public Map<StreamName, StreamPlan> plans() {
            return whole.plans();
        }

        @Override
        public Map<StreamName, WindrowException> refusals() {
            return defect == Defect.DROPS_A_MISSING_STREAM_QUIETLY ? Map.of() : whole.refusals();
        }

        @Override
        public void restart(StreamName stream, long generation) {
            whole.restart(stream, generation);
        }

        @Override
        public List<Assignment> next(int max) {
            List<Assignment> next = new ArrayList<>(whole.next(max));
            if (defect == Defect.HANDS_OUT_A_SPLIT_TWICE) {
                List.copyOf(next).stream().filter(one -> one.split().id().equals("s30")).forEach(next::add);
            }
            return next;
        }

        @Override
        public void ended(Split split, EndProof proof) {
            whole.ended(split, proof);
        }

        @Override
        public void giveBack(Split split, Optional<Position> position) {
            whole.giveBack(split, position);
        }

        @Override
        public boolean ended(StreamName stream) {
            return whole.ended(stream);
        }

        @Override
        public boolean finished() {
            return whole.finished();
        }

        @Override
        public PlannerState state(StreamName stream) {
            return whole.state(stream);
        }

        @Override
        public void acknowledge(StreamName stream, PlannerState state) {
            whole.acknowledge(stream, state);
        }

        @Override
        public void keepAlive() {
            whole.keepAlive();
        }

        @Override
        public void close() {
            whole.close();
        }
    }

    private record BrokenReader(SplitReader whole, Context context) implements SplitReader {
        @Override
        public ReadResult read(long deadlineNanos) {
            if (defect == Defect.IGNORES_ITS_DEADLINE && deadlineNanos <= System.nanoTime()) {
                long until = System.nanoTime() + 6_000_000_000L;
                while (System.nanoTime() < until) {
                    LockSupport.parkNanos(until - System.nanoTime());
                }
            }
            ReadResult result = whole.read(deadlineNanos);
            return switch (result) {
                case ReadResult.Data data when defect == Defect.LEAKS_A_BATCH -> {
                    context.allocator().buffer(64).writeByte(1);
                    yield result;
                }
                case ReadResult.Data data when defect == Defect.ENDS_BEFORE_THE_LAST_BATCH
                        && data.batch().position().text().equals("100") -> {
                    data.batch().close();
                    yield new ReadResult.End(new EndProof("silence", -1, "nothing came"));
                }
                case ReadResult.Data data when defect == Defect.BOOKS_A_ROW_THAT_IS_NOT_THERE -> {
                    Batch batch = data.batch();
                    yield new ReadResult.Data(new Batch(
                            batch.schema(), batch.arrow(), batch.position(), Account.ofRead(batch.rowCount() + 1)));
                }
                case ReadResult.Data ignored -> result;
                case ReadResult.Idle ignored -> result;
                case ReadResult.End end when defect == Defect.PROVES_ANOTHER_NUMBER_OF_ROWS ->
                    new ReadResult.End(new EndProof("reached_position", end.proof().rows() + 1, "counted"));
                case ReadResult.End ignored -> result;
            };
        }

        @Override
        public void acknowledge(Position position) {
            whole.acknowledge(position);
        }

        @Override
        public void keepAlive() {
            whole.keepAlive();
        }

        @Override
        public void wakeUp() {
            whole.wakeUp();
        }

        @Override
        public void close() {
            whole.close();
        }
    }
}
