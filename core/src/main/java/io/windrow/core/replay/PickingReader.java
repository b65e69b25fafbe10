package io.windrow.core.replay;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.SplitReader;
import io.windrow.core.transform.Rows;
import java.util.stream.IntStream;

/**
 * A reader of some of another one's rows. The others are not read as far as the books go. Closes both.
 *
 * @param reader gives the rows
 * @param picked which of them
 */
record PickingReader(SplitReader reader, Picked picked) implements SplitReader {
    /** Whether a row counts. */
    @FunctionalInterface
    interface Picked {
        boolean test(Batch batch, int row);
    }

    @Override
    public ReadResult read(long deadlineNanos) {
        return switch (reader.read(deadlineNanos)) {
            case ReadResult.Data data -> new ReadResult.Data(picked(data.batch()));
            case ReadResult.Idle idle -> idle;
            case ReadResult.End end -> end;
        };
    }

    private Batch picked(Batch batch) {
        try (batch) {
            int[] rows = IntStream.range(0, batch.rowCount()).filter(row -> picked.test(batch, row)).toArray();
            return new Batch(
                    batch.schema(), Rows.pick(batch.arrow(), rows, rows.length), batch.position(), Account.ofRead(rows.length));
        }
    }

    @Override
    public void acknowledge(Position position) {
        reader.acknowledge(position);
    }

    @Override
    public void keepAlive() {
        reader.keepAlive();
    }

    @Override
    public void wakeUp() {
        reader.wakeUp();
    }

    @Override
    public void close() {
        reader.close();
    }
}
