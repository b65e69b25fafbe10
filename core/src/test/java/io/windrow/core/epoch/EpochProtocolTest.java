package io.windrow.core.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.schema.StreamName;
import io.windrow.core.epoch.EpochModel.Result;
import io.windrow.core.epoch.ModelWorld.Budget;
import io.windrow.core.epoch.ModelWorld.Shape;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Explores the protocol exhaustively; each test says what may go wrong at once. */
@Tag("B01")
@Tag("B29")
class EpochProtocolTest {
    private static final Shape LONG = new Shape(StreamName.of("one"), new TreeMap<>(Map.of("a", 2, "b", 1)));
    private static final Shape SHORT = new Shape(StreamName.of("one"), new TreeMap<>(Map.of("a", 1, "b", 1)));
    private static final Shape OTHER = new Shape(StreamName.of("two"), new TreeMap<>(Map.of("c", 1)));

    private static void expectExactlyOnce(Result result) {
        assertThat(result.trace()).as(result.toString()).isEmpty();
        assertThat(result.completed()).isPositive();
    }

    @Test
    void twoCrashesAnywhereNeitherLoseNorDuplicate() {
        expectExactlyOnce(EpochModel.explore(Mutation.NONE, List.of(LONG, OTHER), new Budget(2, 0, 0, 0, 0, 0)));
    }

    @Test
    void twoCrashesWithAmbiguousAndRejectedCommitsNeitherLoseNorDuplicate() {
        expectExactlyOnce(EpochModel.explore(Mutation.NONE, List.of(LONG), new Budget(2, 2, 1, 0, 0, 0)));
    }

    @Test
    @Tag("slow")
    void oneStreamThatFailsLeavesTheOtherExactlyOnce() {
        Result result = EpochModel.explore(Mutation.NONE, List.of(SHORT, OTHER), new Budget(1, 2, 1, 0, 0, 0));
        expectExactlyOnce(result);
        assertThat(result.parked()).as("a commit that stays unknown parks its stream").isPositive();
    }

    @Test
    @Tag("B22")
    @Tag("slow")
    void aSecondRunnerThatTakesOverNeitherLosesNorDuplicates() {
        expectExactlyOnce(EpochModel.explore(Mutation.NONE, List.of(SHORT), new Budget(1, 1, 1, 2, 0, 0)));
    }

    @Test
    @Tag("slow")
    void resetsAndRestoredOlderStateNeitherLoseNorDuplicateUnannounced() {
        Result result = EpochModel.explore(Mutation.NONE, List.of(SHORT), new Budget(1, 1, 1, 0, 1, 1));
        expectExactlyOnce(result);
        assertThat(result.parked()).as("a restored older store is found out").isPositive();
    }

    @Test
    void aRunOfOneStreamSettlesWhatIsPreparedOfTheOthers() {
        expectExactlyOnce(EpochModel.explore(Mutation.NONE, List.of(SHORT, OTHER), new Budget(1, 1, 0, 0, 0, 0), 1));
        Result left = EpochModel.explore(
                Mutation.LEAVE_OTHER_STREAMS_PREPARED, List.of(SHORT, OTHER), new Budget(1, 0, 0, 0, 0, 0), 1);
        assertThat(left.trace()).as(left.toString()).contains("is left open");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"NONE", "LEAVE_OTHER_STREAMS_PREPARED"})
    void everyWrongOrderIsCaught(Mutation mutation) {
        Result result = null;
        for (Budget budget : List.of(
                new Budget(2, 0, 0, 0, 0, 0), new Budget(1, 1, 1, 0, 0, 0), new Budget(1, 1, 1, 1, 0, 0),
                new Budget(1, 0, 0, 0, 0, 1))) {
            result = EpochModel.explore(mutation, List.of(SHORT), budget);
            if (!result.trace().isEmpty()) {
                break;
            }
        }
        assertThat(result.trace()).as(mutation + " does no harm: " + result).isNotEmpty();
    }
}
