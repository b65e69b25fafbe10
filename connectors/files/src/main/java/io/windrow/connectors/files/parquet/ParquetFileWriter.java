package io.windrow.connectors.files.parquet;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.StreamSchema;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.ColumnOrder;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.TypeDefinedOrder;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/**
 * Writes one Parquet file from Arrow batches of one schema.
 *
 * <p>One thread. Batches are only read and stay the caller's. Memory: the encoded row group, one page of pending values
 * per leaf and the dictionaries, whatever the number of rows (I12). Without {@link #finish()} there is no footer, so an
 * aborted or failed file cannot be read as a short one. After any failure, after {@link #abort()} and after
 * {@link #finish()} every call but {@code abort} and {@code close} throws {@code parquet.writer_closed}.
 */
public final class ParquetFileWriter implements AutoCloseable {
    private static final byte[] MAGIC = {'P', 'A', 'R', '1'};
    private static final int FLAT_SLICE = 4096;
    private static final int NESTED_SLICE = 512;
    private static final int WINDOW = 32 << 10;

    private enum State { OPEN, FINISHED, FAILED, ABORTED }

    private final ParquetSchema schema;
    private final Schema arrow;
    private final ParquetOptions options;
    private final ParquetOutput output;
    private final ChunkContext context;
    private final LeafReader[] readers;
    private final ChunkWriter[] writers;
    private final LeafSlice slice = new LeafSlice();
    private final ByteBuffer staging = ByteBuffer.allocateDirect(128 << 10);
    private final List<RowGroup> groups = new ArrayList<>();
    private final List<List<FinishedChunk>> chunks = new ArrayList<>();
    private final List<PageProof> proofs = new ArrayList<>();
    private State state = State.OPEN;
    private @Nullable Schema checked;
    private long position;
    private long rows;
    private int groupRows;

    /** Starts a file; the output is touched by the first row group or {@link #finish()}. */
    public ParquetFileWriter(StreamSchema schema, ParquetOptions options, ParquetOutput output) {
        this.schema = new ParquetSchema(schema);
        this.arrow = ArrowTypes.schema(schema);
        this.options = options;
        this.output = output;
        List<Leaf> leaves = this.schema.leaves();
        this.context = new ChunkContext(options, leaves.size());
        this.readers = new LeafReader[leaves.size()];
        this.writers = new ChunkWriter[leaves.size()];
        for (int i = 0; i < readers.length; i++) {
            Leaf leaf = leaves.get(i);
            readers[i] = new LeafReader(leaf);
            writers[i] = leaf.bytes() ? new BytesChunkWriter(leaf, context) : new NumberChunkWriter(leaf, context);
        }
    }

    /** Encodes all rows of a batch whose vectors are in column order with the layout of {@link ArrowTypes}. */
    public void write(VectorSchemaRoot batch) {
        requireOpen("Writing a batch");
        state = State.FAILED; // Until the batch is in: whatever is thrown below poisons the writer (F02).
        check(batch);
        for (LeafReader reader : readers) {
            reader.bind(batch);
        }
        int count = batch.getRowCount();
        for (int from = 0; from < count; ) {
            int window = Math.min(Math.min(WINDOW, count - from), options.rowGroupRows() - groupRows);
            for (int i = 0; i < writers.length; i++) {
                append(readers[i], writers[i], from, window, count);
            }
            rows += window;
            groupRows += window;
            if (groupRows >= options.rowGroupRows() || bufferedBytes() >= options.rowGroupBytes()) {
                endRowGroup();
            }
            from += window;
        }
        state = State.OPEN;
    }

    private void append(LeafReader reader, ChunkWriter writer, int from, int window, int batchRows) {
        long perRow = reader.bytesPerRow(batchRows);
        int most = writer.leaf.flat() ? FLAT_SLICE : NESTED_SLICE;
        most = Math.min(most, options.pageValues());
        if (perRow > 0) {
            most = (int) Math.max(1, Math.min(most, options.pageBytes() / perRow));
        }
        int end = from + window;
        for (int at = from; at < end; at += most) {
            reader.read(at, Math.min(most, end - at), slice);
            writer.append(reader.vector(), slice);
        }
    }

