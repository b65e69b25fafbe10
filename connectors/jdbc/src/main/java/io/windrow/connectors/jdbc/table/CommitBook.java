package io.windrow.connectors.jdbc.table;

import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.LedgerSum;
import io.windrow.connectors.jdbc.sql.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/**
 * The target's own book of commits (I4) and owners (I6): one row per stream in {@code _windrow_commits}, which a commit
 * locks, compares and writes in the transaction that changes the stream's table; and the ledger entries beside the data in
 * {@code _windrow_ledger}.
 */
public final class CommitBook {
    /** The book is two tables, an index and what is added to them: each may be made first by another pipeline, or not yet. */
    private static final int RACES = 6;
    private static final String NUMBER = "entry_number";
    private static final String COLUMNS = "pipeline, stream_namespace, stream_name, table_name, mode, generation, epoch, "
            + "digest, token, pending";

    private final Dialect dialect;
    private final Place place;
    private final String commits;
    private final String ledger;

    /** The book in a schema. */
    public CommitBook(Dialect dialect, Place place) {
        this.dialect = dialect;
        this.place = place;
        this.commits = place.qualified(dialect, StageName.PREFIX + "commits");
        this.ledger = place.qualified(dialect, StageName.PREFIX + "ledger");
    }

    /**
     * What the book says of a stream.
     *
     * @param pipeline who writes it
     * @param stream the stream
     * @param table the table that it is written to
     * @param mode the layout of that table's rows
     * @param generation of the last commit; 0: there was none
     * @param epoch of the last commit
     * @param digest of the last commit
     * @param token the highest fencing token that has committed
     * @param pending staging tables of a generation that is not complete yet, as {@link StagedTable#toJson(List)}
     */
    public record Row(
            String pipeline, StreamName stream, String table, String mode, long generation, long epoch, String digest,
            long token, String pending) {
        /** The identity of the last commit. */
        public Optional<CommitIdentity> identity() {
            return epoch == 0
                    ? Optional.empty()
                    : Optional.of(new CommitIdentity(pipeline, stream, generation, epoch, digest));
        }
    }

    /**
     * Makes the book if it is not there, and what one lacks that an earlier version made; refuses one whose entries are in no
     * transaction. Outside of a transaction.
     */
    public void make(Connection connection) throws SQLException {
        for (int lost = 0;; lost++) {
            try {
                if (lost > 0 || !exists(connection)) {
                    try (Statement statement = connection.createStatement()) {
                        make(statement);
                    }
                }
                expectTransactional(connection);
                complete(connection);
                return;
            } catch (SQLException e) {
                // Another pipeline may be quicker: PostgreSQL asks whether a table is there before it waits for who makes it.
                if (lost == RACES || !exists(connection)) {
                    throw e;
                }
            }
        }
    }

    private void make(Statement statement) throws SQLException {
        String text = dialect.text().declared() + " NOT NULL";
        statement.execute("CREATE TABLE IF NOT EXISTS " + commits + " (id varchar(64) NOT NULL PRIMARY KEY, pipeline " + text
                + ", stream_namespace " + text + ", stream_name " + text + ", table_name " + text
                + ", mode varchar(16) NOT NULL, generation bigint NOT NULL, epoch bigint NOT NULL, digest " + text
                + ", token bigint NOT NULL, pending " + text + ")" + dialect.tableOptions());
        statement.execute("CREATE TABLE IF NOT EXISTS " + ledger + " (id varchar(64) NOT NULL, generation bigint NOT NULL, "
                + "epoch bigint NOT NULL, entry " + text + dialect.rowNumber().map(number -> ", " + NUMBER + " " + number).orElse("") + ")"
                + dialect.tableOptions());
        oneTableEach(statement);
    }

