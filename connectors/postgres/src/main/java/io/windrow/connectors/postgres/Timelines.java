package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.WindowState.LogPlace;
import io.windrow.connectors.postgres.pgoutput.LogError;
import io.windrow.connectors.postgres.pgoutput.Lsn;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The way that a server's log took to where it is now. A promoted standby goes on on a timeline of its own, which has all that
 * lies before the fork.
 *
 * @param system the cluster's identifier
 * @param current the timeline that is written now
 * @param left for each timeline before it the place where the log left it
 */
record Timelines(String system, long current, Map<Long, Long> left) {
    Timelines {
        left = Map.copyOf(left);
    }

    /** What the server at the other end says of itself. */
    static Timelines of(LogConnection log) throws SQLException {
        List<@Nullable String> identity = log.ask("IDENTIFY_SYSTEM");
        long current = Long.parseLong(String.valueOf(identity.get(1)));
        String history = current == 1 ? "" : String.valueOf(log.ask("TIMELINE_HISTORY " + current).get(1));
        return new Timelines(String.valueOf(identity.get(0)), current, parse(history));
    }

    /** The places in a timeline's history file: a line is a timeline, where it was left, and why, with tabs between. */
    static Map<Long, Long> parse(String history) {
        Map<Long, Long> left = new HashMap<>();
        for (String line : history.lines().map(String::strip).filter(line -> !line.isEmpty() && !line.startsWith("#")).toList()) {
            String[] fields = line.split("\\s+", 3);
            if (fields.length < 2 || !fields[0].matches("\\d{1,10}")) {
                throw WindrowException.of(LogError.MESSAGE_UNKNOWN, "Reading the server's timelines: a line that is none");
            }
            left.put(Long.parseLong(fields[0]), LogPosition.lsn(fields[1]));
        }
        return left;
    }

    /**
     * I13: a position goes on here only if all that lies before it is part of this log.
     *
     * @throws WindrowException {@link PostgresError#OTHER_CLUSTER} or {@link LogError#OTHER_TIMELINE} if it is not
     */
    void expectHolds(StreamName stream, LogPosition position) {
        expectSame(stream, position, system);
        long reached = position.reached(stream);
        expectHolds("Following " + stream, new LogPlace(position.timeline(), reached));
    }

    /**
     * I13: what was read up to a place is part of this log only if the log left that place's timeline no earlier.
     *
     * @param doing a gerund clause that names the stream
     * @throws WindrowException {@link LogError#OTHER_TIMELINE} if it is not
     */
    void expectHolds(String doing, LogPlace place) {
        if (place.timeline() == current) {
            return;
        }
        Long fork = left.get(place.timeline());
        if (fork == null || Long.compareUnsigned(place.lsn(), fork) > 0) {
            throw WindrowException.of(
                    LogError.OTHER_TIMELINE,
                    doing + ": the saved position " + Lsn.text(place.lsn()) + " is of timeline " + place.timeline()
                            + ", the server is on " + current
                            + (fork == null ? ", which does not come from it" : ", which left that one at " + Lsn.text(fork)));
        }
    }

    /** A position of another cluster means nothing in this one. */
    static void expectSame(StreamName stream, LogPosition position, String system) {
        if (!position.system().equals(system)) {
            throw WindrowException.of(
                    PostgresError.OTHER_CLUSTER,
                    "Following " + stream + ": the saved position is of cluster " + position.system() + ", the server is "
                            + system);
        }
    }
}
