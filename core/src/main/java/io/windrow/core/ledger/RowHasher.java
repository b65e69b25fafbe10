package io.windrow.core.ledger;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.ChangeColumns;
import io.windrow.api.batch.Operation;
import io.windrow.api.batch.Presence;
import io.windrow.api.batch.RowHash;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TinyIntVector;
import org.jspecify.annotations.Nullable;

/**
 * Hashes rows: for each row a keyed hash of 128 bits over stable field ids, types and canonical values, added up modulo
 * 2^128. The sum does not depend on the order of rows or columns, on names, or on how rows are cut into batches; it does
 * depend on which values stand together in one row. Null contributes, absent does not; every NaN is the same; −0.0 is
 * not 0.0; a decimal counts at its column's scale.
 *
 * <p>Within a row each value is multiplied by a secret number of 128 bits that belongs to its field, and the products are
 * added; SipHash of that sum is the row's hash. Two different rows have the same hash with a probability below 2^-60, and
 * without the key a hash tells nothing of a value.
 *
 * <p>Used by one thread at a time; keeps arrays of the size of the largest batch. Does not change or own batches.
 */
public final class RowHasher {
    private final SipHash sip;
    private long[] low = new long[0];
    private long[] high = new long[0];
    private @Nullable StreamSchema schema;
    private List<FieldKeys> fields = List.of();

    /** A hasher with a key of 128 secret bits. Hashes are comparable only under the same key. */
    public RowHasher(long key0, long key1) {
        this.sip = new SipHash(key0, key1);
    }

    /** The sum of the hashes of the batch's rows. */
    public RowHash hash(Batch batch) {
        int count = batch.rowCount();
        if (count == 0) {
            return RowHash.ZERO;
        }
        prepare(batch.schema(), count);
        Optional<ChangeColumns> changes = batch.changes();
        for (int c = 0; c < fields.size(); c++) {
            FieldKeys keys = fields.get(c);
            FieldVector vector = batch.arrow().getVector(c);
            TinyIntVector presence =
                    changes.isPresent() ? changes.get().presence().get(keys.column.id()) : null;
            if (presence != null) {
                addWithPresence(keys, vector, presence, count);
            } else {
                add(keys, vector, count);
            }
        }
        changes.ifPresent(c -> addOperations(c.operations(), count));
        return sip.add(low, high, count);
    }

    private void prepare(StreamSchema next, int count) {
        if (next != schema && !next.equals(schema)) {
            List<FieldKeys> keys = new ArrayList<>(next.columns().size());
            for (Column column : next.columns()) {
                keys.add(new FieldKeys(sip, 0, column));
            }
            fields = keys;
        }
        schema = next;
        if (low.length < count) {
            low = new long[count];
            high = new long[count];
        } else {
            Arrays.fill(low, 0, count, 0);
            Arrays.fill(high, 0, count, 0);
        }
    }

    private void add(FieldKeys keys, FieldVector vector, int count) {
        long validity = vector.getNullCount() == 0 ? 0 : vector.getValidityBufferAddress();
        switch (keys.column.type()) {
            case ColumnType.Int t -> {
                switch (t.bits()) {
                    case 64 -> addLongs(keys, vector, validity, count);
                    case 32 -> addInts(keys, vector, validity, count, t.signed());
                    default -> addOthers(keys, vector, validity, count);
                }
            }
            case ColumnType.Date ignored -> addInts(keys, vector, validity, count, true);
            case ColumnType.Time ignored -> addLongs(keys, vector, validity, count);
            case ColumnType.Timestamp ignored -> addLongs(keys, vector, validity, count);
            case ColumnType.Decimal ignored -> addPairs(keys, vector, validity, count);
            case ColumnType.Uuid ignored -> addPairs(keys, vector, validity, count);
            case ColumnType.Text ignored -> addBytes(keys, vector, validity, count);
            case ColumnType.Json ignored -> addBytes(keys, vector, validity, count);
            case ColumnType.Bytes ignored -> addBytes(keys, vector, validity, count);
            case ColumnType.Bool ignored -> addOthers(keys, vector, validity, count);
            case ColumnType.Float ignored -> addOthers(keys, vector, validity, count);
            case ColumnType.Interval ignored -> addOthers(keys, vector, validity, count);
            case ColumnType.ListOf ignored -> addOthers(keys, vector, validity, count);
            case ColumnType.Struct ignored -> addOthers(keys, vector, validity, count);
        }
    }

    private void addLongs(FieldKeys keys, FieldVector vector, long validity, int count) {
        long data = vector.getDataBufferAddress();
        for (int i = 0; i < count; i++) {
            if (CellHash.isNull(validity, i)) {
                plus(i, keys.nullLow, keys.nullHigh);
            } else {
                value(keys, i, MemoryUtil.getLong(data + 8L * i));
            }
        }
    }

    private void addInts(FieldKeys keys, FieldVector vector, long validity, int count, boolean signed) {
        long data = vector.getDataBufferAddress();
        long mask = signed ? -1L : 0xffff_ffffL;
        for (int i = 0; i < count; i++) {
            if (CellHash.isNull(validity, i)) {
                plus(i, keys.nullLow, keys.nullHigh);
            } else {
                value(keys, i, MemoryUtil.getInt(data + 4L * i) & mask);
            }
        }
    }

