package io.windrow.core.replay;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.SplitReader;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/**
 * The rows of a window as they would be delivered, behind every step, in one Arrow stream file: read from the source once,
 * at one moment, and from here as often as need be. Whoever closes it keeps the file only if it was to be kept.
 *
 * @param file where they lie
 * @param schema what they follow
 * @param account the books of the read: what came in, and what the steps did with it
 * @param end the evidence that the window was read to its end (I9)
 */
record StagedRows(StagedFile file, StreamSchema schema, Account account, EndProof end) implements AutoCloseable {
    private static final long WAIT_NANOS = Duration.ofSeconds(5).toNanos();

    /** Reads to the end and stages, in a file that is not there yet. The reader stays the caller's. */
    static StagedRows write(
            Staging staging, StreamSchema schema, SplitReader reader, BufferAllocator allocator, Consumer<Batch> each) {
        StagedFile file = StagedFile.create(staging, schema.stream());
        boolean written = false;
        try {
            StagedRows rows = write(file, schema, reader, allocator, each);
            written = true;
            return rows;
        } finally {
            if (!written) {
                file.close();
            }
        }
    }

    private static StagedRows write(
            StagedFile file, StreamSchema schema, SplitReader reader, BufferAllocator allocator, Consumer<Batch> each) {
        try (OutputStream out = new BufferedOutputStream(file.out(), 1 << 16);
                VectorSchemaRoot root = VectorSchemaRoot.create(ArrowTypes.schema(schema), allocator);
                ArrowStreamWriter writer = new ArrowStreamWriter(root, null, out)) {
            writer.start();
            Account[] account = {Account.ZERO};
            VectorLoader loader = new VectorLoader(root);
            EndProof end = each(reader, batch -> {
                account[0] = account[0].plus(batch.account());
                each.accept(batch);
                if (batch.rowCount() > 0) {
                    try (ArrowRecordBatch rows = new VectorUnloader(batch.arrow()).getRecordBatch()) {
                        loader.load(rows);
                    }
                    write(writer);
                }
            });
            writer.end();
            return new StagedRows(file, schema, account[0], end);
        } catch (IOException e) {
            throw file.failed("Staging", e);
        } catch (UncheckedIOException e) {
            throw file.failed("Staging", e.getCause());
        }
    }

    private static void write(ArrowStreamWriter writer) {
        try {
            writer.writeBatch();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads to the proven end (I9); each batch is valid during the call. The reader stays the caller's. */
    static EndProof each(SplitReader reader, Consumer<Batch> taker) {
        while (true) {
            switch (reader.read(System.nanoTime() + WAIT_NANOS)) {
                case ReadResult.Data data -> {
                    try (Batch batch = data.batch()) {
                        taker.accept(batch);
                    }
                }
                case ReadResult.End end -> {
                    return end.proof();
                }
                case ReadResult.Idle ignored -> reader.keepAlive();
            }
        }
    }

    /** Gives the rows batch by batch, in the order of the read; each batch is valid during the call. */
    void each(BufferAllocator allocator, Consumer<Batch> rows) {
        try (ArrowStreamReader reader =
                new ArrowStreamReader(new BufferedInputStream(file.bytes(), 1 << 16), allocator)) {
            while (reader.loadNextBatch()) {
                VectorSchemaRoot root = reader.getVectorSchemaRoot();
                rows.accept(new Batch(schema, root, new Position(1, "{}"), Account.ofRead(root.getRowCount())));
            }
        } catch (IOException e) {
            throw file.failed("Reading staged", e);
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
