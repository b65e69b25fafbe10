package io.windrow.api.batch;

import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * The per-row facts of a change stream, aligned with the batch's rows. Whoever filters or reorders a batch's rows does
 * the same to every vector here. All vectors belong to the batch and are closed with it.
 *
 * <p>{@code positions} and {@code ordinals} together order all rows of all streams that share a log; they are the same
 * whenever the rows are read again.
 *
 * @param operations {@link Operation} ordinals, never null
 * @param ordinals the row's place within its transaction, over all streams, counting from 0; never null
 * @param commitMicros commit time at the source, microseconds since 1970 UTC; null if a snapshot read the row, or nobody knows
 *     it since the change belongs to no transaction
 * @param transactions the source's transaction id, 0 if the change belongs to none; null if a snapshot read the row
 * @param positions the place of the transaction's commit in the source's log, or of the snapshot; never null
 * @param links null, or the ordinal of the other row of the same transaction that makes a change of key with this one: a
 *     DELETE of the old key and an INSERT of the new one, whose unchanged columns have the values of the deleted row
 * @param presence {@link Presence} ordinals by column id, only for columns where something else than present or null
 *     occurs
 * @param before the row before the change, if the source sends it
 */
public record ChangeColumns(
        TinyIntVector operations,
        BigIntVector ordinals,
        BigIntVector commitMicros,
        BigIntVector transactions,
        BigIntVector positions,
        BigIntVector links,
        Map<Integer, TinyIntVector> presence,
        Optional<VectorSchemaRoot> before)
        implements AutoCloseable {
    public ChangeColumns {
        presence = Map.copyOf(presence);
    }

    /** Facts of no row yet, whose vectors are taken from the allocator. */
    public static ChangeColumns empty(BufferAllocator allocator) {
        return new ChangeColumns(
                new TinyIntVector("operation", allocator), new BigIntVector("ordinal", allocator),
                new BigIntVector("commit", allocator), new BigIntVector("transaction", allocator),
                new BigIntVector("position", allocator), new BigIntVector("link", allocator), Map.of(), Optional.empty());
    }

    /** Ends the vectors of the facts, but for presence and the rows before the change, after so many rows. */
    public void rowCount(int rows) {
        operations.setValueCount(rows);
        ordinals.setValueCount(rows);
        commitMicros.setValueCount(rows);
        transactions.setValueCount(rows);
        positions.setValueCount(rows);
        links.setValueCount(rows);
    }

    /** The same facts with other presence and other rows before the change; what these two replace is the caller's. */
    public ChangeColumns with(Map<Integer, TinyIntVector> newPresence, Optional<VectorSchemaRoot> newBefore) {
        return new ChangeColumns(
                operations, ordinals, commitMicros, transactions, positions, links, newPresence, newBefore);
    }

    @Override
    public void close() {
        operations.close();
        ordinals.close();
        commitMicros.close();
        transactions.close();
        positions.close();
        links.close();
        presence.values().forEach(TinyIntVector::close);
        before.ifPresent(VectorSchemaRoot::close);
    }
}
