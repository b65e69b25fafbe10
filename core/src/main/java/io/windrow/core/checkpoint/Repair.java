package io.windrow.core.checkpoint;

import io.windrow.api.schema.StreamName;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * That rows of a stream are to be read again by their keys, as somebody asked who need not hold the lease. It is kept until an epoch
 * is committed that has all of them: a run that dies before reads them once more, which changes nothing at the target.
 *
 * @param stream the stream
 * @param askedAt when it was asked for last, kept to the millisecond
 * @param keys the values of each key's columns, as the source writes them; no key twice
 */
public record Repair(StreamName stream, Instant askedAt, List<List<String>> keys) {
    /** So many keys of a stream may be asked for at a time. */
    public static final int MAX_KEYS = 10_000;

    public Repair {
        askedAt = askedAt.truncatedTo(ChronoUnit.MILLIS);
        keys = keys.stream().map(List::copyOf).distinct().toList();
    }
}
