package io.windrow.api.sink;

import io.windrow.api.schema.StreamName;

/**
 * One ledger entry in the place of several that were laid beside the data.
 *
 * @param stream the stream
 * @param generation of the commits whose entries they are
 * @param first the epoch of the first of them
 * @param last the epoch of the last of them, under which the sum stands
 * @param ledger the sum as JSON
 */
public record LedgerSum(StreamName stream, long generation, long first, long last, String ledger) {
    public LedgerSum {
        if (first > last) {
            throw new IllegalArgumentException("the first epoch, " + first + ", comes after the last, " + last);
        }
    }
}
