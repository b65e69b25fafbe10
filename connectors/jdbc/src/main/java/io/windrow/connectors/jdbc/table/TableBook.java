package io.windrow.connectors.jdbc.table;

import io.windrow.connectors.jdbc.sql.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What the book of commits says of each stream's table: by which ids its columns are known, in {@code column_names}, and when its rows began to
 * be read anew, in {@code anew_micros}.
 */
public final class TableBook {
    private static final String COLUMN = "column_names";
    private static final String ANEW = "anew_micros";

    private final Dialect dialect;
    private final Place place;
    private final String commits;

    /** The book in a schema. */
    public TableBook(Dialect dialect, Place place) {
        this.dialect = dialect;
        this.place = place;
        this.commits = place.qualified(dialect, StageName.PREFIX + "commits");
    }

    /** A book that was just made, or by an earlier version, lacks the columns. */
    public void complete(Connection connection) throws SQLException {
        complete(connection, COLUMN, dialect.text().declared());
        complete(connection, ANEW, "bigint");
    }

    private void complete(Connection connection, String column, String type) throws SQLException {
        if (!has(connection, column)) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(TargetTable.addition(dialect, commits, column, type));
            } catch (SQLException e) {
                // Another pipeline may have been quicker.
                if (!has(connection, column)) {
                    throw e;
                }
            }
        }
    }

    private boolean has(Connection connection, String column) throws SQLException {
        return TargetTable.has(dialect, place, connection, StageName.PREFIX + "commits", column);
    }

    /**
     * What is known of a stream's table.
     *
     * @param columns its columns, those too that the stream no longer has; empty: nobody has written them down yet
     * @param anew when its rows began to be read anew, microseconds since 1970 UTC; empty: they never did, or nobody wrote it down
     */
    public record Known(List<TargetColumn> columns, OptionalLong anew) {
        public Known {
            columns = List.copyOf(columns);
        }
    }

    /** What is known of the stream's table; of a book that is not complete, nothing. */
    public Known read(Connection connection, String id) throws SQLException {
        // Every column that there is: a book of an earlier version has fewer.
        try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM " + commits + " WHERE id = ?")) {
            statement.setString(1, id);
            try (ResultSet found = statement.executeQuery()) {
                List<TargetColumn> columns = List.of();
                OptionalLong anew = OptionalLong.empty();
                if (found.next()) {
                    for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                        switch (found.getMetaData().getColumnName(i)) {
                            case COLUMN -> columns = parsed(found.getString(i));
                            case ANEW -> anew = found.getLong(i) == 0 ? OptionalLong.empty() : OptionalLong.of(found.getLong(i));
                            default -> {
                                // The identity of the last commit.
                            }
                        }
                    }
                }
                return new Known(columns, anew);
            }
        }
    }

    private static List<TargetColumn> parsed(@Nullable String json) {
        return json == null ? List.of() : TargetColumn.parse(json);
    }

    /** Writes down the columns of the table of a stream that is entered in the book. */
    public void write(Connection connection, String id, List<TargetColumn> columns) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("UPDATE " + commits + " SET " + COLUMN + " = ? WHERE id = ?")) {
            statement.setString(1, TargetColumn.toJson(columns));
            statement.setString(2, id);
            statement.executeUpdate();
        }
    }

    /** Writes down when the rows of the table of a stream that is entered in the book begin to be read anew. */
    public void beginAnew(Connection connection, String id, long micros) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("UPDATE " + commits + " SET " + ANEW + " = ? WHERE id = ?")) {
            statement.setLong(1, micros);
            statement.setString(2, id);
            statement.executeUpdate();
        }
    }
}
