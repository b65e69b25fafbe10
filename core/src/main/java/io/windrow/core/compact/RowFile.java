package io.windrow.core.compact;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.StreamSchema;
import io.windrow.core.spool.UnnamedFile;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/** Rows in an Arrow stream without a name on disk: written once, read as often as need be, gone however the process ends. */
final class RowFile implements AutoCloseable {
    private final Path folder;
    private final StreamSchema schema;
    private final BufferAllocator allocator;
    private final UnnamedFile file;
    private final BufferedOutputStream out;
    private final VectorSchemaRoot root;
    private final ArrowStreamWriter writer;
    private boolean written;

    private RowFile(Path folder, StreamSchema schema, BufferAllocator allocator, UnnamedFile file) {
        this.folder = folder;
        this.schema = schema;
        this.allocator = allocator;
        this.file = file;
        this.out = new BufferedOutputStream(file.out(), 1 << 16);
        this.root = VectorSchemaRoot.create(ArrowTypes.schema(schema), allocator);
        this.writer = new ArrowStreamWriter(root, null, out);
    }

    /** A new file in the folder. */
    static RowFile create(Path folder, StreamSchema schema, BufferAllocator allocator) {
        try {
            return new RowFile(folder, schema, allocator, UnnamedFile.in(folder));
        } catch (IOException e) {
            throw failed(schema, folder, e);
        }
    }

    /** Adds rows, which stay the caller's. */
    void add(VectorSchemaRoot rows) {
        try {
            try (ArrowRecordBatch batch = new VectorUnloader(rows).getRecordBatch()) {
                new VectorLoader(root).load(batch);
            }
            writer.writeBatch();
            root.clear();
        } catch (IOException e) {
            throw failed(schema, folder, e);
        }
    }

    /** Nothing more is added. */
    void end() {
        if (!written) {
            written = true;
            try {
                writer.end();
                out.flush();
            } catch (IOException e) {
                throw failed(schema, folder, e);
            } finally {
                root.close();
            }
        }
    }

    /** Gives the rows in the order in which they were added; each is valid during the call. */
    void each(Consumer<LogRows> taker) {
        try (Rows all = rows()) {
            for (Optional<VectorSchemaRoot> some = all.next(); some.isPresent(); some = all.next()) {
                taker.accept(new LogRows(some.get(), schema));
            }
        }
    }

    /** The rows from the first; the caller closes it before the file. */
    Rows rows() {
        return new Rows(this, new ArrowStreamReader(new BufferedInputStream(file.bytes(), 1 << 16), allocator));
    }

    /**
     * Rows that are read, some at a time.
     *
     * @param of the file
     * @param reader reads it
     */
    record Rows(RowFile of, ArrowStreamReader reader) implements AutoCloseable {
        /** The next rows, valid until the next call; empty at the end. */
        Optional<VectorSchemaRoot> next() {
            try {
                return reader.loadNextBatch() ? Optional.of(reader.getVectorSchemaRoot()) : Optional.empty();
            } catch (IOException e) {
                throw failed(of.schema, of.folder, e);
            }
        }

        @Override
        public void close() {
            try {
                reader.close();
            } catch (IOException e) {
                throw failed(of.schema, of.folder, e);
            }
        }
    }

    private static WindrowException failed(StreamSchema schema, Path where, IOException e) {
        return WindrowException.of(
                CompactError.SPACE,
                "Putting rows of " + schema.stream() + " aside in " + where + ": " + e.getClass().getSimpleName() + ", "
                        + e.getMessage(),
                e);
    }

    /** Closes all of them, also after one that fails; the first failure is thrown, with the others beside it. */
    static void closeAll(List<RowFile> files) {
        RuntimeException first = null;
        for (RowFile file : files) {
            try {
                file.close();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /** Its rows are gone. Those that are not in the file yet are dropped: there may be no space for them. */
    @Override
    public void close() {
        written = true;
        try (file) {
            root.close();
        } catch (IOException e) {
            throw failed(schema, folder, e);
        }
    }
}
