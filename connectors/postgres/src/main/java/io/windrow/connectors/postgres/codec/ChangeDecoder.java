package io.windrow.connectors.postgres.codec;

import io.windrow.api.batch.ChangeColumns;
import io.windrow.api.batch.Operation;
import io.windrow.api.batch.Presence;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.StreamName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the rows of one stream of a change log into batches, cell by cell, with the same decoders as a snapshot (I7). For
 * every row: {@link #begin}, then for each column, in any order, one of {@link #value}, {@link #text}, {@link #nullValue} and {@link
 * #without}, then {@link #end}. One thread. After an exception only {@link #cut} and {@link #close} may be called.
 */
public final class ChangeDecoder implements AutoCloseable {
    private static final int FIRST_ROWS = 256;
    private static final int FACT_BYTES = 41;

    private final BufferAllocator allocator;
    private final BatchLimits limits;
    private final String stream;
    private final List<ColumnPlan> plans;
    private final Schema schema;
    private final ValueDecoder[] decoders;
    private final ColumnGuard[] guards;
    private final @Nullable TinyIntVector[] presence;
    private final Facts facts;
    private final int fixedBytes;
    private final ColumnGuard.Expansion expansion = new ColumnGuard.Expansion();
    /** A value of a former type. */
    private final AsciiText said = new AsciiText();
    private int capacity;
    private int rows;
    private int likelyRows = FIRST_ROWS;
    private long bytes;
    private long rowBytes;
    /** What the next batch is likely to take: room for it is made with its first row. */
    private long likelyBytes;
    private int marked;
    private long markedNulled;

    /** The rows of a batch, and what happened to them; owned by whoever took them. */
    public record Changes(VectorSchemaRoot rows, ChangeColumns facts) {}

    /** A decoder for rows of these columns. */
    public ChangeDecoder(StreamName stream, List<ColumnPlan> plans, BatchLimits limits, BufferAllocator allocator) {
        this.allocator = allocator;
        this.limits = limits;
        this.stream = stream.toString();
        this.plans = List.copyOf(plans);
        int count = plans.size();
        this.decoders = new ValueDecoder[count];
        this.guards = new ColumnGuard[count];
        this.presence = new TinyIntVector[count];
        List<Field> fields = new ArrayList<>(count);
        int fixed = FACT_BYTES;
        for (int i = 0; i < count; i++) {
            ColumnPlan plan = plans.get(i);
            fields.add(ArrowTypes.field(plan.column()));
            String name = plan.column().name();
            guards[i] = new ColumnGuard(this.stream + "." + name, name, plan.rule(), expansion);
            decoders[i] = plan.codec().decoder(allocator, guards[i]);
            fixed += decoders[i].fixedBytes();
        }
        this.schema = new Schema(fields);
        this.fixedBytes = fixed;
        this.likelyBytes = Math.min(limits.maxBytes(), (long) FIRST_ROWS * fixed);
        this.facts = new Facts(allocator, new ColumnGuard(this.stream, "a change", plans.getFirst().rule(), expansion));
    }

    /** The per-row facts, in the order of {@link ChangeColumns}. */
    private static final class Facts {
        final Int1 operations;
        final NumberDecoders.Int8 ordinals;
        final NumberDecoders.Int8 commits;
        final NumberDecoders.Int8 transactions;
        final NumberDecoders.Int8 positions;
        final NumberDecoders.Int8 links;
        final List<ValueDecoder> all;

        Facts(BufferAllocator allocator, ColumnGuard guard) {
            operations = new Int1(allocator, guard);
            ordinals = new NumberDecoders.Int8(allocator, guard);
            commits = new NumberDecoders.Int8(allocator, guard);
            transactions = new NumberDecoders.Int8(allocator, guard);
            positions = new NumberDecoders.Int8(allocator, guard);
            links = new NumberDecoders.Int8(allocator, guard);
            all = List.of(operations, ordinals, commits, transactions, positions, links);
        }
    }

    /** Whole numbers of 8 bits. */
    private static final class Int1 extends FixedDecoder {
        Int1(BufferAllocator allocator, ColumnGuard guard) {
            super(allocator, guard, 1);
        }

        @Override
        void value(int index, byte[] source, int offset, int length) {
            expect(length, 1);
            set(index, source[offset]);
        }

        void set(int index, byte value) {
            MemoryUtil.putByte(address + index, value);
        }
    }

    /** Rows in the batch that is being filled. */
    public int rows() {
        return rows;
    }

    /** An upper bound of the Arrow memory that the current batch's values take, in bytes. */
    public long bytes() {
        return bytes;
    }

    /** About how much Arrow memory the current batch takes, in bytes, with the room that was made for rows to come. */
    public long held() {
        return rows == 0 ? 0 : Math.max(bytes, likelyBytes);
    }

    /** About how many bytes of Arrow memory a further row of so many bytes on the wire takes. */
    public long needs(int wireBytes) {
        return wireBytes + (rows == 0 ? likelyBytes : fixedBytes);
    }

    /** Whether a row of so many bytes on the wire belongs into the current batch; always true for an empty batch. */
    public boolean fits(int wireBytes) {
        // A change of key takes two rows.
        return rows == 0 || (rows + 2 <= limits.maxRows() && bytes + wireBytes + fixedBytes <= limits.maxBytes());
    }

    /**
     * Begins a row.
     *
     * @param link the ordinal of the other half of a change of key, or −1
     */
    public void begin(Operation operation, Transaction transaction, long ordinal, long link) {
        if (rows == capacity) {
            grow();
        }
        facts.operations.set(rows, (byte) operation.ordinal());
        facts.ordinals.set(rows, ordinal);
        if (transaction.isNone()) {
            facts.commits.nullAt(rows);
        } else {
            facts.commits.set(rows, transaction.commitMicros());
        }
        facts.transactions.set(rows, transaction.id());
        facts.positions.set(rows, transaction.position());
        if (link < 0) {
            facts.links.nullAt(rows);
        } else {
            facts.links.set(rows, link);
        }
        rowBytes = 0;
    }

    /** The column's value in its type's binary send form. */
    public void value(int column, byte[] source, int offset, int length) {
        if (plans.get(column).logForm() != LogForm.BINARY) {
            throw guards[column].malformed("a value in binary form where a text was expected");
        }
        decoders[column].value(rows, source, offset, length);
        rowBytes += length;
    }

    /** The column's value as its type's output function writes it under {@link CanonicalSession}. */
    public void text(int column, byte[] source, int offset, int length) {
        decoders[column].text(rows, source, offset, length);
        rowBytes += length;
    }

    /** The column's value in the binary send form of a type that the column has or had before. */
    public void value(int column, FormerType former, byte[] source, int offset, int length) {
        if (former == FormerType.ALIKE) {
            value(column, source, offset, length);
            return;
        }
        said.clear();
        said(column, former.render(source, offset, length, said));
    }

    /** The column's value as the output function of a type writes it that the column has or had before. */
    public void text(int column, FormerType former, byte[] source, int offset, int length) {
        if (former == FormerType.ALIKE) {
            text(column, source, offset, length);
            return;
        }
        said.clear();
        said(column, former.renderText(source, offset, length, said));
    }

    private void said(int column, boolean isOfType) {
        if (!isOfType) {
            throw guards[column].malformed("a value that is not of the type that the column had before");
        }
        text(column, said.bytes(), 0, said.length());
    }

    /** The column is null. */
    public void nullValue(int column) {
        if (!plans.get(column).column().nullable()) {
            throw guards[column].unexpectedNull();
        }
        decoders[column].nullAt(rows);
    }

    /** The log does not hold the column's value (I8). */
    public void without(int column, Presence why) {
        decoders[column].nullAt(rows);
        TinyIntVector vector = presence[column];
        if (vector == null) {
            vector = new TinyIntVector("presence", allocator);
            presence[column] = vector;
        }
        vector.setSafe(rows, why.ordinal());
    }

    /** Ends the row. */
    public void end() {
        bytes += rowBytes + fixedBytes + expansion.take();
        rows++;
    }

    /** What comes from here on may have to be {@link #cut}. */
    public void mark() {
        marked = rows;
        if (markedNulled != expansion.nulled()) {
            markedNulled = expansion.nulled();
            for (ColumnGuard guard : guards) {
                guard.mark();
            }
        }
    }

    /**
     * Forgets what came since the last {@link #mark}, also half a row whose values could not be decoded. Only {@link #take},
     * {@link #takeNulled} and {@link #close} may follow.
     */
    public void cut() {
        rows = marked;
        for (ValueDecoder decoder : decoders) {
            decoder.cut(rows);
        }
        facts.all.forEach(fact -> fact.cut(rows));
        for (ColumnGuard guard : guards) {
            guard.cut();
        }
    }

    private void grow() {
        int wanted = Math.min(limits.maxRows(), capacity == 0 ? likelyRows : capacity * 2);
        if (capacity == 0) {
            wanted = (int) Math.min(wanted, limits.maxBytes() / fixedBytes);
        }
        wanted = Math.max(wanted, rows + 2);
        for (ValueDecoder decoder : decoders) {
            decoder.reserve(wanted);
        }
        for (ValueDecoder fact : facts.all) {
            fact.reserve(wanted);
        }
        capacity = wanted;
    }

    /** Gives the current batch away and begins a new one. The taker closes it. */
    public Changes take() {
        VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator);
        ChangeColumns changes = ChangeColumns.empty(allocator);
        boolean done = false;
        try {
            List<ArrowFieldNode> nodes = new ArrayList<>();
            List<ArrowBuf> buffers = new ArrayList<>();
            try {
                for (ValueDecoder decoder : decoders) {
                    decoder.emit(rows, nodes, buffers);
                }
                try (ArrowRecordBatch batch = new ArrowRecordBatch(rows, nodes, buffers)) {
                    new VectorLoader(root).load(batch);
                }
            } finally {
                buffers.forEach(ArrowBuf::close);
            }
            load(changes);
            changes = changes.with(presence(root), Optional.empty());
            done = true;
            return new Changes(root, changes);
        } finally {
            likelyRows = Math.max(64, Math.min(limits.maxRows(), rows + (rows >> 3)));
            likelyBytes = Math.max(bytes + (bytes >> 3), Math.min(limits.maxBytes(), 64L * fixedBytes));
            capacity = 0;
            rows = 0;
            marked = 0;
            bytes = 0;
            if (!done) {
                root.close();
                changes.close();
            }
        }
    }

    private void load(ChangeColumns changes) {
        List<FieldVector> vectors = List.of(
                changes.operations(), changes.ordinals(), changes.commitMicros(), changes.transactions(),
                changes.positions(), changes.links());
        for (int i = 0; i < vectors.size(); i++) {
            List<ArrowFieldNode> nodes = new ArrayList<>();
            List<ArrowBuf> buffers = new ArrayList<>();
            try {
                facts.all.get(i).emit(rows, nodes, buffers);
                vectors.get(i).loadFieldBuffers(nodes.getFirst(), buffers);
            } finally {
                buffers.forEach(ArrowBuf::close);
            }
        }
    }

    /** Says for every row of the columns where something is missing what stands there. */
    private Map<Integer, TinyIntVector> presence(VectorSchemaRoot root) {
        Map<Integer, TinyIntVector> all = new HashMap<>();
        for (int i = 0; i < presence.length; i++) {
            TinyIntVector vector = presence[i];
            if (vector != null) {
                FieldVector values = root.getVector(i);
                for (int row = 0; row < rows; row++) {
                    if (vector.getValueCapacity() <= row || vector.isNull(row)) {
                        vector.setSafe(row, (values.isNull(row) ? Presence.NULL : Presence.PRESENT).ordinal());
                    }
                }
                vector.setValueCount(rows);
                all.put(plans.get(i).column().id(), vector);
                presence[i] = null;
            }
        }
        return all;
    }

    /** The values that became null since the last call, for the ledger; empties the counters. */
    public List<NulledValue> takeNulled() {
        List<NulledValue> nulled = new ArrayList<>();
        for (ColumnGuard guard : guards) {
            guard.drainTo(nulled);
            guard.mark();
        }
        return nulled;
    }

    /** An error for a column whose value came in another form than its plan expects. */
    public WindrowException misfit(int column, String what) {
        return guards[column].malformed(what);
    }

    /** Frees the batch that was not taken. */
    @Override
    public void close() {
        for (ValueDecoder decoder : decoders) {
            decoder.release();
        }
        facts.all.forEach(ValueDecoder::release);
        for (int i = 0; i < presence.length; i++) {
            TinyIntVector vector = presence[i];
            if (vector != null) {
                vector.close();
                presence[i] = null;
            }
        }
    }
}
