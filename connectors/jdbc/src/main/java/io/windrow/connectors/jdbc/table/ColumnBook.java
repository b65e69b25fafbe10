package io.windrow.connectors.jdbc.table;

import io.windrow.connectors.jdbc.sql.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** By which ids the columns of each stream's table are known: a column of the book of commits, {@code column_names}. */
public final class ColumnBook {
    private static final String COLUMN = "column_names";

    private final Dialect dialect;
    private final Place place;
    private final String commits;

    /** The book in a schema. */
    public ColumnBook(Dialect dialect, Place place) {
        this.dialect = dialect;
        this.place = place;
        this.commits = place.qualified(dialect, StageName.PREFIX + "commits");
    }

    /** A book that was just made, or by an earlier version, lacks the column. */
    public void complete(Connection connection) throws SQLException {
        if (!TargetTable.has(dialect, place, connection, StageName.PREFIX + "commits", COLUMN)) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("ALTER TABLE " + commits + " ADD COLUMN " + COLUMN + " " + dialect.text().declared());
            }
        }
    }

    /** The columns of the stream's table, those too that the stream no longer has; empty: nobody has written them down yet. */
    public List<TargetColumn> read(Connection connection, String id) throws SQLException {
        if (!TargetTable.has(dialect, place, connection, StageName.PREFIX + "commits", COLUMN)) {
            return List.of();
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT " + COLUMN + " FROM " + commits + " WHERE id = ?")) {
            statement.setString(1, id);
            try (ResultSet found = statement.executeQuery()) {
                String json = found.next() ? found.getString(1) : null;
                return json == null ? List.of() : TargetColumn.parse(json);
            }
        }
    }

    /** Writes down the columns of the table of a stream that is entered in the book. */
    public void write(Connection connection, String id, List<TargetColumn> columns) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("UPDATE " + commits + " SET " + COLUMN + " = ? WHERE id = ?")) {
            statement.setString(1, TargetColumn.toJson(columns));
            statement.setString(2, id);
            statement.executeUpdate();
        }
    }
}
