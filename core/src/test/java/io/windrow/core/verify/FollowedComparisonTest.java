package io.windrow.core.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.Position;
import io.windrow.api.batch.RowHash;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Reconciliation;
import io.windrow.api.source.Reconciliation.Change;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.Windows;
import io.windrow.core.checkpoint.Samples;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.verify.StreamVerdict.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is said of one key that differs in the same way, or not, each time that source and target are looked at. */
class FollowedComparisonTest {
    private static final Optional<RowHash> A = Optional.of(new RowHash(1, 1));
    private static final Optional<RowHash> B = Optional.of(new RowHash(2, 2));
    private static final Optional<RowHash> NO_ROW = Optional.empty();
    private static final List<Optional<String>> UNKNOWN = Collections.nCopies(5, Optional.empty());

    /** A source with one row, which has another version at each moment; its target has always come to the moment. */
    private static final class OneRow implements Reconciliation {
        private final List<Optional<String>> versions;
        private int moment = -1;

        private OneRow(List<Optional<String>> versions) {
            this.versions = versions;
        }

        @Override
        public void begin() {
            moment++;
        }

        @Override
        public List<Optional<String>> versions(StreamName stream, PlannerState delivered, List<List<String>> keys) {
            return keys.stream().map(key -> versions.get(moment)).toList();
        }

        @Override
        public Optional<Boolean> holds(StreamName stream, PlannerState delivered, List<Position> places) {
            return Optional.of(true);
        }

        @Override
        public StreamSchema schema(StreamName stream, PlannerState delivered) {
            throw new AssertionError();
        }

        @Override
        public List<Windows.Totals> totals(StreamName stream, PlannerState delivered, Windows windows) {
            throw new AssertionError();
        }

        @Override
        public SplitReader read(StreamName stream, PlannerState delivered) {
            throw new AssertionError();
        }

        @Override
        public List<Change> changedSince(StreamName stream, PlannerState delivered, List<List<String>> keys) {
            throw new AssertionError();
        }

        @Override
        public void close() {}
    }

    /** A key as it differs in one look. */
    private static Suspect key(Optional<RowHash> source, Optional<RowHash> target) {
        return new Suspect(List.of("1"), source, target);
    }

    private static List<Optional<String>> versions(String... versions) {
        return Stream.of(versions).map(Optional::of).toList();
    }

    private int looks;

    /** The verdict where the looks find these keys, the first before any moment is waited for. */
    private StreamVerdict verdict(List<Optional<String>> versions, List<Optional<Suspect>> found) {
        StreamEpoch epoch = Samples.epoch(Samples.ORDERS, 1, 1, Map.of());
        StreamState state = new StreamState(Samples.ORDERS, 1, 1, Optional.empty(), Optional.of(epoch), Optional.empty());
        return new FollowedComparison(
                Samples.ORDERS, new OneRow(versions), () -> Optional.of(state), new Patience(Duration.ofMinutes(1)), (planner, judge) -> {
            List<Suspect> suspects = new ArrayList<>(found.get(looks++).stream().toList());
            return suspects.isEmpty() ? of(Outcome.EQUAL) : of(switch (judge.apply(suspects).getFirst()) {
                case UNCHANGED -> Outcome.DIFFERENT;
                case CHANGED -> Outcome.EQUAL;
                case UNDECIDABLE -> Outcome.UNDECIDED;
            });
        }).run(epoch);
    }

    private static StreamVerdict of(Outcome outcome) {
        return new StreamVerdict(
                Samples.ORDERS, outcome, OptionalLong.empty(), OptionalLong.empty(), 0, 0, 0, 0, 0, 0, 0, 0, 0, "", List.of(), List.of());
    }

    @Test
    void aRowThatWasWrittenInBetweenIsNoDifferenceThoughItLooksTheSameOnBothSidesAgain() {
        assertThat(verdict(versions("7", "9"), Collections.nCopies(3, Optional.of(key(A, B)))).outcome()).isEqualTo(Outcome.EQUAL);
        assertThat(looks).isEqualTo(3);
    }

    @Test
    void aRowThatNothingHasWrittenInBetweenAndThatDiffersAgainIsADifference() {
        assertThat(verdict(versions("7", "7"), Collections.nCopies(3, Optional.of(key(A, B)))).outcome()).isEqualTo(Outcome.DIFFERENT);
        assertThat(looks).isEqualTo(3);
    }

    @Test
    void whatTheSourceTellsNothingOfIsADifferenceOnlyIfItIsTheSameInEveryLook() {
        assertThat(verdict(UNKNOWN, Collections.nCopies(6, Optional.of(key(NO_ROW, B)))).outcome()).isEqualTo(Outcome.DIFFERENT);
        assertThat(looks).isEqualTo(6);
    }

    @Test
    void whatTheSourceTellsNothingOfIsNoDifferenceIfOneLookFindsItAnother() {
        List<Optional<Suspect>> found = new ArrayList<>(Collections.nCopies(6, Optional.of(key(NO_ROW, B))));
        found.set(4, Optional.of(key(NO_ROW, A)));
        assertThat(verdict(UNKNOWN, found).outcome()).isEqualTo(Outcome.EQUAL);
        looks = 0;
        found.set(4, Optional.empty());
        assertThat(verdict(UNKNOWN, found).outcome()).isEqualTo(Outcome.EQUAL);
        assertThat(looks).isEqualTo(5);
    }

    @Test
    void whatDiffersAnewIsBeingChangedJustThen() {
        List<Optional<Suspect>> found = List.of(Optional.of(key(A, B)), Optional.of(key(A, B)), Optional.of(key(B, A)));
        assertThat(verdict(versions("7", "7"), found).outcome()).isEqualTo(Outcome.EQUAL);
    }
}
