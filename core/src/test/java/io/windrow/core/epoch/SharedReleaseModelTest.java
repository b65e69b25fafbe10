package io.windrow.core.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.Position;
import io.windrow.api.schema.StreamName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Explores every way in which streams that share a log can be cut, decided, parked, let go and killed, over the real
 * {@link SharedRelease}. A stream's own epoch is one step here: that it happens once or not at all is what {@link
 * EpochModel} shows.
 */
@Tag("B01")
class SharedReleaseModelTest {
    /** At the same number, whoever has a copy before it is not as far as whoever has none. */
    private static final Comparator<Position> ORDER = Comparator.comparingInt(SharedReleaseModelTest::number)
            .thenComparing(position -> isToCopy(position) ? 0 : 1);
    private static final StreamName ONE = StreamName.of("one");
    private static final StreamName TWO = StreamName.of("two");
    private static final List<StreamName> STREAMS = List.of(ONE, TWO);
    /** Whose the entries of the log are. */
    private static final List<StreamName> LOG = List.of(ONE, TWO, ONE, ONE, TWO);
    /** What was in the second stream's table before: copied at some place of the log, by whoever reads it there. */
    private static final int COPY = 100;

    /** A wrong way, which the model must show to lose or to duplicate. */
    private enum Mutation {
        NONE,
        LET_GO_WHAT_IS_CUT_AND_NOT_DECIDED,
        LET_GO_BEFORE_IT_IS_SAVED,
        PARKED_STREAMS_MOVE_ON,
        START_AT_THE_RELEASED_PLACE,
        FORGET_WHAT_WAS_RELEASED,
        A_STREAM_BEHIND_ITS_OWN_PLACE_GOES_BACK,
        A_RUN_OF_ONE_STREAM_LETS_GO,
        THE_RELEASED_PLACE_SAYS_WHAT_IS_COPIED
    }

    private static int number(Position position) {
        return Integer.parseInt(position.text().replace(" copy", ""));
    }

    /** Whether the second stream's table is to be copied behind this place. */
    private static boolean isToCopy(Position position) {
        return position.text().endsWith(" copy");
    }

    private static Position position(int number, boolean toCopy) {
        return new Position(1, number + (toCopy ? " copy" : ""));
    }

    /** The saved place, moved on: what was to be copied there still is. */
    private static Position moved(Position saved, Position released) {
        return position(number(released), isToCopy(saved));
    }

    /** What outlives a crash: what is delivered, each stream's saved place, what is saved as released, what upstream let go. */
    private record World(List<Integer> delivered, Map<StreamName, Position> saved, Optional<Position> released, int trimmed, int runs) {
        World {
            delivered = delivered.stream().sorted().toList();
            saved = Map.copyOf(saved);
        }

        World with(List<Integer> more, Map<StreamName, Position> moved) {
            List<Integer> all = new ArrayList<>(delivered);
            all.addAll(more);
            Map<StreamName, Position> now = new HashMap<>(saved);
            now.putAll(moved);
            return new World(all, now, released, trimmed, runs);
        }
    }

    /** What the exploration found. */
    private static final class Found {
        int lost;
        int duplicated;
        int completed;
    }

    private final Set<World> seen = new HashSet<>();
    private final Deque<World> open = new ArrayDeque<>();
    private final Found found = new Found();

    private Found explore(Mutation mutation) {
        visit(new World(List.of(), Map.of(), Optional.empty(), 0, 0));
        // One thing that a wrong way does is enough.
        while (!open.isEmpty() && (mutation == Mutation.NONE || found.lost + found.duplicated == 0)) {
            World world = open.pop();
            if (world.runs() < 4) {
                run(world, mutation, Set.of(ONE, TWO));
                run(world, mutation, Set.of(ONE));
            }
        }
        return found;
    }

