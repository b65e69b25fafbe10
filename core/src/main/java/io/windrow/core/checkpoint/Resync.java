package io.windrow.core.checkpoint;

import io.windrow.api.schema.StreamName;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * That a stream is to be copied again, as somebody asked who need not hold the lease. It is kept until a new generation of the
 * stream is opened, which takes it away in the same transaction: a run that dies neither loses it nor does it twice.
 *
 * @param stream the stream
 * @param askedAt when it was asked for last, kept to the millisecond
 */
public record Resync(StreamName stream, Instant askedAt) {
    public Resync {
        askedAt = askedAt.truncatedTo(ChronoUnit.MILLIS);
    }
}
