package io.windrow.core.quarantine;

import io.windrow.api.schema.StreamName;
import java.time.Instant;

/**
 * Rows that were set aside for one reason.
 *
 * @param stream the stream
 * @param code why, {@code area.reason}
 * @param field the column; empty if it is the rows as a whole
 * @param rows how many
 * @param firstEpoch the lowest epoch among them
 * @param lastEpoch the highest
 * @param oldest when the first of them was set aside
 * @param newest when the last of them was
 */
public record QuarantinedGroup(
        StreamName stream, String code, String field, long rows, long firstEpoch, long lastEpoch, Instant oldest,
        Instant newest) {
    static QuarantinedGroup of(QuarantinedRow row) {
        return new QuarantinedGroup(
                row.stream(), row.code(), row.field(), 1, row.epoch(), row.epoch(), row.time(), row.time());
    }

    QuarantinedGroup plus(QuarantinedGroup o) {
        return new QuarantinedGroup(
                stream, code, field, rows + o.rows, Math.min(firstEpoch, o.firstEpoch), Math.max(lastEpoch, o.lastEpoch),
                oldest.isBefore(o.oldest) ? oldest : o.oldest, newest.isAfter(o.newest) ? newest : o.newest);
    }
}
