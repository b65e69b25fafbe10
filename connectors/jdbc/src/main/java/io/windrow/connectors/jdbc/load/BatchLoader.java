package io.windrow.connectors.jdbc.load;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.connectors.jdbc.sql.Database;
import io.windrow.connectors.jdbc.sql.JdbcError;
import io.windrow.connectors.jdbc.sql.SqlType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.OptionalLong;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.jspecify.annotations.Nullable;

/** Rows by a prepared statement, sent in batches. */
final class BatchLoader implements Loader {
    private static final int AT_ONCE = 1000;

    private final Database database;

    BatchLoader(Database database) {
        this.database = database;
    }

    @Override
    public Loaded load(Connection connection, StagedRows rows) throws SQLException {
        String sql = "INSERT INTO " + rows.table() + " (" + rows.columnList() + ") VALUES ("
                + "?, ".repeat(rows.width() - 1) + "?)";
        long bytes = 0;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int pending = 0;
            for (int i = 0; i < rows.selected().length; i++) {
                bytes += bind(statement, rows, i);
                statement.addBatch();
                if (++pending == AT_ONCE) {
                    statement.executeBatch();
                    pending = 0;
                }
            }
            if (pending > 0) {
                statement.executeBatch();
            }
        }
        return new Loaded(bytes, 0);
    }

    private long bind(PreparedStatement statement, StagedRows rows, int i) throws SQLException {
        int row = rows.selected()[i];
        int at = 1;
        if (rows.facts().isPresent()) {
            ChangeFacts facts = rows.facts().get();
            statement.setLong(at++, rows.firstSequence() + i);
            statement.setInt(at++, facts.operation(row).ordinal());
            statement.setLong(at++, facts.position(row));
            statement.setLong(at++, facts.ordinal(row));
            at = number(statement, at, facts.micros(row));
            at = number(statement, at, facts.link(row));
            statement.setString(at++, facts.unchanged(row));
        }
        long bytes = 8L * rows.width();
        for (int c = 0; c < rows.columns().size(); c++) {
            bytes += cell(statement, at++, rows.columns().get(c), rows.types().get(c), rows.vector(c), row);
        }
        return bytes;
    }

    private static int number(PreparedStatement statement, int at, OptionalLong value) throws SQLException {
        if (value.isPresent()) {
            statement.setLong(at, value.getAsLong());
        } else {
            statement.setNull(at, Types.BIGINT);
        }
        return at + 1;
    }

    private long cell(
            PreparedStatement statement, int at, Column column, SqlType type, FieldVector vector, int row)
            throws SQLException {
        if (vector.isNull(row)) {
            statement.setNull(at, Types.NULL);
            return 0;
        }
        switch (type.wire()) {
            case LONG -> statement.setLong(at, number(column.type(), vector, row));
            case DOUBLE -> number(statement, at, column, vector, row);
            case TEXT -> {
                String text = CellText.of(column.type(), vector, row);
                statement.setString(at, text);
                return text.length();
            }
            case BYTES -> {
                byte[] value = ((VarBinaryVector) vector).get(row);
                statement.setBytes(at, value);
                return value.length;
            }
        }
        return 0;
    }

    /** Whatever passes as a number of 64 bits. */
    static long number(ColumnType type, FieldVector vector, int row) {
        return switch (type) {
            case ColumnType.Bool ignored -> ((BitVector) vector).get(row);
            case ColumnType.Date ignored -> ((DateDayVector) vector).get(row);
            case ColumnType.Time ignored -> ((TimeMicroVector) vector).get(row);
            case ColumnType.Timestamp ignored -> ((TimeStampVector) vector).get(row);
            default -> CellText.whole(vector, row);
        };
    }

    /**
     * SQLite makes null of NaN and 0 of −0, MariaDB has neither NaN nor infinity: what cannot be held is refused, not changed. MariaDB's
     * driver writes −0 as a decimal number, which has no such sign.
     */
    private void number(PreparedStatement statement, int at, Column column, FieldVector vector, int row) throws SQLException {
        double value = vector instanceof Float4Vector single ? single.get(row) : ((Float8Vector) vector).get(row);
        boolean isNegativeZero = value == 0 && Double.doubleToRawLongBits(value) != 0;
        if (Double.isNaN(value) || database == Database.MARIADB && Double.isInfinite(value)) {
            throw refused(column, Double.isNaN(value) ? "NaN" : "an infinity");
        }
        if (database == Database.SQLITE && isNegativeZero) {
            throw refused(column, "a negative zero");
        }
        if (isNegativeZero) {
            statement.setString(at, "-0e0");
        } else {
            statement.setDouble(at, value);
        }
    }

    /** The error for a value that a column cannot hold; it says what sort of value, never which (I11). */
    static WindrowException refused(Column column, @Nullable String sort) {
        return WindrowException.of(
                JdbcError.VALUE_REFUSED, "Staging column " + column.name() + ": the target cannot hold " + sort);
    }
}
