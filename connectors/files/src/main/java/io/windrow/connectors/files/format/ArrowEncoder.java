package io.windrow.connectors.files.format;

import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.StreamSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.WritableByteChannel;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.ArrowWriter;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/** Arrow IPC, as a file or as a stream: the batches as they are, without a copy. */
final class ArrowEncoder implements RowEncoder {
    private final VectorSchemaRoot root;
    private final ArrowWriter writer;

    ArrowEncoder(Format format, StreamSchema schema, BufferAllocator allocator, CountedOutput out) {
        root = VectorSchemaRoot.create(ArrowTypes.schema(schema), allocator);
        WritableByteChannel channel = out;
        writer = format == Format.ARROW
                ? new ArrowFileWriter(root, null, channel)
                : new ArrowStreamWriter(root, null, channel);
        try {
            writer.start();
        } catch (IOException e) {
            root.close();
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void write(VectorSchemaRoot rows) {
        try (ArrowRecordBatch batch = new VectorUnloader(rows).getRecordBatch()) {
            new VectorLoader(root).load(batch);
            writer.writeBatch();
            root.clear();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long buffered() {
        return 0;
    }

    @Override
    public Written finish() {
        try {
            writer.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Written.NOTHING_MORE;
    }

    @Override
    public void close() {
        // Not writer.close(): that would end an unfinished file, and a reader could take it for a whole one (F01).
        root.close();
    }
}
