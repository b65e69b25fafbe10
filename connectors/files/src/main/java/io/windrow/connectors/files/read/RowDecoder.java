package io.windrow.connectors.files.read;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.StreamSchema;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/** Makes batches from a {@link RowCursor}. */
final class RowDecoder implements FileDecoder {
    private static final int ROWS = 4096;
    private static final long BYTES = 16L << 20;

    private final String path;
    private final StreamSchema schema;
    private final RowCursor cursor;
    private final BufferAllocator allocator;
    private long rows;

    RowDecoder(String path, StreamSchema schema, RowCursor cursor, BufferAllocator allocator) {
        this.path = path;
        this.schema = schema;
        this.cursor = cursor;
        this.allocator = allocator;
    }

    @Override
    public Optional<VectorSchemaRoot> next() {
        VectorSchemaRoot root = VectorSchemaRoot.create(ArrowTypes.schema(schema), allocator);
        boolean given = false;
        try {
            int row = fill(root);
            root.setRowCount(row);
            given = row > 0;
            return given ? Optional.of(root) : Optional.empty();
        } catch (UnfitValue e) {
            throw WindrowException.of(
                    ReadError.VALUE_UNREADABLE, "Reading " + path + ", row " + rows + ", " + e.getMessage());
        } catch (IOException e) {
            throw WindrowException.of(ReadError.FILE_DAMAGED, "Reading " + path + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw Decoders.damaged("Reading " + path, e);
        } finally {
            if (!given) {
                root.close();
            }
        }
    }

    private int fill(VectorSchemaRoot root) throws IOException {
        int row = 0;
        long bytes = 0;
        while (row < ROWS && bytes < BYTES) {
            rows++; // From one on, and before it is read: that is the row that an error names.
            if (!cursor.next()) {
                break;
            }
            for (int i = 0; i < schema.columns().size(); i++) {
                Object value = cursor.value(i);
                bytes += weight(value);
                Values.put(root.getVector(i), schema.columns().get(i), row, value);
            }
            row++;
        }
        return row;
    }

    private static long weight(@Nullable Object value) {
        return switch (value) {
            case byte[] bytes -> bytes.length;
            case List<?> list -> list.stream().mapToLong(RowDecoder::weight).sum();
            case null, default -> Long.BYTES;
        };
    }

    @Override
    public void close() {
        try {
            cursor.close();
        } catch (IOException e) {
            throw WindrowException.of(ReadError.FILE_DAMAGED, "Closing " + path + ": " + e.getMessage(), e);
        }
    }
}
