package io.windrow.core.ledger;

import io.windrow.api.schema.ColumnType;
import java.util.List;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;

/** Canonical 64 bits of a value: the value itself where it fits, else a keyed hash of it. */
final class CellHash {
    private CellHash() {}

    /** Whether row {@code i} is null; address 0 says that none is. */
    static boolean isNull(long validity, int i) {
        return validity != 0 && (MemoryUtil.getByte(validity + (i >> 3)) >> (i & 7) & 1) == 0;
    }

    /** The 64 bits of a value that is not null. */
    static long word(FieldKeys keys, FieldVector vector, int i) {
        if (keys.numeral) {
            return numeral(keys, new Numeral().read(keys.column.type(), vector, i));
        }
        return switch (keys.column.type()) {
            case ColumnType.Bool ignored ->
                MemoryUtil.getByte(vector.getDataBufferAddress() + (i >> 3)) >> (i & 7) & 1;
            case ColumnType.Int t -> integer(t, vector.getDataBufferAddress(), i);
            case ColumnType.Float t -> {
                long data = vector.getDataBufferAddress();
                // The conversions that give every NaN the same bits.
                yield t.bits() == 64
                        ? Double.doubleToLongBits(Double.longBitsToDouble(MemoryUtil.getLong(data + 8L * i)))
                        : Float.floatToIntBits(Float.intBitsToFloat(MemoryUtil.getInt(data + 4L * i)));
            }
            case ColumnType.Date ignored -> MemoryUtil.getInt(vector.getDataBufferAddress() + 4L * i);
            case ColumnType.Time ignored -> MemoryUtil.getLong(vector.getDataBufferAddress() + 8L * i);
            case ColumnType.Timestamp ignored -> MemoryUtil.getLong(vector.getDataBufferAddress() + 8L * i);
            case ColumnType.Decimal ignored -> bytes(keys, vector.getDataBufferAddress() + 16L * i, 16);
            case ColumnType.Uuid ignored -> bytes(keys, vector.getDataBufferAddress() + 16L * i, 16);
            case ColumnType.Text ignored -> variable(keys, vector, i);
            case ColumnType.Json ignored -> variable(keys, vector, i);
            case ColumnType.Bytes ignored -> variable(keys, vector, i);
            case ColumnType.Interval ignored -> struct(keys, (StructVector) vector, i);
            case ColumnType.Struct ignored -> struct(keys, (StructVector) vector, i);
            case ColumnType.ListOf ignored -> list(keys, (ListVector) vector, i);
        };
    }

    /** A whole number of 64 bits with a sign stands for itself. */
    private static long numeral(FieldKeys keys, Numeral number) {
        if (number.isFractional()) {
            return mix(mix(keys.seed ^ number.lower(), keys.factor), keys.lastFactor);
        }
        if (number.scale() == 0 && number.upper() == number.lower() >> 63) {
            return number.lower();
        }
        long hash = mix(mix(keys.seed ^ number.lower(), keys.factor) ^ number.upper(), keys.factor);
        return mix(hash ^ number.scale(), keys.lastFactor);
    }

    static long integer(ColumnType.Int type, long data, int i) {
        return switch (type.bits()) {
            case 8 -> type.signed() ? MemoryUtil.getByte(data + i) : MemoryUtil.getByte(data + i) & 0xffL;
            case 16 -> type.signed()
                    ? MemoryUtil.getShort(data + 2L * i)
                    : MemoryUtil.getShort(data + 2L * i) & 0xffffL;
            case 32 -> type.signed()
                    ? MemoryUtil.getInt(data + 4L * i)
                    : MemoryUtil.getInt(data + 4L * i) & 0xffff_ffffL;
            default -> MemoryUtil.getLong(data + 8L * i);
        };
    }

    private static long variable(FieldKeys keys, FieldVector vector, int i) {
        long offsets = vector.getOffsetBufferAddress();
        int start = MemoryUtil.getInt(offsets + 4L * i);
        return bytes(keys, vector.getDataBufferAddress() + start, MemoryUtil.getInt(offsets + 4L * (i + 1)) - start);
    }

    /** A keyed hash of a byte sequence; its length counts. */
    static long bytes(FieldKeys keys, long address, int length) {
        long hash = keys.seed;
        long last;
        if (length > 8) {
            long end = address + length - 8;
            for (long at = address; at < end; at += 8) {
                hash = mix(hash ^ MemoryUtil.getLong(at), keys.factor);
            }
            last = MemoryUtil.getLong(end);
        } else if (length == 8) {
            last = MemoryUtil.getLong(address);
        } else if (length >= 4) {
            last = MemoryUtil.getInt(address) & 0xffff_ffffL | (long) MemoryUtil.getInt(address + length - 4) << 32;
        } else {
            last = 0;
            for (int i = 0; i < length; i++) {
                last = last << 8 | MemoryUtil.getByte(address + i) & 0xff;
            }
        }
        return mix(mix(hash ^ last, keys.factor) ^ length, keys.lastFactor);
    }

    /** Up to seven bytes as a number with zeros above; whole words are read where the memory up to {@code end} allows it. */
    static long shortWord(long address, int length, long end) {
        if (address + 8 <= end) {
            return MemoryUtil.getLong(address) & (1L << 8 * length) - 1;
        }
        long word = 0;
        for (int i = length - 1; i >= 0; i--) {
            word = word << 8 | MemoryUtil.getByte(address + i) & 0xff;
        }
        return word;
    }

    private static long struct(FieldKeys keys, StructVector vector, int i) {
        long hash = keys.seed;
        List<FieldVector> parts = vector.getChildrenFromFields();
        for (int part = 0; part < parts.size(); part++) {
            hash = mix(hash ^ nested(keys.children.get(part), parts.get(part), i), keys.factor);
        }
        return mix(hash, keys.lastFactor);
    }

    private static long list(FieldKeys keys, ListVector vector, int i) {
        long offsets = vector.getOffsetBufferAddress();
        int start = MemoryUtil.getInt(offsets + 4L * i);
        int end = MemoryUtil.getInt(offsets + 4L * (i + 1));
        FieldKeys element = keys.children.getFirst();
        FieldVector elements = vector.getDataVector();
        long hash = keys.seed;
        for (int at = start; at < end; at++) {
            hash = mix(hash ^ nested(element, elements, at), keys.factor);
        }
        return mix(hash ^ (end - start), keys.lastFactor);
    }

    /** Values within a list or structure are all hashed, also numbers: what they are chained with is not secret per row. */
    private static long nested(FieldKeys keys, FieldVector vector, int i) {
        return vector.isNull(i) ? keys.nullWord : mix(word(keys, vector, i) ^ keys.seed, keys.lastFactor);
    }

    /** Both halves of the product of 128 bits, as one word. */
    private static long mix(long a, long b) {
        return a * b ^ Math.unsignedMultiplyHigh(a, b);
    }
}
