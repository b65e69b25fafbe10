package io.windrow.connectors.postgres.codec;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.StreamName;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Decodes the CopyData messages of {@code COPY … TO STDOUT (FORMAT binary)} into batches. The protocol promises one row per
 * message (the first may hold the header too), and this relies on it loudly. Usage:
 *
 * <pre>{@code
 * for (byte[] message; (message = copy.readFromCopy()) != null; ) {
 *     if (!decoder.fits(message.length)) deliver(decoder.take());
 *     decoder.append(message, 0, message.length);
 * }
 * decoder.rows() > 0 → deliver(decoder.take()); decoder.ended() must be true, else the copy was cut off (I9)
 * }</pre>
 *
 * <p>One thread. After an exception only {@link #close} may be called. Memory comes from the allocator given and goes to the
 * taker of the batch.
 */
public final class CopyDecoder implements AutoCloseable {
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0};
    private static final int FIRST_ROWS = 1024;

    private final BufferAllocator allocator;
    private final BatchLimits limits;
    private final String stream;
    private final Schema schema;
    private final ValueDecoder[] decoders;
    private final ColumnGuard[] guards;
    private final boolean[] nullable;
    private final int fixedBytes;
    private final ColumnGuard.Expansion expansion = new ColumnGuard.Expansion();
    private int capacity;
    private int rows;
    private int likelyRows = FIRST_ROWS;
    private long bytes;
    private long received;
    private boolean started;
    private boolean ended;

    /** A decoder for the rows whose columns are, in order, those of {@code plans}. */
    public CopyDecoder(StreamName stream, List<ColumnPlan> plans, BatchLimits limits, BufferAllocator allocator) {
        this.allocator = allocator;
        this.limits = limits;
        this.stream = stream.toString();
        int count = plans.size();
        this.decoders = new ValueDecoder[count];
        this.guards = new ColumnGuard[count];
        this.nullable = new boolean[count];
        List<Field> fields = new ArrayList<>(count);
        int fixed = 0;
        for (int i = 0; i < count; i++) {
            ColumnPlan plan = plans.get(i);
            fields.add(ArrowTypes.field(plan.column()));
            String name = plan.column().name();
            guards[i] = new ColumnGuard(this.stream + "." + name, name, plan.rule(), expansion);
            decoders[i] = plan.codec().decoder(allocator, guards[i]);
            nullable[i] = plan.column().nullable();
            fixed += decoders[i].fixedBytes();
        }
        this.schema = new Schema(fields);
        this.fixedBytes = fixed;
    }

    /** Rows in the batch that is being filled. */
    public int rows() {
        return rows;
    }

    /** An upper bound of the Arrow memory that the current batch's values take, in bytes. */
    public long bytes() {
        return bytes;
    }

    /** Rows decoded since the beginning, the current batch included. */
    public long received() {
        return received;
    }

    /** Whether the trailer was seen: the evidence that the copy is complete (I9). */
    public boolean ended() {
        return ended;
    }

    /** Whether a row of so many bytes on the wire belongs into the current batch; always true for an empty batch. */
    public boolean fits(int wireBytes) {
        return rows == 0 || (rows < limits.maxRows() && bytes + wireBytes + fixedBytes <= limits.maxBytes());
    }

    /**
     * Takes one CopyData message. The bytes are not kept.
     *
     * @throws WindrowException DATA for a value out of range under FAIL, EXTERNAL_PERMANENT for malformed data, RESOURCE if
     *     the allocator's limit does not suffice
     */
    public void append(byte[] message, int offset, int length) {
        int at = offset;
        int end = offset + length;
        if (!started) {
            at = header(message, offset, end);
            started = true;
            if (at == end) {
                return;
            }
        }
        if (ended || end - at < 2) {
            throw malformed("data behind the end, or a message without a row");
        }
        int count = ValueDecoder.shortAt(message, at);
        if (count == -1) {
            if (end - at != 2) {
                throw malformed("data behind the trailer");
            }
            ended = true;
            return;
        }
        if (count != decoders.length) {
            throw malformed("a row of " + count + " columns where " + decoders.length + " were expected");
        }
        if (rows == capacity) {
            grow();
        }
        row(message, at + 2, end);
        bytes += end - at + fixedBytes + expansion.take();
        rows++;
        received++;
    }

    private void row(byte[] message, int offset, int end) {
        ValueDecoder[] columns = decoders;
        int index = rows;
        int at = offset;
        int stop = end - 4;
        for (int i = 0; i < columns.length; i++) {
            if (at > stop) {
                throw malformed("a row that ends before column " + (i + 1));
            }
            int size = ValueDecoder.intAt(message, at);
            at += 4;
            if (size >= 0) {
                if (size > end - at) {
                    throw malformed("a row that ends in the middle of column " + (i + 1));
                }
                columns[i].value(index, message, at, size);
                at += size;
            } else {
                if (!nullable[i]) {
                    throw guards[i].unexpectedNull();
                }
                columns[i].nullAt(index);
            }
        }
        if (at != end) {
            throw malformed("bytes behind the last column of a row");
        }
    }

    private void grow() {
        int wanted = Math.min(limits.maxRows(), capacity == 0 ? likelyRows : capacity * 2);
        // A wide table starts small: nobody reserves more than the batch may hold.
        if (capacity == 0 && fixedBytes > 0) {
            wanted = (int) Math.max(1, Math.min(wanted, limits.maxBytes() / fixedBytes));
        }
        for (ValueDecoder decoder : decoders) {
            decoder.reserve(wanted);
        }
        capacity = wanted;
    }

    private int header(byte[] message, int offset, int end) {
        if (end - offset < 19) {
            throw malformed("a first message without the header of the binary format");
        }
        for (int i = 0; i < SIGNATURE.length; i++) {
            if (message[offset + i] != SIGNATURE[i]) {
                throw malformed("a first message without the signature of the binary format");
            }
        }
        int flags = ValueDecoder.intAt(message, offset + 11);
        int extension = ValueDecoder.intAt(message, offset + 15);
        if (flags != 0 || extension < 0 || extension > end - offset - 19) {
            throw malformed("a header with flags or an extension that are not known");
        }
        return offset + 19 + extension;
    }

    /**
     * Gives the current batch away, possibly of zero rows, and begins a new one. The taker closes it. The schema is that of
     * {@link ArrowTypes#field} for each plan's column.
     */
    public VectorSchemaRoot take() {
        List<ArrowFieldNode> nodes = new ArrayList<>();
        List<ArrowBuf> buffers = new ArrayList<>();
        VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator);
        try {
            for (ValueDecoder decoder : decoders) {
                decoder.emit(rows, nodes, buffers);
            }
            try (ArrowRecordBatch batch = new ArrowRecordBatch(rows, nodes, buffers)) {
                new VectorLoader(root).load(batch);
            }
        } catch (RuntimeException e) {
            root.close();
            throw e;
        } finally {
            for (ArrowBuf buffer : buffers) {
                buffer.close();
            }
        }
        likelyRows = Math.max(64, Math.min(limits.maxRows(), rows + (rows >> 3)));
        capacity = 0;
        rows = 0;
        bytes = 0;
        return root;
    }

    /** The values that became null since the last call, for the ledger; empties the counters. */
    public List<NulledValue> takeNulled() {
        List<NulledValue> nulled = new ArrayList<>();
        for (ColumnGuard guard : guards) {
            guard.drainTo(nulled);
        }
        return nulled;
    }

    /** Frees the batch that was not taken. */
    @Override
    public void close() {
        for (ValueDecoder decoder : decoders) {
            decoder.release();
        }
    }

    private WindrowException malformed(String what) {
        return WindrowException.of(
                CodecError.MALFORMED, "Decoding " + stream + " at row " + (received + 1) + ": " + what);
    }
}
