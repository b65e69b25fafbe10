package io.windrow.core.checkpoint;

import io.windrow.core.ledger.HashForm;
import java.time.Instant;
import java.util.Arrays;

/**
 * The rows that one stream's epoch delivered first, by their keyed hashes: what a later run recognises repetitions by.
 *
 * @param epoch the epoch
 * @param cut when it was cut
 * @param oldest the lowest epoch that any remembered row is from: what was saved of epochs below it can go
 * @param form what the hashes compare
 * @param hashes 16 bytes a row, big-endian, in the order of arrival
 */
public record RememberedRows(long epoch, Instant cut, long oldest, HashForm form, byte[] hashes) {
    /** Rows as they are remembered now, by their values. */
    public RememberedRows(long epoch, Instant cut, long oldest, byte[] hashes) {
        this(epoch, cut, oldest, HashForm.VALUE, hashes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RememberedRows rows && rows.epoch == epoch && rows.cut.equals(cut) && rows.oldest == oldest
                && rows.form == form && Arrays.equals(rows.hashes, hashes);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(epoch) * 31 + Arrays.hashCode(hashes);
    }

    @Override
    public String toString() {
        return "RememberedRows[epoch " + epoch + ", " + hashes.length / 16 + " rows, back to epoch " + oldest + "]";
    }
}