    /** Bytes held for the row group under way: encoded pages and values that wait for their page to end. */
    public long bufferedBytes() {
        long sum = 0;
        for (ChunkWriter writer : writers) {
            sum += writer.bufferedBytes();
        }
        return sum;
    }

    /** Bytes given to the output so far plus the bytes held: an estimate of the file's length for rolling to a new one. */
    public long estimatedBytes() {
        return position + staging.position() + bufferedBytes();
    }

    /** Rows taken so far. */
    public long rows() {
        return rows;
    }

    /** Writes what is left and the footer. The caller makes the bytes durable. */
    public ParquetWritten finish() {
        requireOpen("Finishing a file");
        state = State.FAILED;
        if (groupRows > 0) {
            endRowGroup();
        }
        try {
            begin();
            writeIndexes();
            FileMetaData footer = footer();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
            Util.writeFileMetaData(footer, bytes);
            ByteSink end = new ByteSink(bytes.size() + 8);
            end.put(bytes.toByteArray(), 0, bytes.size());
            end.putInt(bytes.size());
            end.put(MAGIC, 0, MAGIC.length);
            put(end.array, 0, end.size);
            flush();
        } catch (IOException e) {
            throw failed(e);
        }
        context.close();
        state = State.FINISHED;
        return new ParquetWritten(rows, position, groups.size(), proofs);
    }

    /** Gives up: no footer is written, so what was given to the output is no Parquet file (F01). */
    public void abort() {
        if (state == State.OPEN || state == State.FAILED) {
            state = State.ABORTED;
            context.close();
        }
    }

    /** Aborts unless finished. */
    @Override
    public void close() {
        abort();
    }

    private void requireOpen(String doing) {
        if (state != State.OPEN) {
            throw WindrowException.of(ParquetError.WRITER_CLOSED, doing + ": the writer is "
                    + switch (state) {
                        case OPEN -> "open";
                        case FINISHED -> "finished";
                        case FAILED -> "unusable after a failure";
                        case ABORTED -> "aborted";
                    });
        }
    }

    private void check(VectorSchemaRoot batch) {
        if (batch.getSchema() == checked) {
            return;
        }
        List<Field> fields = batch.getSchema().getFields();
        if (fields.size() != arrow.getFields().size()) {
            throw WindrowException.of(ParquetError.BATCH_MISMATCH, "Writing a batch: it has " + fields.size()
                    + " columns, the schema " + arrow.getFields().size());
        }
        for (int i = 0; i < fields.size(); i++) {
            Field expected = arrow.getFields().get(i);
            if (!expected.getName().equals(fields.get(i).getName())) {
                throw WindrowException.of(ParquetError.BATCH_MISMATCH,
                        "Writing a batch: column " + i + " is " + fields.get(i).getName() + ", not " + expected.getName());
            }
            check(expected, fields.get(i), expected.getName());
        }
        checked = batch.getSchema();
    }

    private static void check(Field expected, Field field, String path) {
        if (!expected.getType().equals(field.getType()) || field.getDictionary() != null
                || expected.getChildren().size() != field.getChildren().size()) {
            throw WindrowException.of(ParquetError.BATCH_MISMATCH,
                    "Writing a batch: column " + path + " is " + field + ", not " + expected);
        }
        for (int i = 0; i < expected.getChildren().size(); i++) {
            Field child = expected.getChildren().get(i);
            check(child, field.getChildren().get(i), path + "." + child.getName());
        }
    }

    private void begin() throws IOException {
        if (position == 0 && staging.position() == 0) {
            put(MAGIC, 0, MAGIC.length);
        }
    }