    private void visit(World world) {
        if (!seen.add(world)) {
            return;
        }
        if (world.delivered().size() != Set.copyOf(world.delivered()).size()) {
            found.duplicated++;
        } else if (!world.delivered().containsAll(java.util.stream.IntStream.range(0, world.trimmed()).boxed().toList())) {
            found.lost++;
        } else {
            found.completed += world.delivered().size() == LOG.size() + 1 && world.trimmed() == LOG.size() ? 1 : 0;
            open.push(world);
        }
    }

    /** One run, which may die after every step; then the next begins with what is left. */
    private void run(World before, Mutation mutation, Set<StreamName> reads) {
        Map<StreamName, Position> starts = new TreeMap<>();
        for (StreamName stream : reads) {
            Position saved = before.saved().getOrDefault(stream, position(0, stream.equals(TWO)));
            Optional<Position> released = before.released();
            starts.put(stream, switch (mutation) {
                case START_AT_THE_RELEASED_PLACE -> released.orElse(saved);
                case FORGET_WHAT_WAS_RELEASED -> saved;
                case THE_RELEASED_PLACE_SAYS_WHAT_IS_COPIED ->
                    SharedRelease.resume(ORDER, (own, further) -> further, saved, released);
                default -> SharedRelease.resume(ORDER, SharedReleaseModelTest::moved, saved, released);
            });
        }
        if (starts.values().stream().anyMatch(start -> number(start) < before.trimmed())) {
            // A source would take this place for a lost one (I13).
            found.lost++;
            return;
        }
        Position second = starts.get(TWO);
        if (second != null && !isToCopy(second) && !before.delivered().contains(COPY)) {
            found.lost++;
            return;
        }
        World begun = new World(before.delivered(), before.saved(), before.released(), before.trimmed(), before.runs() + 1);
        boolean whole = mutation == Mutation.A_RUN_OF_ONE_STREAM_LETS_GO;
        cut(begun, mutation, new ArrayList<>(), reads, starts, whole ? List.copyOf(reads) : STREAMS);
    }

    /** A step of a run: to where it is cut, whether something is copied before, which streams are committed and which are parked. */
    private record Step(int to, boolean copies, Set<StreamName> committed, Set<StreamName> parked) {}

    /** Does the steps so far again, from the start of the run, and then one more in every way. */
    private void cut(
            World begun, Mutation mutation, List<Step> steps, Set<StreamName> reads, Map<StreamName, Position> starts,
            List<StreamName> sharing) {
        int lowest = starts.values().stream().mapToInt(SharedReleaseModelTest::number).min().orElseThrow();
        int from = steps.isEmpty() ? lowest : steps.getLast().to();
        for (int to = from + 1; to <= LOG.size(); to++) {
            for (Set<StreamName> parked : subsets(reads)) {
                if (steps.isEmpty() || parked.containsAll(steps.getLast().parked())) {
                    Set<StreamName> committed = new HashSet<>(reads);
                    committed.removeAll(parked);
                    // Nothing is copied before the log has come to where the stream was.
                    boolean toCopy = reads.contains(TWO) && isToCopy(starts.get(TWO)) && to >= number(starts.get(TWO))
                            && steps.stream().noneMatch(Step::copies);
                    for (boolean copies : toCopy ? List.of(false, true) : List.of(false)) {
                        List<Step> more = new ArrayList<>(steps);
                        more.add(new Step(to, copies, committed, parked));
                        replay(begun, mutation, more, reads, starts, sharing);
                        cut(begun, mutation, more, reads, starts, sharing);
                    }
                }
            }
        }
    }

    private static List<Set<StreamName>> subsets(Set<StreamName> of) {
        List<Set<StreamName>> subsets = new ArrayList<>(List.of(Set.of()));
        for (StreamName stream : of) {
            for (Set<StreamName> known : List.copyOf(subsets)) {
                Set<StreamName> with = new HashSet<>(known);
                with.add(stream);
                subsets.add(with);
            }
        }
        return subsets;
    }

