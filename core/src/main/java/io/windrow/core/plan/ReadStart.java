package io.windrow.core.plan;

import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.StreamPlan;
import io.windrow.core.checkpoint.OpenSplit;
import io.windrow.core.checkpoint.Progress;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.contract.SchemaDiff;
import io.windrow.core.ledger.HashKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Where the read of a stream begins that is about to begin, in the source's own words: the first place from which rows have
 * the schema that the source has now. Immutable.
 *
 * @param generation the delivery's generation
 * @param after the last committed epoch that the read goes on from
 * @param behind behind which place the source's planner goes on, see {@link SplitPlanner#resumes}
 * @param open the splits that were begun, by split id
 */
public record ReadStart(long generation, Optional<Long> after, Optional<Position> behind, Map<String, OpenSplit> open) {
    public ReadStart {
        open = Map.copyOf(open);
    }

    /** Before the first row of a delivery. */
    public static ReadStart first(long generation) {
        return new ReadStart(generation, Optional.empty(), Optional.empty(), Map.of());
    }

    /** Where the next run begins with a stream. */
    public static ReadStart of(PlannedStream stream, Optional<StreamState> state, StreamPlan plan, Optional<Position> behind) {
        long generation = state.map(StreamState::generation).orElse(1L);
        boolean over = plan.restart().isPresent()
                || stream.startsOver() && state.flatMap(StreamState::committed).filter(StreamEpoch::completesGeneration).isPresent();
        Optional<Progress> base = state.flatMap(StreamState::base);
        return over ? first(generation + 1)
                : base.isEmpty() ? first(generation)
                : new ReadStart(generation, state.flatMap(StreamState::committed).map(StreamEpoch::epoch), behind, base.get().openSplits());
    }

    /**
     * How positions may be shown before a stream's schema has passed: as they are only if the target gets the values in them
     * as they are, under the schema that the source has now as under the one that was accepted (I11).
     *
     * @param plans the streams whose values can stand in the positions: the stream alone, or all that share its log
     */
    public static ShownPositions shown(
            Steps steps, Collection<StreamPlan> plans, Collection<StreamSchema> accepted, HashKey key) {
        Set<StreamName> withheld = new HashSet<>();
        for (StreamPlan plan : plans) {
            StreamName stream = plan.schema().stream();
            try {
                List<StreamPlan> both = new ArrayList<>(List.of(plan));
                accepted.stream()
                        .filter(schema -> schema.stream().equals(stream))
                        .forEach(schema -> both.add(as(schema, plan)));
                for (StreamPlan one : both) {
                    withheld.addAll(steps.shownPositions(List.of(one), key).withheld());
                }
            } catch (WindrowException unfit) {
                // The steps do not fit one of the schemas: nobody can say what they would hide.
                withheld.add(stream);
            }
        }
        return new ShownPositions(withheld, key)
                .sharing(new HashSet<>(plans.stream().map(plan -> plan.schema().stream()).toList()));
    }

    /** The plan under an earlier schema, in which the columns may have had other names. */
    private static StreamPlan as(StreamSchema earlier, StreamPlan plan) {
        Map<String, String> names = SchemaDiff.acceptedNames(earlier, plan.schema());
        return new StreamPlan(
                earlier, plan.guarantee(), plan.restart(), -1, -1,
                plan.positionFields().stream().map(field -> names.getOrDefault(field, field)).toList());
    }

    /** The streams whose values can stand in the positions of this one. */
    public static List<StreamPlan> sharing(StreamPlan plan, Collection<PlannedStream> streams, Collection<StreamPlan> plans) {
        List<StreamName> followed = streams.stream()
                .filter(stream -> stream.read() == ReadMode.CDC)
                .map(PlannedStream::stream)
                .toList();
        return followed.contains(plan.schema().stream())
                ? plans.stream().filter(one -> followed.contains(one.schema().stream())).toList()
                : List.of(plan);
    }

    /** The same with the place in a log that a reader found, which is nearer than where it begins to read. */
    public ReadStart at(Position change) {
        Map<String, OpenSplit> found = new TreeMap<>();
        open.forEach((id, split) -> found.put(id, new OpenSplit(split.split(), Optional.of(change))));
        return new ReadStart(generation, after, behind, found);
    }

    /** The place for people, of positions as they may be shown. */
    public String text(StreamName stream, ShownPositions positions) {
        List<String> places = new ArrayList<>();
        behind.ifPresent(position -> places.add("behind position " + positions.of(stream, position).text()));
        boolean parts = false;
        for (Map.Entry<String, OpenSplit> one : new TreeMap<>(open).entrySet()) {
            Split split = one.getValue().split();
            boolean part = split.kind() == Split.Kind.PART;
            String of = part || open.size() > 1 ? " of split " + one.getKey() : "";
            places.add(positions.of(stream, one.getValue().position())
                    .map(position -> "at position " + position.text() + of)
                    .orElseGet(() -> "at the start " + positions.of(stream, new Position(split.version(), split.text())).text() + of));
            parts |= part;
        }
        if (parts) {
            places.add("and in every split that is not begun");
        }
        after.ifPresent(epoch -> places.addFirst("after epoch " + epoch));
        if (places.isEmpty()) {
            return "before the first row" + (generation == 1 ? "" : " of generation " + generation);
        }
        return String.join(", ", places);
    }
}
