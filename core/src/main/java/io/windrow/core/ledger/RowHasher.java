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
import java.util.Set;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TinyIntVector;
import org.jspecify.annotations.Nullable;

/**
 * Hashes rows: for each row a keyed hash of 128 bits over stable field ids, types and canonical values, added up modulo
 * 2^128. The sum does not depend on the order of rows or columns, on names, or on how rows are cut into batches; it does
 * depend on which values stand together in one row. Null contributes, absent does not; every NaN is the same; −0.0 is
 * not 0.0; a decimal counts at its column's scale. In the form {@link HashForm#VALUE} a number's type does not count.
 *
 * <p>Within a row each value gives products of 128 bits: of a number and a secret number of its field, or, for bytes, of
 * neighbouring words with a secret number added to each. Their halves are added up apart, without a carry between them;
 * SipHash of the two sums is the row's hash. Given the sums of all other products, a product that differs meets a wanted
 * pair of halves for at most four of 2^63 secret numbers, so two different rows have the same hash with a probability
 * below 2^-60; of byte sequences above 120 bytes a keyed hash stands for the words. Without the key a hash tells nothing
 * of a value.
 *
 * <p>Used by one thread at a time, which goes through a batch in blocks of rows whose sums stay in the nearest cache. Does not change or own batches.
 */
public final class RowHasher {
    private static final int BLOCK = 1024;

    private final SipHash sip;
    private final long[] low = new long[BLOCK];
    private final long[] high = new long[BLOCK];
    private final Set<Integer> only;
    private final HashForm form;
    private final Numeral numeral = new Numeral();
    private @Nullable StreamSchema schema;
    private List<FieldKeys> fields = List.of();
    /** Where the hashed columns stand among the schema's. */
    private int[] indexes = {};

    /** A hasher with a key of 128 secret bits. Hashes are comparable only under the same key. */
    public RowHasher(long key0, long key1) {
        this(key0, key1, Set.of(), HashForm.TYPED);
    }

    /**
     * A hasher of some columns.
     *
     * @param only the ids of the columns that count; empty: all
     * @param form what makes two values the same
     */
    public RowHasher(long key0, long key1, Set<Integer> only, HashForm form) {
        this.sip = new SipHash(key0, key1);
        this.only = Set.copyOf(only);
        this.form = form;
    }

    /** The sum of the hashes of the batch's rows. */
    public RowHash hash(Batch batch) {
        int count = batch.rowCount();
        if (count == 0) {
            return RowHash.ZERO;
        }
        Parts parts = parts(batch);
        RowHash sum = RowHash.ZERO;
        for (int from = 0; from < count; from += BLOCK) {
            int rows = Math.min(BLOCK, count - from);
            addUp(parts, from, rows);
            sum = sum.plus(sip.add(low, high, rows));
        }
        return sum;
    }

    /**
     * The hash of each row. Their sum is {@link #hash}.
     *
     * @param lows receives the lower halves, at least as long as the batch has rows
     * @param highs receives the upper halves
     */
    public void each(Batch batch, long[] lows, long[] highs) {
        int count = batch.rowCount();
        if (count == 0) {
            return;
        }
        Parts parts = parts(batch);
        for (int from = 0; from < count; from += BLOCK) {
            int rows = Math.min(BLOCK, count - from);
            addUp(parts, from, rows);
            sip.each(low, high, rows, lows, highs, from);
        }
    }

    /** The columns of a batch, and what a row without nulls adds for being present. */
    private record Parts(List<Part> columns, @Nullable ChangeColumns changes, long baseLow, long baseHigh) {}

