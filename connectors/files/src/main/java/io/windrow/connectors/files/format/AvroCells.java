package io.windrow.connectors.files.format;

import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.math.BigInteger;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;

/** Values in Avro's binary encoding, following {@link AvroSchemas}. */
final class AvroCells {
    private AvroCells() {}

    static Cell bind(Column column, FieldVector vector) {
        Cell value = value(column.type(), vector);
        if (!column.nullable()) {
            return value;
        }
        return (out, row) -> {
            if (vector.isNull(row)) {
                out.put(0); // Branch 0, zigzag: null.
            } else {
                out.put(2); // Branch 1, zigzag.
                value.write(out, row);
            }
        };
    }

    private static Cell value(ColumnType type, FieldVector vector) {
        ArrowBuf data = type instanceof ColumnType.Struct || type instanceof ColumnType.Interval
                        || type instanceof ColumnType.ListOf
                ? vector.getValidityBuffer()
                : vector.getDataBuffer();
        return switch (type) {
            case ColumnType.Bool ignored -> {
                BitVector bits = (BitVector) vector;
                yield (out, row) -> out.put(bits.get(row));
            }
            case ColumnType.Int t -> integer(t, data);
            case ColumnType.Float t -> t.bits() == 32
                    ? (out, row) -> little(out, data.getInt(row * 4L), 4)
                    : (out, row) -> little(out, data.getLong(row * 8L), 8);
            case ColumnType.Decimal t -> decimal(t, data);
            case ColumnType.Text ignored -> bytes((BaseVariableWidthVector) vector);
            case ColumnType.Json ignored -> bytes((BaseVariableWidthVector) vector);
            case ColumnType.Bytes ignored -> bytes((BaseVariableWidthVector) vector);
            case ColumnType.Uuid ignored -> {
                Cell text = Lexemes.bind(type, vector);
                yield (out, row) -> {
                    zigzag(out, 36);
                    text.write(out, row);
                };
            }
            case ColumnType.Date ignored -> (out, row) -> zigzag(out, data.getInt(row * 4L));
            case ColumnType.Time ignored -> (out, row) -> zigzag(out, data.getLong(row * 8L));
            case ColumnType.Timestamp ignored -> (out, row) -> zigzag(out, data.getLong(row * 8L));
            case ColumnType.ListOf list -> list(list.element(), (ListVector) vector);
            case ColumnType.Struct ignored ->
                    record(ArrowTypes.children(type), ((StructVector) vector).getChildrenFromFields());
            case ColumnType.Interval ignored ->
                    record(ArrowTypes.children(type), ((StructVector) vector).getChildrenFromFields());
        };
    }

    /** All columns of a row in order. */
    static Cell record(List<Column> columns, List<FieldVector> vectors) {
        Cell[] cells = new Cell[columns.size()];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = bind(columns.get(i), vectors.get(i));
        }
        return (out, row) -> {
            for (Cell cell : cells) {
                cell.write(out, row);
            }
        };
    }

    private static Cell list(Column element, ListVector vector) {
        Cell item = bind(element, vector.getDataVector());
        return (out, row) -> {
            int from = vector.getElementStartIndex(row);
            int to = vector.getElementEndIndex(row);
            if (to > from) {
                zigzag(out, to - from);
                for (int i = from; i < to; i++) {
                    item.write(out, i);
                }
            }
            out.put(0);
        };
    }

    private static Cell integer(ColumnType.Int type, ArrowBuf data) {
        return switch (type.bits()) {
            case 8 -> type.signed()
                    ? (out, row) -> zigzag(out, data.getByte(row))
                    : (out, row) -> zigzag(out, data.getByte(row) & 0xff);
            case 16 -> type.signed()
                    ? (out, row) -> zigzag(out, data.getShort(row * 2L))
                    : (out, row) -> zigzag(out, data.getShort(row * 2L) & 0xffff);
            case 32 -> type.signed()
                    ? (out, row) -> zigzag(out, data.getInt(row * 4L))
                    : (out, row) -> zigzag(out, data.getInt(row * 4L) & 0xffff_ffffL);
            default -> type.signed()
                    ? (out, row) -> zigzag(out, data.getLong(row * 8L))
                    : (out, row) -> big(out, 0, data.getLong(row * 8L), 9);
        };
    }

    private static Cell decimal(ColumnType.Decimal type, ArrowBuf data) {
        int width = BigInteger.TEN.pow(type.precision()).bitLength() / 8 + 1;
        return (out, row) -> big(out, data.getLong(row * 16L + 8), data.getLong(row * 16L), width);
    }

    private static Cell bytes(BaseVariableWidthVector vector) {
        ArrowBuf data = vector.getDataBuffer();
        return (out, row) -> {
            int from = vector.getStartOffset(row);
            int length = vector.getEndOffset(row) - from;
            zigzag(out, length);
            out.bytes(out.scratch(data, from, length), 0, length);
        };
    }

    /** The last {@code width} bytes of a 128-bit number, most significant first, after their count. */
    private static void big(TextOutput out, long high, long low, int width) {
        zigzag(out, width);
        for (int i = width - 1; i >= 0; i--) {
            long half = i >= 8 ? high : low;
            out.put((int) (half >> (i & 7) * 8));
        }
    }

    private static void little(TextOutput out, long bits, int width) {
        for (int i = 0; i < width; i++) {
            out.put((int) (bits >> i * 8));
        }
    }

    static void zigzag(TextOutput out, long value) {
        long rest = value << 1 ^ value >> 63;
        while ((rest & ~0x7fL) != 0) {
            out.put((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.put((int) rest);
    }
}