    private void addPairs(FieldKeys keys, FieldVector vector, long validity, int count) {
        long data = vector.getDataBufferAddress();
        for (int i = 0; i < count; i++) {
            if (CellHash.isNull(validity, i)) {
                plus(i, keys.nullLow, keys.nullHigh);
            } else {
                value(keys, i, MemoryUtil.getLong(data + 16L * i));
                long second = MemoryUtil.getLong(data + 16L * i + 8);
                plus(i, second * keys.secondLow,
                        Math.unsignedMultiplyHigh(second, keys.secondLow) + second * keys.secondHigh);
            }
        }
    }

    private void addBytes(FieldKeys keys, FieldVector vector, long validity, int count) {
        long data = vector.getDataBufferAddress();
        long offsets = vector.getOffsetBufferAddress();
        int start = MemoryUtil.getInt(offsets);
        for (int i = 0; i < count; i++) {
            int end = MemoryUtil.getInt(offsets + 4L * (i + 1));
            if (CellHash.isNull(validity, i)) {
                plus(i, keys.nullLow, keys.nullHigh);
            } else {
                value(keys, i, CellHash.bytes(keys, data + start, end - start));
            }
            start = end;
        }
    }

    private void addOthers(FieldKeys keys, FieldVector vector, long validity, int count) {
        for (int i = 0; i < count; i++) {
            if (CellHash.isNull(validity, i)) {
                plus(i, keys.nullLow, keys.nullHigh);
            } else {
                value(keys, i, CellHash.word(keys, vector, i));
            }
        }
    }

    private void addWithPresence(FieldKeys keys, FieldVector vector, TinyIntVector presence, int count) {
        Presence[] kinds = Presence.values();
        for (int i = 0; i < count; i++) {
            switch (kinds[presence.get(i)]) {
                case PRESENT -> addOne(keys, vector, i);
                case NULL -> plus(i, keys.nullLow, keys.nullHigh);
                case UNCHANGED -> plus(i, keys.unchangedLow, keys.unchangedHigh);
                case ABSENT -> {
                    // Absent does not contribute (I8).
                }
            }
        }
    }

    private void addOne(FieldKeys keys, FieldVector vector, int i) {
        if (vector.isNull(i)) {
            plus(i, keys.nullLow, keys.nullHigh);
            return;
        }
        switch (keys.column.type()) {
            case ColumnType.Decimal ignored -> addPair(keys, vector, i);
            case ColumnType.Uuid ignored -> addPair(keys, vector, i);
            case ColumnType.Bool ignored -> value(keys, i, CellHash.word(keys, vector, i));
            case ColumnType.Int ignored -> value(keys, i, CellHash.word(keys, vector, i));
            case ColumnType.Float ignored -> value(keys, i, CellHash.word(keys, vector, i));
            case ColumnType.Text ignored -> value(keys, i, CellHash.word(keys, vector, i));
            case ColumnType.Json ignored -> value(keys, i, CellHash.word(keys, vector, i));
            case ColumnType.Bytes ignored -> value(keys, i, CellHash.word(keys, vector, i));
            case ColumnType.Date ignored -> value(keys, i, CellHash.word(keys, vector, i));
            case ColumnType.Time ignored -> value(keys, i, CellHash.word(keys, vector, i));
            case ColumnType.Timestamp ignored -> value(keys, i, CellHash.word(keys, vector, i));
            case ColumnType.Interval ignored -> value(keys, i, CellHash.word(keys, vector, i));
            case ColumnType.ListOf ignored -> value(keys, i, CellHash.word(keys, vector, i));
            case ColumnType.Struct ignored -> value(keys, i, CellHash.word(keys, vector, i));
        }
    }

    private void addPair(FieldKeys keys, FieldVector vector, int i) {
        long data = vector.getDataBufferAddress() + 16L * i;
        value(keys, i, MemoryUtil.getLong(data));
        long second = MemoryUtil.getLong(data + 8);
        plus(i, second * keys.secondLow, Math.unsignedMultiplyHigh(second, keys.secondLow) + second * keys.secondHigh);
    }

    /** An inserted row hashes as a row without an operation: a snapshot and a change stream agree on it (I7). */
    private void addOperations(TinyIntVector operations, int count) {
        RowHash factor = sip.of(-1, -1, 0);
        for (int i = 0; i < count; i++) {
            long operation = operations.get(i);
            if (operation != Operation.INSERT.ordinal()) {
                plus(i, operation * factor.low(),
                        Math.unsignedMultiplyHigh(operation, factor.low()) + operation * factor.high());
            }
        }
    }

    private void value(FieldKeys keys, int i, long word) {
        plus(i, keys.presentLow, keys.presentHigh);
        plus(i, word * keys.firstLow, Math.unsignedMultiplyHigh(word, keys.firstLow) + word * keys.firstHigh);
    }

    private void plus(int i, long addLow, long addHigh) {
        long sum = low[i] + addLow;
        high[i] += addHigh + (Long.compareUnsigned(sum, addLow) < 0 ? 1 : 0);
        low[i] = sum;
    }
}
