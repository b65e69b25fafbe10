package io.windrow.connectors.files.format;

import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;

/**
 * Values as JSON. Numbers keep their exact digits, also above 2^53 and in decimals; a float that is no number is the
 * string {@code "NaN"}, {@code "Infinity"} or {@code "-Infinity"}; bytes are Base64; a JSON document is a string that
 * holds its text verbatim; lists are arrays; structs and intervals are objects.
 */
final class JsonCells {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private JsonCells() {}

    /** Writes the column's values, {@code null} for null. */
    static Cell bind(Column column, FieldVector vector) {
        Cell value = value(column.type(), vector);
        if (vector.getNullCount() == 0) {
            return value;
        }
        return (out, row) -> {
            if (vector.isNull(row)) {
                out.ascii("null");
            } else {
                value.write(out, row);
            }
        };
    }

    private static Cell value(ColumnType type, FieldVector vector) {
        return switch (type) {
            case ColumnType.Bool ignored -> Lexemes.bind(type, vector);
            case ColumnType.Int ignored -> Lexemes.bind(type, vector);
            case ColumnType.Decimal ignored -> Lexemes.bind(type, vector);
            case ColumnType.Float t -> real(t, vector);
            case ColumnType.Text ignored -> text((BaseVariableWidthVector) vector);
            case ColumnType.Json ignored -> text((BaseVariableWidthVector) vector);
            case ColumnType.Bytes ignored -> quoted(Lexemes.bind(type, vector));
            case ColumnType.Uuid ignored -> quoted(Lexemes.bind(type, vector));
            case ColumnType.Date ignored -> quoted(Lexemes.bind(type, vector));
            case ColumnType.Time ignored -> quoted(Lexemes.bind(type, vector));
            case ColumnType.Timestamp ignored -> quoted(Lexemes.bind(type, vector));
            case ColumnType.ListOf list -> list(list.element(), (ListVector) vector);
            case ColumnType.Struct ignored -> object(ArrowTypes.children(type), (StructVector) vector);
            case ColumnType.Interval ignored -> object(ArrowTypes.children(type), (StructVector) vector);
        };
    }

    private static Cell quoted(Cell bare) {
        return (out, row) -> {
            out.put('"');
            bare.write(out, row);
            out.put('"');
        };
    }

    private static Cell real(ColumnType.Float type, FieldVector vector) {
        Cell bare = Lexemes.bind(type, vector);
        Cell quoted = quoted(bare);
        ArrowBuf data = vector.getDataBuffer();
        boolean single = type.bits() == 32;
        return (out, row) -> {
            double value = single ? data.getFloat(row * 4L) : data.getDouble(row * 8L);
            (Double.isFinite(value) ? bare : quoted).write(out, row);
        };
    }

    private static Cell text(BaseVariableWidthVector vector) {
        ArrowBuf data = vector.getDataBuffer();
        return (out, row) -> {
            int from = vector.getStartOffset(row);
            int length = vector.getEndOffset(row) - from;
            string(out, out.scratch(data, from, length), length);
        };
    }

    /** A JSON string of UTF-8 bytes. */
    static void string(TextOutput out, byte[] utf8, int length) {
        out.put('"');
        int run = 0;
        for (int i = 0; i < length; i++) {
            int b = utf8[i];
            if (b >= 0x20 && b != '"' && b != '\\' || b < 0) {
                continue;
            }
            out.bytes(utf8, run, i - run);
            run = i + 1;
            out.put('\\');
            switch (b) {
                case '"', '\\' -> out.put(b);
                case '\n' -> out.put('n');
                case '\r' -> out.put('r');
                case '\t' -> out.put('t');
                default -> {
                    out.ascii("u00");
                    out.put(HEX[b >> 4]);
                    out.put(HEX[b & 15]);
                }
            }
        }
        out.bytes(utf8, run, length - run);
        out.put('"');
    }

    private static Cell list(Column element, ListVector vector) {
        Cell item = bind(element, vector.getDataVector());
        return (out, row) -> {
            int from = vector.getElementStartIndex(row);
            int to = vector.getElementEndIndex(row);
            out.put('[');
            for (int i = from; i < to; i++) {
                if (i > from) {
                    out.put(',');
                }
                item.write(out, i);
            }
            out.put(']');
        };
    }

    private static Cell object(List<Column> columns, StructVector vector) {
        return object(columns, vector.getChildrenFromFields());
    }

    /** An object with a member for every column. */
    static Cell object(List<Column> columns, List<FieldVector> vectors) {
        byte[][] names = new byte[columns.size()][];
        Cell[] cells = new Cell[columns.size()];
        for (int i = 0; i < cells.length; i++) {
            names[i] = columns.get(i).name().getBytes(StandardCharsets.UTF_8);
            cells[i] = bind(columns.get(i), vectors.get(i));
        }
        return (out, row) -> {
            out.put('{');
            for (int i = 0; i < cells.length; i++) {
                if (i > 0) {
                    out.put(',');
                }
                string(out, names[i], names[i].length);
                out.put(':');
                cells[i].write(out, row);
            }
            out.put('}');
        };
    }
}
