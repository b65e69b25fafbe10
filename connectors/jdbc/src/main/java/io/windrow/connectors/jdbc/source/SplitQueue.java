package io.windrow.connectors.jdbc.source;

import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner.Assignment;
import io.windrow.connectors.jdbc.catalog.SourceError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The splits of one stream: those that wait, those that are being read, those that have ended. */
final class SplitQueue {
    private final Map<String, Assignment> waiting = new LinkedHashMap<>();
    private final Map<String, Split> reading = new LinkedHashMap<>();
    private final Set<String> ended = new LinkedHashSet<>();

    void clear() {
        waiting.clear();
        reading.clear();
        ended.clear();
    }

    void add(Split split) {
        waiting.put(split.id(), new Assignment(split, Optional.empty()));
    }

    List<Assignment> next(int max) {
        List<Assignment> next = new ArrayList<>();
        var all = waiting.values().iterator();
        while (next.size() < max && all.hasNext()) {
            Assignment one = all.next();
            all.remove();
            reading.put(one.split().id(), one.split());
            next.add(one);
        }
        return next;
    }

    void ended(Split split) {
        if (reading.remove(split.id()) == null && waiting.remove(split.id()) == null) {
            throw WindrowException.of(
                    SourceError.PLANNER_MISUSED,
                    "Ending split " + split.id() + " of " + split.stream() + ": it is not being read");
        }
        ended.add(split.id());
    }

    /** Takes a split back, from a reader or from a state that was saved; it is read next. */
    void giveBack(Split split, Optional<Position> position) {
        if (ended.contains(split.id())) {
            throw WindrowException.of(
                    SourceError.PLANNER_MISUSED,
                    "Taking back split " + split.id() + " of " + split.stream() + ": it has ended");
        }
        reading.remove(split.id());
        waiting.put(split.id(), new Assignment(split, position));
    }

    boolean finished() {
        return waiting.isEmpty() && reading.isEmpty();
    }

    Set<String> endedIds() {
        return Set.copyOf(ended);
    }
}
