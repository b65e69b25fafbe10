package io.windrow.connectors.postgres.catalog;

import io.windrow.api.error.WindrowException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.core.BaseConnection;

/** The columns of a query stream, by asking the server to describe the statement; nothing is executed. */
public final class QueryColumns {
    private static final int NUMERIC = 1700;

    private QueryColumns() {}

    /**
     * @param sql one SELECT
     * @throws WindrowException USER if it is not a statement that returns columns
     */
    public static List<RelationColumn> describe(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            ResultSetMetaData columns = statement.getMetaData();
            if (columns == null) {
                throw WindrowException.of(
                        CatalogError.UNTYPED_QUERY, "Describing a query: it returns no columns");
            }
            BaseConnection driver = connection.unwrap(BaseConnection.class);
            List<RelationColumn> found = new ArrayList<>();
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                String display = columns.getColumnTypeName(i);
                int oid = switch (display) {
                    // The driver names these after the sequence behind them.
                    case "bigserial" -> 20;
                    case "serial" -> 23;
                    case "smallserial" -> 21;
                    default -> driver.getTypeInfo().getPGType(display);
                };
                if (oid == 0) {
                    throw WindrowException.of(
                            CatalogError.UNTYPED_QUERY, "Describing a query: column " + i + " has the type " + display);
                }
                int precision = oid == NUMERIC ? columns.getPrecision(i) : 0;
                int typmod = precision > 0 ? (precision << 16 | columns.getScale(i) & 0x7FF) + 4 : -1;
                found.add(new RelationColumn(
                        i,
                        columns.getColumnLabel(i),
                        Integer.toUnsignedLong(oid),
                        typmod,
                        precision > 0 ? "numeric(" + precision + "," + columns.getScale(i) + ")" : display,
                        display,
                        RelationColumn.Nullability.NULLABLE,
                        RelationColumn.Generation.NONE));
            }
            return found;
        }
    }
}
