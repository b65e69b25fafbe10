package io.windrow.connectors.files.format;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * CSV by RFC 4180: a header, CRLF after every record, a quote doubled. Null is the unquoted marker; an empty text is
 * {@code ""}; a text is quoted if it is empty, begins or ends with a space, is spelled like the marker, or holds a quote,
 * the delimiter, a CR or an LF. Lists, structs and intervals are JSON.
 */
final class CsvEncoder implements RowEncoder {
    private final StreamSchema schema;
    private final CsvStyle style;
    private final OutputStream stream;
    private final TextOutput out;
    private final byte[] nullMarker;

    CsvEncoder(StreamSchema schema, CsvStyle style, OutputStream stream) {
        this.schema = schema;
        this.style = style;
        this.stream = stream;
        this.out = new TextOutput(stream);
        this.nullMarker = style.nullMarker().getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < schema.columns().size(); i++) {
            if (i > 0) {
                out.put(style.delimiter());
            }
            byte[] name = schema.columns().get(i).name().getBytes(StandardCharsets.UTF_8);
            defused(name, name.length);
        }
        lineEnd();
    }

    private void lineEnd() {
        out.put('\r');
        out.put('\n');
    }

    @Override
    public void write(VectorSchemaRoot rows) {
        Cell[] cells = new Cell[schema.columns().size()];
        List<FieldVector> vectors = rows.getFieldVectors();
        for (int i = 0; i < cells.length; i++) {
            cells[i] = bind(schema.columns().get(i), vectors.get(i));
        }
        for (int row = 0; row < rows.getRowCount(); row++) {
            for (int i = 0; i < cells.length; i++) {
                if (i > 0) {
                    out.put(style.delimiter());
                }
                cells[i].write(out, row);
            }
            lineEnd();
        }
    }

    private Cell bind(Column column, FieldVector vector) {
        Cell value = value(column, vector);
        return (target, row) -> {
            if (vector.isNull(row)) {
                target.bytes(nullMarker, 0, nullMarker.length);
            } else {
                value.write(target, row);
            }
        };
    }

    private Cell value(Column column, FieldVector vector) {
        return switch (column.type()) {
            case ColumnType.Text ignored -> text((BaseVariableWidthVector) vector);
            case ColumnType.Json ignored -> text((BaseVariableWidthVector) vector);
            case ColumnType.Bytes t -> bytes(t, (BaseVariableWidthVector) vector);
            case ColumnType.ListOf ignored -> viaText(JsonCells.bind(column, vector));
            case ColumnType.Struct ignored -> viaText(JsonCells.bind(column, vector));
            case ColumnType.Interval ignored -> viaText(JsonCells.bind(column, vector));
            case ColumnType.Bool t -> bare(t, vector);
            case ColumnType.Int t -> bare(t, vector);
            case ColumnType.Float t -> bare(t, vector);
            case ColumnType.Decimal t -> bare(t, vector);
            case ColumnType.Uuid t -> bare(t, vector);
            case ColumnType.Date t -> bare(t, vector);
            case ColumnType.Time t -> bare(t, vector);
            case ColumnType.Timestamp t -> bare(t, vector);
        };
    }

    /**
     * Base64 needs quotes only where bare values do, and for the empty value, which is not the absent one (I8). Of the signs that
     * make a formula its alphabet has the plus.
     */
    private Cell bytes(ColumnType.Bytes type, BaseVariableWidthVector vector) {
        Cell base64 = Lexemes.bind(type, vector);
        Cell bare = bare((target, row) -> {
            if (style.formulas() == CsvStyle.Formulas.DEFUSE && beginsWithPlus(vector, row)) {
                target.put('\'');
            }
            base64.write(target, row);
        });
        return (target, row) -> {
            if (vector.getEndOffset(row) == vector.getStartOffset(row)) {
                target.ascii("\"\"");
            } else {
                bare.write(target, row);
            }
        };
    }

    /** Whether the first six bits are those that Base64 writes as a plus. */
    private static boolean beginsWithPlus(BaseVariableWidthVector vector, int row) {
        int from = vector.getStartOffset(row);
        return vector.getEndOffset(row) > from && (vector.getDataBuffer().getByte(from) & 0xfc) == 0xf8;
    }

    private Cell bare(ColumnType type, FieldVector vector) {
        return bare(Lexemes.bind(type, vector));
    }

    /** Values whose characters need quotes only if a user chose one of them as delimiter or null marker. */
    private Cell bare(Cell lexeme) {
        boolean plain = ",;\t|".indexOf(style.delimiter()) >= 0 && style.nullMarker().startsWith("\\");
        return plain ? lexeme : viaText(lexeme);
    }

    private Cell text(BaseVariableWidthVector vector) {
        ArrowBuf data = vector.getDataBuffer();
        return (target, row) -> {
            int from = vector.getStartOffset(row);
            int length = vector.getEndOffset(row) - from;
            byte[] value = target.scratch(data, from, length);
            defused(value, length);
        };
    }

    private void defused(byte[] value, int length) {
        if (style.defuses(value, length)) {
            byte[] longer = new byte[length + 1];
            longer[0] = '\'';
            System.arraycopy(value, 0, longer, 1, length);
            text(longer, length + 1);
        } else {
            text(value, length);
        }
    }

    private static final class Collector extends ByteArrayOutputStream {
        byte[] array() {
            return buf;
        }
    }

    private Cell viaText(Cell cell) {
        Collector collector = new Collector();
        TextOutput inner = new TextOutput(collector);
        return (target, row) -> {
            collector.reset();
            cell.write(inner, row);
            inner.flush();
            text(collector.array(), collector.size());
        };
    }

    private void text(byte[] value, int length) {
        if (!needsQuotes(value, length)) {
            out.bytes(value, 0, length);
            return;
        }
        out.put('"');
        int run = 0;
        for (int i = 0; i < length; i++) {
            if (value[i] == '"') {
                out.bytes(value, run, i - run + 1);
                run = i;
            }
        }
        out.bytes(value, run, length - run);
        out.put('"');
    }

    private boolean needsQuotes(byte[] value, int length) {
        if (length == 0 || value[0] == ' ' || value[length - 1] == ' ' || isMarker(value, length)) {
            return true;
        }
        int delimiter = style.delimiter();
        for (int i = 0; i < length; i++) {
            int b = value[i];
            if (b == '"' || b == delimiter || b == '\n' || b == '\r') {
                return true;
            }
        }
        return false;
    }

    private boolean isMarker(byte[] value, int length) {
        return length == nullMarker.length && java.util.Arrays.equals(value, 0, length, nullMarker, 0, length);
    }

    @Override
    public long buffered() {
        return out.buffered();
    }

    @Override
    public Written finish() {
        out.flush();
        try {
            stream.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Written.NOTHING_MORE;
    }

    @Override
    public void close() {
        // Text is buffered on the heap, and closing a compressor would write its end.
    }
}
