package io.windrow.connectors.postgres;

import io.windrow.api.batch.Position;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.SplitReader;

/**
 * Reads a part of a table that does not belong to the stream any more: the part has ended, and the catalog is the proof (I9).
 *
 * @param table the table's name when the part was planned
 */
record GonePartReader(String table) implements SplitReader {
    @Override
    public ReadResult read(long deadlineNanos) {
        return new ReadResult.End(
                new EndProof("relation_gone", 0, table + " was dropped or detached before the rest of it was read"));
    }

    @Override
    public void acknowledge(Position position) {}

    @Override
    public void keepAlive() {}

    @Override
    public void wakeUp() {}

    @Override
    public void close() {}
}
