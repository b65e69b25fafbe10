package io.windrow.core.compact;

import io.windrow.api.schema.StreamSchema;
import io.windrow.core.transform.Rows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * A part of a change log: all rows of the keys whose groups begin with the same bits, and every truncate.
 *
 * @param log its rows
 * @param depth how often it was split: so many times {@link #BITS} bits are the same
 * @param files where they lie; empty: where they were delivered
 */
record LogPart(Log log, int depth, List<RowFile> files) implements AutoCloseable {
    private static final int BITS = 4;
    private static final int PARTS = 1 << BITS;

    /** Decides in which part a row lies. */
    interface Grouping {
        long of(LogRows rows, int row);
    }

    LogPart {
        files = List.copyOf(files);
    }

    /** Whether its rows cannot be split any further. */
    boolean isSmallest() {
        return (depth + 1) * BITS > Long.SIZE;
    }

    /** The same rows in smaller parts, in files of the folder; this part stays as it is. */
    List<LogPart> split(StreamSchema schema, BufferAllocator allocator, Path folder, Grouping grouping) {
        List<LogPart> parts = new ArrayList<>();
        boolean done = false;
        try {
            for (int i = 0; i < PARTS; i++) {
                RowFile copies = RowFile.create(folder, schema, allocator);
                RowFile changes;
                try {
                    changes = RowFile.create(folder, schema, allocator);
                } catch (RuntimeException e) {
                    copies.close();
                    throw e;
                }
                parts.add(new LogPart(in(copies, changes), depth + 1, List.of(copies, changes)));
            }
            log.copies(rows -> route(rows, parts, grouping, true));
            log.changes(rows -> route(rows, parts, grouping, false));
            parts.forEach(part -> part.files.forEach(RowFile::end));
            done = true;
            return parts;
        } finally {
            if (!done) {
                closeAll(parts);
            }
        }
    }

    /** Closes all of them, also after one that fails. */
    static void closeAll(Collection<LogPart> parts) {
        RowFile.closeAll(parts.stream().flatMap(part -> part.files.stream()).toList());
    }

    private static Log in(RowFile copies, RowFile changes) {
        return new Log() {
            @Override
            public void copies(Consumer<LogRows> rows) {
                copies.each(rows);
            }

            @Override
            public void changes(Consumer<LogRows> rows) {
                changes.each(rows);
            }
        };
    }

    /** Adds the batch's copied rows, or its changes, each to its part. */
    private void route(LogRows rows, List<LogPart> parts, Grouping grouping, boolean copies) {
        int[][] picked = new int[PARTS][rows.count()];
        int[] counts = new int[PARTS];
        for (int row = 0; row < rows.count(); row++) {
            LogRows.Kind kind = rows.kind(row);
            if ((kind == LogRows.Kind.COPY) != copies) {
                continue;
            }
            if (kind == LogRows.Kind.TRUNCATE) {
                for (int i = 0; i < PARTS; i++) {
                    picked[i][counts[i]++] = row;
                }
            } else {
                int part = (int) (grouping.of(rows, row) >>> Long.SIZE - (depth + 1) * BITS) & PARTS - 1;
                picked[part][counts[part]++] = row;
            }
        }
        VectorSchemaRoot root = new VectorSchemaRoot(rows.vectors());
        for (int i = 0; i < PARTS; i++) {
            if (counts[i] > 0) {
                try (VectorSchemaRoot some = Rows.pick(root, picked[i], counts[i])) {
                    parts.get(i).files.get(copies ? 0 : 1).add(some);
                }
            }
        }
    }

    @Override
    public void close() {
        RowFile.closeAll(files);
    }
}
