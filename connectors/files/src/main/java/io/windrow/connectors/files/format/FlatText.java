package io.windrow.connectors.files.format;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;

/** The text of single values, for folder names. Allocates: not for every cell of a file. One thread. */
public final class FlatText {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TextOutput out = new TextOutput(bytes);
    private final FieldVector vector;
    private final Cell cell;

    private FlatText(FieldVector vector, Cell cell) {
        this.vector = vector;
        this.cell = cell;
    }

    /** Whether values of the type have a text: all flat types but floats, bytes and JSON. */
    public static boolean has(ColumnType type) {
        return switch (type) {
            case ColumnType.Bool ignored -> true;
            case ColumnType.Int ignored -> true;
            case ColumnType.Decimal ignored -> true;
            case ColumnType.Text ignored -> true;
            case ColumnType.Uuid ignored -> true;
            case ColumnType.Date ignored -> true;
            case ColumnType.Time ignored -> true;
            case ColumnType.Timestamp ignored -> true;
            case ColumnType.Float ignored -> false;
            case ColumnType.Json ignored -> false;
            case ColumnType.Bytes ignored -> false;
            case ColumnType.Interval ignored -> false;
            case ColumnType.ListOf ignored -> false;
            case ColumnType.Struct ignored -> false;
        };
    }

    /** Binds to a vector of a type that {@link #has} a text. */
    public static FlatText of(Column column, FieldVector vector) {
        Cell cell = column.type() instanceof ColumnType.Text
                ? (target, row) -> {
                    byte[] value = ((VarCharVector) vector).get(row);
                    target.bytes(value, 0, value.length);
                }
                : Lexemes.bind(column.type(), vector);
        return new FlatText(vector, cell);
    }

    /** Whether the row's value is null. */
    public boolean isNull(int row) {
        return vector.isNull(row);
    }

    /** The text of a value that is not null. */
    public String at(int row) {
        bytes.reset();
        cell.write(out, row);
        out.flush();
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
