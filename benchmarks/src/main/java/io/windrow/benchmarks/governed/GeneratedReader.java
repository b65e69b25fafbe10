package io.windrow.benchmarks.governed;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.Rejected;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitReader;
import io.windrow.benchmarks.governed.GeneratedConnector.GeneratedError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/** Reads one split. Now and then there is nothing yet, or a batch without a row. */
final class GeneratedReader implements SplitReader {
    private final Table table;
    private final Split split;
    private final BufferAllocator allocator;
    private final StreamSchema schema;
    private final int begun;
    private int next;
    private int calls;

    GeneratedReader(Table table, Split split, Optional<Position> from, BufferAllocator allocator) {
        this.table = table;
        this.split = split;
        this.allocator = allocator;
        this.schema = table.schema();
        this.begun = from.map(position -> Integer.parseInt(position.text())).orElse(GeneratedPlanner.begin(split));
        this.next = begun;
    }

    @Override
    public ReadResult read(long deadlineNanos) {
        calls++;
        int end = GeneratedPlanner.end(split);
        if (table.failsAt >= next && table.failsAt < end) {
            table.failsAt = -1;
            throw WindrowException.of(GeneratedError.INJECTED, "Reading rows of " + table.stream + ": the connection is gone");
        }
        if (next >= end) {
            return new ReadResult.End(new EndProof("counted", end - begun, "rows of the log"));
        }
        if (calls % 7 == 3) {
            return new ReadResult.Idle();
        }
        int rows = calls % 5 == 2 ? 0 : Math.min(table.batchRows, end - next);
        return new ReadResult.Data(batch(rows));
    }

    private Batch batch(int rows) {
        List<Integer> broken = new ArrayList<>();
        try (BatchBuilder builder = new BatchBuilder(schema, allocator)) {
            for (int at = next; at < next + rows; at++) {
                if (table.undecodable.contains(at)) {
                    broken.add(at);
                } else {
                    row(builder, at);
                }
            }
            int first = next;
            next += rows;
            Batch batch = builder.build(new Position(1, Integer.toString(next)));
            return broken.isEmpty() ? batch : with(batch, broken, first);
        }
    }

    private void row(BatchBuilder builder, int at) {
        for (int i = 0; i < schema.columns().size(); i++) {
            @Nullable Object value = Values.fitted(table.log.get(at), schema.columns().get(i));
            if (value == null) {
                builder.setNull(i);
            } else {
                builder.set(i, value);
            }
        }
        builder.endRow();
    }

    /** What could be made of rows that cannot be decoded: their number, and bytes that nobody may see. */
    private Batch with(Batch batch, List<Integer> broken, int first) {
        Column number = schema.columns().getFirst();
        StreamSchema remains = new StreamSchema(
                table.stream, 1, List.of(number, new Column(-1, "undecoded", new ColumnType.Bytes(), false, "bytes")), List.of());
        List<Rejected.Reason> reasons = new ArrayList<>();
        Batch.Parts undecoded;
        try (BatchBuilder builder = new BatchBuilder(remains, allocator)) {
            for (int at : broken) {
                builder.set(0, Values.fitted(table.log.get(at), number)).set(1, Canary.bytes(at)).endRow();
                reasons.add(new Rejected.Reason(
                        at - first, GeneratedError.UNDECODABLE.code(), "undecoded", "cannot be decoded"));
            }
            undecoded = builder.build(batch.position()).release();
        }
        Batch.Parts parts = batch.release();
        Account account = Account.ofRead(parts.rows().getRowCount() + broken.size())
                .plus(new Account(0, 0, 0, 0, broken.size(), 0, 0, 0, 0, 0, 0));
        return parts.withAccount(account)
                .withRejected(List.of(new Rejected(remains, undecoded.rows(), reasons)))
                .batch();
    }

    @Override
    public void acknowledge(Position position) {
        if (Integer.parseInt(position.text()) > next) {
            throw new IllegalStateException("Acknowledged ahead of what was read: " + position);
        }
    }

    @Override
    public void keepAlive() {
        // There is no connection.
    }

    @Override
    public void wakeUp() {
        // Nothing blocks.
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