    private Parts parts(Batch batch) {
        prepare(batch.schema());
        ChangeColumns changes = batch.changes().orElse(null);
        List<Part> parts = new ArrayList<>(fields.size());
        long baseLow = 0;
        long baseHigh = 0;
        for (int c = 0; c < fields.size(); c++) {
            FieldKeys keys = fields.get(c);
            FieldVector vector = batch.arrow().getVector(indexes[c]);
            TinyIntVector presence = changes == null ? null : changes.presence().get(keys.column.id());
            parts.add(new Part(keys, vector, vector.getNullCount() == 0 ? 0 : vector.getValidityBufferAddress(), presence));
            if (presence == null) {
                baseLow += keys.presentLow;
                baseHigh += keys.presentHigh;
            }
        }
        return new Parts(parts, changes, baseLow, baseHigh);
    }

    private void addUp(Parts parts, int from, int rows) {
        Arrays.fill(low, 0, rows, parts.baseLow);
        Arrays.fill(high, 0, rows, parts.baseHigh);
        for (Part part : parts.columns) {
            if (part.presence == null) {
                add(part, from, rows);
            } else {
                addWithPresence(part, part.presence, from, rows);
            }
        }
        if (parts.changes != null) {
            addOperations(parts.changes.operations(), from, rows);
        }
    }

    /** One column of a batch; {@code validity} is 0 if no value is null. */
    private record Part(FieldKeys keys, FieldVector vector, long validity, @Nullable TinyIntVector presence) {}

    private void prepare(StreamSchema next) {
        if (next != schema && !next.equals(schema)) {
            List<FieldKeys> keys = new ArrayList<>(next.columns().size());
            int[] at = new int[next.columns().size()];
            for (int c = 0; c < at.length; c++) {
                Column column = next.columns().get(c);
                if (only.isEmpty() || only.contains(column.id())) {
                    at[keys.size()] = c;
                    keys.add(new FieldKeys(sip, 0, column, form));
                }
            }
            fields = keys;
            indexes = at;
        }
        schema = next;
    }

    /** Adds the values of a column without presence, for which the sums hold the number for a value already. */
    private void add(Part part, int from, int rows) {
        if (part.keys.numeral) {
            addNumerals(part, from, rows);
            return;
        }
        switch (part.keys.column.type()) {
            case ColumnType.Int t -> {
                switch (t.bits()) {
                    case 64 -> addLongs(part, from, rows);
                    case 32 -> addInts(part, from, rows, t.signed() ? -1L : 0xffff_ffffL);
                    default -> addOthers(part, from, rows);
                }
            }
            case ColumnType.Date ignored -> addInts(part, from, rows, -1L);
            case ColumnType.Time ignored -> addLongs(part, from, rows);
            case ColumnType.Timestamp ignored -> addLongs(part, from, rows);
            case ColumnType.Decimal ignored -> addPairs(part, from, rows);
            case ColumnType.Uuid ignored -> addPairs(part, from, rows);
            case ColumnType.Text ignored -> addBytes(part, from, rows);
            case ColumnType.Json ignored -> addBytes(part, from, rows);
            case ColumnType.Bytes ignored -> addBytes(part, from, rows);
            case ColumnType.Bool ignored -> addOthers(part, from, rows);
            case ColumnType.Float ignored -> addOthers(part, from, rows);
            case ColumnType.Interval ignored -> addOthers(part, from, rows);
            case ColumnType.ListOf ignored -> addOthers(part, from, rows);
            case ColumnType.Struct ignored -> addOthers(part, from, rows);
        }
    }

    private void addLongs(Part part, int from, int rows) {
        long data = part.vector.getDataBufferAddress() + 8L * from;
        long validity = part.validity;
        long first = part.keys.first;
        for (int i = 0; i < rows; i++) {
            if (validity != 0 && CellHash.isNull(validity, from + i)) {
                nothing(part.keys, i);
            } else {
                times(i, MemoryUtil.getLong(data + 8L * i), first);
            }
        }
    }