    private void endRowGroup() {
        try {
            begin();
            List<FinishedChunk> finished = new ArrayList<>(writers.length);
            List<ColumnChunk> described = new ArrayList<>(writers.length);
            long start = offset();
            long uncompressed = 0;
            for (ChunkWriter writer : writers) {
                FinishedChunk chunk = writer.finish(offset(), this::put);
                prove(chunk);
                finished.add(chunk);
                described.add(chunk.columnChunk());
                uncompressed += chunk.uncompressed();
            }
            RowGroup group = new RowGroup(described, uncompressed, groupRows);
            group.setFile_offset(start);
            group.setTotal_compressed_size(offset() - start);
            group.setOrdinal((short) Math.min(Short.MAX_VALUE, groups.size()));
            groups.add(group);
            chunks.add(finished);
            groupRows = 0;
            context.rowGroup++;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void prove(FinishedChunk chunk) {
        for (int i = 0; i < chunk.pages().size(); i++) {
            EncodedPage page = chunk.pages().get(i);
            PageProof.Kind kind = page.proof();
            if (kind != null) {
                proofs.add(new PageProof(groups.size(), chunk.leaf().index(), i, chunk.dataOffset() + page.offset(),
                        page.size(), page.values(), page.digest(), kind));
            }
        }
    }

    private void writeIndexes() throws IOException {
        for (int g = 0; g < chunks.size(); g++) {
            for (int i = 0; i < chunks.get(g).size(); i++) {
                ColumnIndex index = chunks.get(g).get(i).columnIndex();
                if (index != null) {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
                    Util.writeColumnIndex(index, bytes);
                    groups.get(g).getColumns().get(i).setColumn_index_offset(offset());
                    groups.get(g).getColumns().get(i).setColumn_index_length(bytes.size());
                    put(bytes.toByteArray(), 0, bytes.size());
                }
            }
        }
        for (int g = 0; g < chunks.size(); g++) {
            for (int i = 0; i < chunks.get(g).size(); i++) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
                Util.writeOffsetIndex(chunks.get(g).get(i).offsetIndex(), bytes);
                groups.get(g).getColumns().get(i).setOffset_index_offset(offset());
                groups.get(g).getColumns().get(i).setOffset_index_length(bytes.size());
                put(bytes.toByteArray(), 0, bytes.size());
            }
        }
    }

    private FileMetaData footer() {
        FileMetaData footer = new FileMetaData(1, schema.elements(), rows, groups);
        footer.setCreated_by("windrow version 0.1.0 (build 0)");
        List<ColumnOrder> orders = new ArrayList<>();
        for (int i = 0; i < writers.length; i++) {
            orders.add(ColumnOrder.TYPE_ORDER(new TypeDefinedOrder()));
        }
        footer.setColumn_orders(orders);
        List<KeyValue> pairs = new ArrayList<>();
        for (Map.Entry<String, String> entry : new TreeMap<>(options.metadata()).entrySet()) {
            KeyValue pair = new KeyValue(entry.getKey());
            pair.setValue(entry.getValue());
            pairs.add(pair);
        }
        if (!pairs.isEmpty()) {
            footer.setKey_value_metadata(pairs);
        }
        return footer;
    }

    private long offset() {
        return position + staging.position();
    }

    private void put(byte[] bytes, int from, int length) throws IOException {
        int at = from;
        int left = length;
        while (left > 0) {
            int n = Math.min(left, staging.remaining());
            staging.put(bytes, at, n);
            at += n;
            left -= n;
            if (!staging.hasRemaining()) {
                flush();
            }
        }
    }

    private void flush() throws IOException {
        staging.flip();
        int length = staging.remaining();
        output.write(staging);
        position += length;
        staging.clear();
    }

    private static WindrowException failed(IOException e) {
        return WindrowException.of(ParquetError.WRITE_FAILED, "Writing a Parquet file: the output refused bytes", e);
    }
}
