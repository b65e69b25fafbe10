package io.windrow.core.quarantine;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many rows one run has set aside, over all its attempts: what an attempt that failed had set aside and not committed
 * is read again and counts once. Safe for use by many threads.
 */
public final class QuarantineTally {
    private final long limit;
    private final Map<StreamName, Long> committed = new ConcurrentHashMap<>();
    private final Map<StreamName, Long> open = new ConcurrentHashMap<>();
    private final Set<String> stagedByRun = ConcurrentHashMap.newKeySet();
    private final Set<String> stagedByAttempt = ConcurrentHashMap.newKeySet();

    /**
     * For one run.
     *
     * @param limit how many rows of a stream may be set aside; 0: any number
     */
    public QuarantineTally(long limit) {
        this.limit = limit;
    }

    /** A new attempt begins; what was not committed will be read again. */
    void begin() {
        open.clear();
        stagedByAttempt.clear();
    }

    /** Takes so many rows in, or refuses them. */
    void add(StreamName stream, long rows) {
        long now = open.merge(stream, rows, Long::sum) + committed.getOrDefault(stream, 0L);
        if (limit > 0 && now > limit) {
            throw WindrowException.of(
                    QuarantineError.LIMIT_REACHED,
                    "Setting rows of " + stream + " aside: this run has set " + now + " aside, the limit is " + limit);
        }
    }

    void staged(String text) {
        stagedByRun.add(text);
        stagedByAttempt.add(text);
    }

    void committed(StreamName stream, String text, long rows) {
        if (stagedByRun.remove(text)) {
            committed.merge(stream, rows, Long::sum);
        }
        if (stagedByAttempt.remove(text)) {
            open.merge(stream, -rows, Long::sum);
        }
    }
}
