package io.windrow.api.batch;

import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * The per-row facts of a change stream, aligned with the batch's rows. Whoever filters or reorders a batch's rows does
 * the same to every vector here. All vectors belong to the batch and are closed with it.
 *
 * @param operations {@link Operation} ordinals, never null
 * @param ordinals the row's place within its position, counting from 0
 * @param commitMicros commit time at the source, microseconds since 1970 UTC
 * @param transactions the source's transaction id
 * @param presence {@link Presence} ordinals by column id, only for columns where something else than present or null
 *     occurs
 * @param before the row before the change, if the source sends it
 */
public record ChangeColumns(
        TinyIntVector operations,
        BigIntVector ordinals,
        BigIntVector commitMicros,
        BigIntVector transactions,
        Map<Integer, TinyIntVector> presence,
        Optional<VectorSchemaRoot> before)
        implements AutoCloseable {
    public ChangeColumns {
        presence = Map.copyOf(presence);
    }

    @Override
    public void close() {
        operations.close();
        ordinals.close();
        commitMicros.close();
        transactions.close();
        presence.values().forEach(TinyIntVector::close);
        before.ifPresent(VectorSchemaRoot::close);
    }
}