    /** Visits the world after each durable thing that the last step does. */
    private void replay(
            World begun, Mutation mutation, List<Step> steps, Set<StreamName> reads, Map<StreamName, Position> starts,
            List<StreamName> sharing) {
        SharedRelease release = new SharedRelease(ORDER, sharing, starts);
        World world = begun;
        int read = starts.values().stream().mapToInt(SharedReleaseModelTest::number).min().orElseThrow();
        Map<StreamName, Integer> own = new HashMap<>();
        starts.forEach((stream, start) -> own.put(stream, number(start)));
        boolean toCopy = reads.contains(TWO) && isToCopy(starts.get(TWO));
        for (Step step : steps) {
            boolean last = step == steps.getLast();
            Map<StreamName, Position> at = new HashMap<>();
            Set<StreamName> delivering = new HashSet<>();
            Map<StreamName, List<Integer>> rows = new HashMap<>();
            if (step.copies()) {
                toCopy = false;
                rows.put(TWO, new ArrayList<>(List.of(COPY)));
                delivering.add(TWO);
            }
            for (StreamName stream : reads) {
                for (int entry = Math.max(read, own.get(stream)); entry < step.to(); entry++) {
                    if (LOG.get(entry).equals(stream) && entry >= world.trimmed()) {
                        rows.computeIfAbsent(stream, name -> new ArrayList<>()).add(entry);
                        delivering.add(stream);
                    }
                }
                // A stream's own rows say nothing of what is copied of another.
                Position all = position(step.to(), toCopy && !(stream.equals(ONE) && delivering.contains(ONE)));
                Position place = mutation == Mutation.A_STREAM_BEHIND_ITS_OWN_PLACE_GOES_BACK ? all : release.own(stream, all);
                at.put(stream, place);
            }
            Set<StreamName> parked = mutation == Mutation.PARKED_STREAMS_MOVE_ON ? Set.of() : step.parked();
            delivering.removeIf(stream -> step.parked().contains(stream));
            release.cut(at, delivering);
            if (mutation == Mutation.LET_GO_WHAT_IS_CUT_AND_NOT_DECIDED) {
                world = new World(world.delivered(), world.saved(), world.released(), Math.max(world.trimmed(), step.to()), world.runs());
                visitIf(last, world);
            }
            for (StreamName stream : delivering) {
                world = world.with(rows.get(stream), Map.of(stream, at.get(stream)));
                visitIf(last, world);
            }
            // A stream that goes back writes its lower place with the next epoch; here at once.
            if (mutation == Mutation.A_STREAM_BEHIND_ITS_OWN_PLACE_GOES_BACK) {
                world = world.with(List.of(), at);
                visitIf(last, world);
            }
            Optional<Position> further = release.decided(delivering, parked);
            if (further.isPresent()) {
                int upTo = number(further.get());
                World let = new World(world.delivered(), world.saved(), world.released(), Math.max(world.trimmed(), upTo), world.runs());
                if (mutation == Mutation.LET_GO_BEFORE_IT_IS_SAVED) {
                    visitIf(last, let);
                }
                World saved = new World(world.delivered(), world.saved(), further, world.trimmed(), world.runs());
                visitIf(last, saved);
                world = new World(saved.delivered(), saved.saved(), saved.released(), let.trimmed(), saved.runs());
                visitIf(last, world);
            }
            read = step.to();
            own.replaceAll((stream, place) -> Math.max(place, step.to()));
        }
    }

    private void visitIf(boolean last, World world) {
        if (last) {
            visit(world);
        }
    }

    @Test
    void nothingIsLostDuplicatedOrLetGoUndeliveredHoweverTheRunsGo() {
        Found all = explore(Mutation.NONE);
        assertThat(all.lost).isZero();
        assertThat(all.duplicated).isZero();
        assertThat(all.completed).isPositive();
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void everyWrongWayIsCaught(Mutation mutation) {
        Found all = explore(mutation);
        assertThat(all.lost + all.duplicated).as(mutation + " does no harm").isPositive();
    }
}