    /** A book that an earlier version made may lack what keeps two streams from one table, and the ledger's key. */
    private void complete(Connection connection) throws SQLException {
        if (!place.otherUniques(dialect, connection, StageName.PREFIX + "commits")) {
            try (Statement statement = connection.createStatement()) {
                oneTableEach(statement);
            }
        }
        // A key that somebody gave it by hand is as good.
        boolean isKeyed = place.uniques(dialect, connection, StageName.PREFIX + "ledger").stream().anyMatch(one -> one.rank() == Place.Rank.PRIMARY);
        if (dialect.rowNumber().isPresent() && !isKeyed) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("ALTER TABLE " + ledger + " ADD COLUMN IF NOT EXISTS " + NUMBER + " " + dialect.rowNumber().get());
            }
        }
    }

    private void oneTableEach(Statement statement) throws SQLException {
        statement.execute("CREATE UNIQUE INDEX IF NOT EXISTS " + dialect.quoted(StageName.PREFIX + "commits_table") + " ON " + commits + " ("
                + dialect.indexedName("table_name") + ")");
    }

    /** Refuses a book whose entries are in no transaction. */
    public void expectTransactional(Connection connection) throws SQLException {
        for (String table : List.of("commits", "ledger")) {
            place.expectTransactional(dialect, connection, StageName.PREFIX + table);
        }
    }

    /** Whether the book is there. */
    public boolean exists(Connection connection) throws SQLException {
        return place.tables(dialect, connection).contains(StageName.PREFIX + "commits");
    }

    /** The stream's row as it is now. */
    public Optional<Row> read(Connection connection, String id) throws SQLException {
        List<Row> rows = rows(connection, " WHERE id = ?", id);
        return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getFirst());
    }

    /** The stream's row, locked until the end of the transaction where the database can. */
    public Optional<Row> locked(Connection connection, String id) throws SQLException {
        List<Row> rows = rows(connection, " WHERE id = ?" + dialect.rowLock(), id);
        return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getFirst());
    }

    /** All rows of the given table. */
    public List<Row> ofTable(Connection connection, String table) throws SQLException {
        return rows(connection, " WHERE table_name = ?", table);
    }

    /** All rows of the given pipeline. */
    public List<Row> ofPipeline(Connection connection, String pipeline) throws SQLException {
        return rows(connection, " WHERE pipeline = ?", pipeline);
    }

    private List<Row> rows(Connection connection, String where, String value) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT " + COLUMNS + " FROM " + commits + where)) {
            statement.setString(1, value);
            List<Row> rows = new java.util.ArrayList<>();
            try (ResultSet results = statement.executeQuery()) {
                while (results.next()) {
                    rows.add(new Row(
                            results.getString(1), new StreamName(results.getString(2), results.getString(3)),
                            results.getString(4), results.getString(5), results.getLong(6), results.getLong(7),
                            results.getString(8), results.getLong(9), results.getString(10)));
                }
            }
            return rows;
        }
    }

    /** Enters a stream that has committed nothing yet. */
    public void enter(Connection connection, String id, String pipeline, StreamName stream, String table, String mode)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO " + commits + " (id, " + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, 0, 0, '', 0, '[]')")) {
            List<String> values = List.of(id, pipeline, stream.namespace(), stream.name(), table, mode);
            for (int i = 0; i < values.size(); i++) {
                statement.setString(i + 1, values.get(i));
            }
            statement.executeUpdate();
        }
    }

    /** Says in which mode the table is written from now on. */
    public void mode(Connection connection, String id, String mode) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("UPDATE " + commits + " SET mode = ? WHERE id = ? AND mode <> ?")) {
            statement.setString(1, mode);
            statement.setString(2, id);
            statement.setString(3, mode);
            statement.executeUpdate();
        }
    }

    /**
     * Writes a commit down. The database compares once more: not if a newer owner has committed (I6), nor if this or a
     * later epoch is there (I4).
     *
     * @return whether the row was written
     */
    public boolean write(
            Connection connection, String id, CommitIdentity identity, long token, List<StagedTable> pending, String entry)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("UPDATE " + commits
                + " SET generation = ?, epoch = ?, digest = ?, token = ?, pending = ? WHERE id = ? AND token <= ? AND epoch < ?")) {
            statement.setLong(1, identity.generation());
            statement.setLong(2, identity.epoch());
            statement.setString(3, identity.digest());
            statement.setLong(4, token);
            statement.setString(5, StagedTable.toJson(pending));
            statement.setString(6, id);
            statement.setLong(7, token);
            statement.setLong(8, identity.epoch());
            if (statement.executeUpdate() != 1) {
                return false;
            }
        }
        return lay(connection, id, identity.generation(), identity.epoch(), entry);
    }

    private boolean lay(Connection connection, String id, long generation, long epoch, String entry) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO " + ledger + " (id, generation, epoch, entry) VALUES (?, ?, ?, ?)")) {
            statement.setString(1, id);
            statement.setLong(2, generation);
            statement.setLong(3, epoch);
            statement.setString(4, entry);
            return statement.executeUpdate() == 1;
        }
    }

    /** Lays one ledger entry down in the place of those that it sums up; if none of them is there, it is not either. */
    public void rollUp(Connection connection, String id, LedgerSum sum) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "DELETE FROM " + ledger + " WHERE id = ? AND generation = ? AND epoch BETWEEN ? AND ?")) {
            statement.setString(1, id);
            statement.setLong(2, sum.generation());
            statement.setLong(3, sum.first());
            statement.setLong(4, sum.last());
            if (statement.executeUpdate() == 0) {
                return;
            }
        }
        lay(connection, id, sum.generation(), sum.last(), sum.ledger());
    }
}
