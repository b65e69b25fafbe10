package io.windrow.connectors.jdbc.source;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Measure;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.OutOfRange;
import io.windrow.api.source.Source;
import io.windrow.connectors.jdbc.catalog.Misfit;
import io.windrow.connectors.jdbc.catalog.ReadColumn;
import io.windrow.connectors.jdbc.catalog.SourceError;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/** Makes batches of the rows of one split. Used by one thread, which closes it. */
final class RowBatch implements AutoCloseable {
    private static final int FIXED_BYTES = 16;

    private final StreamShape shape;
    private final RowCells cells;
    private final BatchBuilder builder;
    private final List<ReadColumn> columns;
    private final Optional<WindowRead.Window> window;
    private final @Nullable RowMarks marks;
    private final int maxRows;
    private final long maxBytes;
    private final Map<String, Long> exceptions = new HashMap<>();
    private long rows;
    private long bytes;
    private long seenAgain;
    private long lastNumber = Long.MIN_VALUE;

    RowBatch(
            StreamShape shape, Optional<WindowRead.Window> window, JdbcSourceConfig config, BufferAllocator allocator, long rowsBefore) {
        this.shape = shape;
        this.cells = new RowCells(shape);
        this.builder = new BatchBuilder(shape.schema(), allocator);
        this.columns = shape.columns();
        this.window = window;
        this.marks = window.map(one -> new RowMarks(one.salt())).orElse(null);
        this.maxRows = config.batchRows();
        this.maxBytes = config.batchSize().bytes();
        this.rows = rowsBefore;
    }

    /** Takes the current row of an answer. */
    void append(ResultSet row) throws SQLException {
        @Nullable Object[] raws = cells.raws(row);
        rows++;
        if (shape.lasting() == StreamShape.Lasting.ROWS_AS_THEY_COME && !shape.order().isEmpty()) {
            expectHigher((Long) cells.order(0));
        }
        if (marks != null && isSeen(marks.of(raws))) {
            return;
        }
        for (int i = 0; i < columns.size(); i++) {
            Object raw = raws[i];
            if (raw == null) {
                builder.setNull(i);
                continue;
            }
            try {
                Object value = columns.get(i).cell().converter().value(raw);
                bytes += size(raw);
                builder.set(i, value);
            } catch (Misfit e) {
                misfit(i, e.kind());
            }
        }
        builder.endRow();
    }

    private void misfit(int column, String kind) {
        String name = columns.get(column).column().name();
        if (shape.config().outOfRange() != OutOfRange.NULL) {
            throw WindrowException.of(
                    SourceError.VALUE_OUT_OF_RANGE, "Reading " + shape.stream() + " at row " + rows + " of the split: column " + name + ", a "
                            + columns.get(column).column().sourceType() + ", holds a value of the kind " + kind);
        }
        builder.setNull(column);
        exceptions.merge(name + ":" + kind, 1L, Long::sum);
    }

    private boolean isSeen(String mark) {
        WindowRead.Window known = window.orElseThrow();
        if (known.delivered().contains(mark)) {
            seenAgain++;
            return true;
        }
        return known.only().isPresent() && !known.only().get().contains(mark);
    }

    private void expectHigher(@Nullable Long number) {
        if (number == null || number <= lastNumber) {
            throw WindrowException.of(
                    SourceError.KEY_BROKEN, "Reading " + shape.stream() + " at row " + rows + " of the split: rows do not come in their order");
        }
        lastNumber = number;
    }

    private static long size(Object raw) {
        return switch (raw) {
            // Three bytes at most for what Java counts as one.
            case String text -> FIXED_BYTES + 3L * text.length();
            case byte[] binary -> FIXED_BYTES + (long) binary.length;
            default -> FIXED_BYTES;
        };
    }

    boolean isFull() {
        return builder.rowCount() >= maxRows || bytes >= maxBytes;
    }

    boolean isEmpty() {
        return builder.rowCount() == 0;
    }

    long rows() {
        return rows;
    }

    /** The rows so far; the caller owns them. Their position is that of the row that was taken last. */
    Batch take() {
        List<String> key = new ArrayList<>();
        for (int i = 0; i < shape.order().size(); i++) {
            key.add(place(i));
        }
        Batch batch = builder.build(new JdbcPosition(rows, key).toPosition());
        Batch.Parts parts = batch.release();
        Batch whole = new Batch.Parts(
                parts.schema(), parts.rows(), parts.position(), parts.account(), Map.copyOf(exceptions), null, List.of(),
                seenAgain > 0 ? Map.of(Source.SEEN_AGAIN, Measure.ofCount(seenAgain)) : Map.of()).batch();
        exceptions.clear();
        seenAgain = 0;
        bytes = 0;
        return whole;
    }

    /** A value that is not what its column says may lie anywhere in the order. */
    private String place(int at) {
        String doing = "Reading " + shape.stream() + " at row " + rows + " of the split";
        Object raw = cells.order(at);
        String text = Raw.text(raw, doing);
        try {
            shape.order().get(at).cell().converter().value(raw == null ? "" : raw);
        } catch (Misfit e) {
            throw WindrowException.of(SourceError.KEY_BROKEN, doing + ": the key holds a value of the kind " + e.kind());
        }
        return text;
    }

    @Override
    public void close() {
        builder.close();
    }
}
