package io.windrow.connectors.jdbc.table;

import io.windrow.api.batch.Operation;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamSchema;
import io.windrow.connectors.jdbc.load.ChangeFacts;
import io.windrow.connectors.jdbc.sql.Dialect;
import io.windrow.connectors.jdbc.sql.SqlType;
import io.windrow.connectors.jdbc.table.StagedTable.Content;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A staging table that is being filled, and what is known of its rows so far. Used by one thread. */
public final class Staging {
    private final Dialect dialect;
    private final Place place;
    private final String name;
    private final String target;
    private final StreamSchema schema;
    private final List<SqlType> types;
    private final Content content;
    private final TreeSet<Integer> unchanged = new TreeSet<>();
    private boolean truncates;
    private boolean moves;
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;
    private long rows;
    private long bytes;

    /** A table that is not there yet. */
    public Staging(
            Dialect dialect, Place place, String name, String target, StreamSchema schema, List<SqlType> types,
            Content content) {
        this.dialect = dialect;
        this.place = place;
        this.name = name;
        this.target = target;
        this.schema = schema;
        this.types = types;
        this.content = content;
    }

    /** Whether changes of one key are folded. */
    public enum Fold {
        /** All but the last are needless. */
        BY_KEY,
        /** The same of inserts and updates; a delete is there only for the row that has its key changed by it. */
        WRITES_BY_KEY,
        /** Each counts. */
        NONE
    }

    /**
     * What the table holds.
     *
     * @param table its description
     * @param rows the rows that will be applied
     * @param folded the changes that a later one makes needless
     */
    public record Counted(StagedTable table, long rows, long folded) {}

    /** Makes the table. */
    public void make(Statement statement) throws SQLException {
        List<String> columns = new ArrayList<>();
        if (content == Content.CHANGES) {
            columns.add("w_seq " + dialect.stagedKey().declared() + ", w_op smallint NOT NULL, w_pos bigint NOT NULL, w_ord bigint NOT NULL, "
                    + "w_micros bigint, w_link bigint, w_unchanged text");
        }
        for (int i = 0; i < types.size(); i++) {
            columns.add("c" + i + " " + types.get(i).staged());
        }
        if (content == Content.ROWS && dialect.stagedKey() == Dialect.StagedKey.WHEN_MADE) {
            dialect.rowNumber().ifPresent(number -> columns.add("w_id " + number));
        }
        statement.execute("CREATE TABLE " + qualified() + " (" + String.join(", ", columns) + ")" + dialect.tableOptions());
    }

    /** Remembers what was loaded. */
    public void added(ChangeFacts facts, int[] selected, long more) {
        rows += selected.length;
        bytes += more;
        if (content == Content.ROWS) {
            return;
        }
        for (int row : selected) {
            first = Math.min(first, facts.position(row));
            last = Math.max(last, facts.position(row));
            truncates |= facts.operation(row) == Operation.TRUNCATE;
            moves |= facts.link(row).isPresent();
            String list = facts.unchanged(row);
            if (list != null) {
                for (String index : list.split(",")) {
                    if (!index.isEmpty()) {
                        unchanged.add(Integer.parseInt(index.endsWith("a") ? index.substring(0, index.length() - 1) : index));
                    }
                }
            }
        }
    }

    /** Counts what the table holds, and takes out of it what came before a truncate. */
    public Counted count(Statement statement, Fold fold) throws SQLException {
        if (content == Content.CHANGES && dialect.stagedKey() == Dialect.StagedKey.ONCE_FILLED) {
            // Without it nobody may change the rows of a table that is published.
            statement.execute("ALTER TABLE " + qualified() + " ADD PRIMARY KEY (w_seq)");
        }
        String count = "SELECT count(*) FROM " + qualified();
        long all = number(statement, fold == Fold.WRITES_BY_KEY ? count + " WHERE " + Apply.WRITES : count);
        long kept = all;
        boolean folds = false;
        List<Integer> key = schema.key().stream().map(schema::indexOf).toList();
        if (content == Content.CHANGES && fold != Fold.NONE) {
            if (truncates) {
                statement.executeUpdate(Folding.beforeTruncate(dialect, qualified()));
            }
            String counted = fold == Fold.WRITES_BY_KEY ? Apply.WRITES : "NOT " + Apply.TRUNCATES;
            long left = number(statement, count + " WHERE " + counted);
            long keys = number(statement, Folding.countKeys(qualified(), key, counted));
            kept = keys + (truncates ? number(statement, count + " WHERE " + Apply.TRUNCATES) : 0);
            folds = keys < left;
        }
        // The changes of a key are looked for one by one.
        if (content == Content.CHANGES && (fold == Fold.NONE || !unchanged.isEmpty())) {
            index(statement, "_k", key.stream().map(index -> "c" + index + ", ").collect(Collectors.joining()) + "w_op, w_pos");
        }
        // So are the old rows of changes of key.
        if (moves && !unchanged.isEmpty()) {
            index(statement, "_p", "w_pos, w_ord");
        }
        List<StagedTable.StagedColumn> columns = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            Column column = schema.columns().get(i);
            columns.add(new StagedTable.StagedColumn(
                    column.id(), column.name(), types.get(i).declared(), types.get(i).in(), types.get(i).restage()));
        }
        StagedTable table = new StagedTable(
                name, target, columns, schema.key(), content, kept, folds, truncates, List.copyOf(unchanged),
                content == Content.ROWS ? 0 : first, content == Content.ROWS ? 0 : last);
        return new Counted(table, kept, all - kept);
    }

    private void index(Statement statement, String suffix, String columns) throws SQLException {
        statement.execute("CREATE INDEX " + dialect.quoted(name + suffix) + " ON " + qualified() + " (" + columns + ")");
    }

    private static long number(Statement statement, String sql) throws SQLException {
        try (ResultSet found = statement.executeQuery(sql)) {
            found.next();
            return found.getLong(1);
        }
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** The schema that it lies in; empty: the database has none. */
    public Optional<String> schema() {
        return place.schema();
    }

    /** Its name for a statement. */
    public String qualified() {
        return place.qualified(dialect, name);
    }

    /** The rows so far. */
    public long rows() {
        return rows;
    }

    /** About how many bytes they have. */
    public long bytes() {
        return bytes;
    }
}