    private void addInts(Part part, int from, int rows, long mask) {
        long data = part.vector.getDataBufferAddress() + 4L * from;
        long validity = part.validity;
        long first = part.keys.first;
        for (int i = 0; i < rows; i++) {
            if (validity != 0 && CellHash.isNull(validity, from + i)) {
                nothing(part.keys, i);
            } else {
                times(i, MemoryUtil.getInt(data + 4L * i) & mask, first);
            }
        }
    }

    private void addPairs(Part part, int from, int rows) {
        long data = part.vector.getDataBufferAddress() + 16L * from;
        long validity = part.validity;
        for (int i = 0; i < rows; i++) {
            if (validity != 0 && CellHash.isNull(validity, from + i)) {
                nothing(part.keys, i);
            } else {
                pair(part.keys, data + 16L * i, i);
            }
        }
    }

    private void addBytes(Part part, int from, int rows) {
        long data = part.vector.getDataBufferAddress();
        long end = data + part.vector.getDataBuffer().capacity();
        long offsets = part.vector.getOffsetBufferAddress() + 4L * from;
        long validity = part.validity;
        int start = MemoryUtil.getInt(offsets);
        for (int i = 0; i < rows; i++) {
            int next = MemoryUtil.getInt(offsets + 4L * (i + 1));
            if (validity != 0 && CellHash.isNull(validity, from + i)) {
                nothing(part.keys, i);
            } else {
                bytes(part.keys, i, data + start, next - start, end);
            }
            start = next;
        }
    }

    private void addOthers(Part part, int from, int rows) {
        for (int i = 0; i < rows; i++) {
            if (CellHash.isNull(part.validity, from + i)) {
                nothing(part.keys, i);
            } else {
                times(i, CellHash.word(part.keys, part.vector, from + i), part.keys.first);
            }
        }
    }

    private void addNumerals(Part part, int from, int rows) {
        for (int i = 0; i < rows; i++) {
            if (CellHash.isNull(part.validity, from + i)) {
                nothing(part.keys, i);
            } else {
                numeral(part.keys, part.vector, from + i, i);
            }
        }
    }

    private void addWithPresence(Part part, TinyIntVector presence, int from, int rows) {
        Presence[] kinds = Presence.values();
        FieldKeys keys = part.keys;
        for (int i = 0; i < rows; i++) {
            switch (kinds[presence.get(from + i)]) {
                case PRESENT -> {
                    plus(i, keys.presentLow, keys.presentHigh);
                    if (CellHash.isNull(part.validity, from + i)) {
                        nothing(keys, i);
                    } else {
                        addOne(keys, part.vector, from + i, i);
                    }
                }
                case NULL -> plus(i, keys.nullLow, keys.nullHigh);
                case UNCHANGED -> plus(i, keys.unchangedLow, keys.unchangedHigh);
                case ABSENT -> {
                    // Absent does not contribute (I8).
                }
            }
        }
    }

    private void addOne(FieldKeys keys, FieldVector vector, int row, int i) {
        if (keys.numeral) {
            numeral(keys, vector, row, i);
            return;
        }
        switch (keys.column.type()) {
            case ColumnType.Decimal ignored -> pair(keys, vector.getDataBufferAddress() + 16L * row, i);
            case ColumnType.Uuid ignored -> pair(keys, vector.getDataBufferAddress() + 16L * row, i);
            case ColumnType.Text ignored -> sequence(keys, vector, row, i);
            case ColumnType.Json ignored -> sequence(keys, vector, row, i);
            case ColumnType.Bytes ignored -> sequence(keys, vector, row, i);
            case ColumnType.Bool ignored -> times(i, CellHash.word(keys, vector, row), keys.first);
            case ColumnType.Int ignored -> times(i, CellHash.word(keys, vector, row), keys.first);
            case ColumnType.Float ignored -> times(i, CellHash.word(keys, vector, row), keys.first);
            case ColumnType.Date ignored -> times(i, CellHash.word(keys, vector, row), keys.first);
            case ColumnType.Time ignored -> times(i, CellHash.word(keys, vector, row), keys.first);
            case ColumnType.Timestamp ignored -> times(i, CellHash.word(keys, vector, row), keys.first);
            case ColumnType.Interval ignored -> times(i, CellHash.word(keys, vector, row), keys.first);
            case ColumnType.ListOf ignored -> times(i, CellHash.word(keys, vector, row), keys.first);
            case ColumnType.Struct ignored -> times(i, CellHash.word(keys, vector, row), keys.first);
        }
    }

