package io.windrow.connectors.jdbc.load;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalLong;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/** Rows by DuckDB's appender. The only class that needs DuckDB's driver to load. */
final class AppenderLoader implements Loader {
    @Override
    public Loaded load(Connection connection, StagedRows rows) throws SQLException {
        long bytes = 0;
        try (DuckDBAppender appender = connection.unwrap(DuckDBConnection.class).createAppender(rows.schema().orElse("main"), rows.name())) {
            for (int i = 0; i < rows.selected().length; i++) {
                appender.beginRow();
                bytes += row(appender, rows, i);
                appender.endRow();
            }
            appender.flush();
        }
        return new Loaded(bytes, 0);
    }

    private static long row(DuckDBAppender appender, StagedRows rows, int i) throws SQLException {
        int row = rows.selected()[i];
        if (rows.facts().isPresent()) {
            ChangeFacts facts = rows.facts().get();
            appender.append(rows.firstSequence() + i);
            appender.append((short) facts.operation(row).ordinal());
            appender.append(facts.position(row));
            appender.append(facts.ordinal(row));
            number(appender, facts.micros(row));
            number(appender, facts.link(row));
            String unchanged = facts.unchanged(row);
            if (unchanged == null) {
                appender.appendNull();
            } else {
                appender.append(unchanged);
            }
        }
        long bytes = 8L * rows.width();
        for (int c = 0; c < rows.columns().size(); c++) {
            FieldVector vector = rows.vector(c);
            if (vector.isNull(row)) {
                appender.appendNull();
                continue;
            }
            switch (rows.types().get(c).wire()) {
                case LONG -> appender.append(BatchLoader.number(rows.columns().get(c).type(), vector, row));
                case DOUBLE -> appender.append(
                        vector instanceof Float4Vector single ? (double) single.get(row) : ((Float8Vector) vector).get(row));
                case TEXT -> {
                    String text = CellText.of(rows.columns().get(c).type(), vector, row);
                    appender.append(text);
                    bytes += text.length();
                }
                case BYTES -> {
                    byte[] value = ((VarBinaryVector) vector).get(row);
                    appender.append(value);
                    bytes += value.length;
                }
            }
        }
        return bytes;
    }

    private static void number(DuckDBAppender appender, OptionalLong value) throws SQLException {
        if (value.isPresent()) {
            appender.append(value.getAsLong());
        } else {
            appender.appendNull();
        }
    }
}
