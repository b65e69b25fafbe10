package io.windrow.connectors.jdbc.load;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import io.windrow.connectors.jdbc.sql.JdbcError;
import io.windrow.connectors.jdbc.sql.SqlType;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Rows of a query, whose columns are the {@link SqlType#out} of the schema's, into vectors. Used by one thread. */
public final class RowReader {
    private final StreamSchema schema;
    private final List<SqlType> types;
    private final BufferAllocator allocator;

    /** A reader of rows of the schema. */
    public RowReader(StreamSchema schema, List<SqlType> types, BufferAllocator allocator) {
        this.schema = schema;
        this.types = List.copyOf(types);
        this.allocator = allocator;
    }

    /** The next rows, at most so many; the caller owns them. */
    public VectorSchemaRoot read(ResultSet results, int max) throws SQLException {
        VectorSchemaRoot rows = VectorSchemaRoot.create(ArrowTypes.schema(schema), allocator);
        try {
            rows.allocateNew();
            int count = 0;
            while (count < max && results.next()) {
                for (int c = 0; c < types.size(); c++) {
                    FieldVector vector = rows.getVector(c);
                    while (vector.getValueCapacity() <= count) {
                        vector.reAlloc();
                    }
                    cell(results, c, vector, count);
                }
                count++;
            }
            rows.setRowCount(count);
            return rows;
        } catch (SQLException | RuntimeException e) {
            rows.close();
            throw e;
        }
    }

    private void cell(ResultSet results, int c, FieldVector vector, int row) throws SQLException {
        Column column = schema.columns().get(c);
        switch (types.get(c).wire()) {
            case LONG -> {
                long value = results.getLong(c + 1);
                if (results.wasNull()) {
                    vector.setNull(row);
                } else {
                    number(column.type(), vector, row, value);
                }
            }
            case DOUBLE -> {
                double value = results.getDouble(c + 1);
                if (results.wasNull()) {
                    vector.setNull(row);
                } else {
                    TextCell.number((ColumnType.Float) column.type(), vector, row, value);
                }
            }
            case TEXT -> {
                String value = results.getString(c + 1);
                if (value == null) {
                    vector.setNull(row);
                } else {
                    text(column, vector, row, value);
                }
            }
            case BYTES -> {
                byte[] value = results.getBytes(c + 1);
                if (value == null) {
                    vector.setNull(row);
                } else {
                    ((VarBinaryVector) vector).setSafe(row, value);
                }
            }
        }
    }

    private static void number(ColumnType type, FieldVector vector, int row, long value) {
        switch (type) {
            case ColumnType.Bool ignored -> ((BitVector) vector).setSafe(row, value == 0 ? 0 : 1);
            case ColumnType.Date ignored -> ((DateDayVector) vector).setSafe(row, Math.toIntExact(value));
            case ColumnType.Time ignored -> ((TimeMicroVector) vector).setSafe(row, value);
            case ColumnType.Timestamp ignored -> ((TimeStampVector) vector).setSafe(row, value);
            default -> TextCell.whole(vector, row, value);
        }
    }

    private void text(Column column, FieldVector vector, int row, String value) {
        if (vector instanceof VarCharVector characters) {
            characters.setSafe(row, value.getBytes(StandardCharsets.UTF_8));
            return;
        }
        try {
            TextCell.set(column.type(), vector, row, value);
        } catch (IllegalArgumentException | ArithmeticException | java.time.DateTimeException | IndexOutOfBoundsException e) {
            throw WindrowException.of(
                    JdbcError.COLUMN_INCOMPATIBLE, "Reading back " + schema.stream() + ": a value of column " + column.name()
                            + " is no " + column.sourceType());
        }
    }
}