    private void sequence(FieldKeys keys, FieldVector vector, int row, int i) {
        long data = vector.getDataBufferAddress();
        long offsets = vector.getOffsetBufferAddress() + 4L * row;
        int start = MemoryUtil.getInt(offsets);
        bytes(keys, i, data + start, MemoryUtil.getInt(offsets + 4) - start, data + vector.getDataBuffer().capacity());
    }

    /** A numeral that is a whole number of 64 bits with a sign counts as that: a scale and a float are products of their own. */
    private void numeral(FieldKeys keys, FieldVector vector, int row, int i) {
        numeral.read(keys.column.type(), vector, row);
        if (numeral.isFractional()) {
            times(i, numeral.lower(), keys.fourth);
        } else {
            pair(keys, numeral.lower(), numeral.upper(), i);
            times(i, numeral.scale(), keys.third);
        }
    }

    private void pair(FieldKeys keys, long data, int i) {
        pair(keys, MemoryUtil.getLong(data), MemoryUtil.getLong(data + 8), i);
    }

    /** 128 bits. The upper half of a number that fits 64 bits is only its sign and counts as zero. */
    private void pair(FieldKeys keys, long lower, long upper, int i) {
        times(i, lower, keys.first);
        long more = upper ^ lower >> 63;
        if (more != 0) {
            times(i, more, keys.second);
        }
    }

    /** The words of a short sequence, its length first, the last one filled up with what is before it or with zeros. */
    private void bytes(FieldKeys keys, int i, long address, int length, long end) {
        long[] addends = keys.addends;
        if (length <= 8) {
            long word = length == 8 ? MemoryUtil.getLong(address) : CellHash.shortWord(address, length, end);
            product(i, length + addends[0], word + addends[1]);
        } else if (length <= 8 * (FieldKeys.SHORT_WORDS - 1)) {
            product(i, length + addends[0], MemoryUtil.getLong(address) + addends[1]);
            long last = address + length - 8;
            int k = 2;
            for (long at = address + 8; at <= last + 7; at += 16, k += 2) {
                long one = MemoryUtil.getLong(Math.min(at, last));
                long two = at + 8 > last + 7 ? 0 : MemoryUtil.getLong(Math.min(at + 8, last));
                product(i, one + addends[k], two + addends[k + 1]);
            }
        } else {
            product(i, length + addends[0], CellHash.bytes(keys, address, length) + addends[1]);
        }
    }

    /** An inserted row hashes as a row without an operation: a snapshot and a change stream agree on it (I7). */
    private void addOperations(TinyIntVector operations, int from, int rows) {
        long factor = sip.of(-1, -1, 0).low() | 1;
        for (int i = 0; i < rows; i++) {
            long operation = operations.get(from + i);
            if (operation != Operation.INSERT.ordinal()) {
                times(i, operation, factor);
            }
        }
    }

    private void nothing(FieldKeys keys, int i) {
        plus(i, keys.nullLow - keys.presentLow, keys.nullHigh - keys.presentHigh);
    }

    private void times(int i, long word, long factor) {
        plus(i, word * factor, Math.unsignedMultiplyHigh(word, factor));
    }

    private void product(int i, long a, long b) {
        plus(i, a * b, Math.unsignedMultiplyHigh(a, b));
    }

    private void plus(int i, long addLow, long addHigh) {
        low[i] += addLow;
        high[i] += addHigh;
    }
}
