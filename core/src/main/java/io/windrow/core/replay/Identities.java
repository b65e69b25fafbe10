package io.windrow.core.replay;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.RowHash;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.ledger.RowHasher;
import java.util.Set;
import org.apache.arrow.vector.FieldVector;

/**
 * The hashes that identify the rows of a comparison. A row in which a field is null that tells repeated ones apart repeats
 * none: it is identified as if nothing were dropped. Used by one thread.
 *
 * @param kind what identifies a row
 * @param otherwise what identifies one that repeats none
 * @param fields the ids of the columns that {@code kind} speaks of; none: all
 * @param hasher of these
 * @param otherHasher of what {@code otherwise} speaks of
 */
record Identities(Identity kind, Identity otherwise, Set<Integer> fields, RowHasher hasher, RowHasher otherHasher) {
    /** Of rows that are all told alike. */
    static Identities of(Identity kind, Set<Integer> fields, HashKey key) {
        return new Identities(kind, kind, fields, key.rowHasher(fields), key.rowHasher(fields));
    }

    /** The hash of one row. */
    static RowHash at(long[][] hashes, int row) {
        return new RowHash(hashes[1][row], hashes[0][row]);
    }

    /** The lower and the upper halves of each row's hash. */
    static long[][] hashes(Batch batch, RowHasher hasher) {
        long[][] halves = new long[2][batch.rowCount()];
        hasher.each(batch, halves[0], halves[1]);
        return halves;
    }

    /** The lower and the upper halves of what identifies each row. */
    long[][] hashes(Batch batch) {
        long[][] hashes = hashes(batch, hasher);
        boolean[] unnamed = unnamed(batch);
        if (unnamed.length > 0) {
            long[][] others = hashes(batch, otherHasher);
            for (int row = 0; row < unnamed.length; row++) {
                if (unnamed[row]) {
                    hashes[0][row] = others[0][row];
                    hashes[1][row] = others[1][row];
                }
            }
        }
        return hashes;
    }

    /** Which rows repeat none; empty: there is no such row. */
    boolean[] unnamed(Batch batch) {
        boolean[] unnamed = {};
        if (kind.tellsRepeats()) {
            for (int at = 0; at < batch.schema().columns().size(); at++) {
                FieldVector vector = batch.arrow().getVector(at);
                if (fields.contains(batch.schema().columns().get(at).id()) && vector.getNullCount() > 0) {
                    unnamed = unnamed.length == 0 ? new boolean[batch.rowCount()] : unnamed;
                    for (int row = 0; row < unnamed.length; row++) {
                        unnamed[row] |= vector.isNull(row);
                    }
                }
            }
        }
        return unnamed;
    }
}
