package io.windrow.connectors.jdbc;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.SameColumns.Label;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.Delivery;
import io.windrow.connectors.jdbc.load.RowReader;
import io.windrow.connectors.jdbc.sql.SqlType;
import io.windrow.connectors.jdbc.table.CommitBook;
import io.windrow.connectors.jdbc.table.Layout;
import io.windrow.connectors.jdbc.table.TargetColumn;
import io.windrow.connectors.jdbc.table.TargetTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the target's table shows of a stream, at one moment: no rows that are marked as deleted, no ended versions. Of a
 * change log every row of the generations that belong to it, in the order of the source's log.
 */
final class JdbcDelivery implements Delivery {
    private static final int ROWS = 10_000;

    private final JdbcTarget target;
    private final StreamName stream;
    private final OptionalLong first;
    private @Nullable Connection connection;
    private @Nullable ResultSet results;
    private @Nullable RowReader reader;

    /**
     * Nothing is read yet.
     *
     * @param first the generation in which the change log began that is to be read; empty: it is none
     */
    JdbcDelivery(JdbcTarget target, StreamName stream, OptionalLong first) {
        this.target = target;
        this.stream = stream;
        this.first = first;
    }

    private Connection connected() {
        Connection open = connection;
        if (open == null) {
            open = target.connectToRead();
            connection = open;
        }
        return open;
    }

    /** The table and which of its rows are shown. */
    private String shown(Connection open) throws SQLException {
        Optional<CommitBook.Row> row = target.book(open).read(open, target.id(stream));
        String table = row.map(CommitBook.Row::table).orElse(target.config().table(stream));
        String kind = row.map(CommitBook.Row::mode).orElse("");
        String where = "";
        if (first.isPresent()) {
            where = " WHERE " + target.dialect().quoted(Layout.GENERATION) + " >= " + first.getAsLong();
        } else if (kind.equals(Layout.Kind.HISTORY.name().toLowerCase(Locale.ROOT))) {
            where = " WHERE " + target.dialect().quoted(Layout.IS_CURRENT);
        } else if (kind.equals(Layout.Kind.STATE.name().toLowerCase(Locale.ROOT)) && isMarked(open, table)) {
            where = " WHERE NOT " + target.dialect().quoted(Layout.DELETED);
        }
        return target.place(open).qualified(target.dialect(), table) + where;
    }

    /** Whether rows of the table are marked that are deleted, now or before deletes became deletes; the stream may have a column of that name. */
    private boolean isMarked(Connection open, String table) throws SQLException {
        return target.tables(open).read(open, target.id(stream)).columns().stream()
                        .noneMatch(column -> column.name().equalsIgnoreCase(Layout.DELETED))
                && TargetTable.has(target.dialect(), target.place(open), open, table, Layout.DELETED);
    }

    @Override
    public long count() {
        try {
            Connection open = connected();
            try (Statement counting = open.createStatement();
                    ResultSet found = counting.executeQuery("SELECT count(*) FROM " + shown(open))) {
                found.next();
                return found.getLong(1);
            }
        } catch (SQLException e) {
            throw target.coded("Counting the rows of " + stream + " in the target", e);
        }
    }

    @Override
    public Optional<Batch> read(StreamSchema schema) {
        try {
            ResultSet from = results;
            RowReader with = reader;
            if (from == null || with == null) {
                Connection open = connected();
                List<SqlType> types = TargetTable.types(target.dialect(), schema);
                Statement reading = open.createStatement();
                reading.setFetchSize(ROWS);
                from = reading.executeQuery("SELECT " + columns(open, schema, types) + " FROM " + shown(open) + order());
                results = from;
                with = new RowReader(schema, types, target.context().allocator());
                reader = with;
            }
            VectorSchemaRoot rows = with.read(from, ROWS);
            if (rows.getRowCount() == 0) {
                rows.close();
                target.dialect().expectWhole(connected());
                return Optional.empty();
            }
            return Optional.of(new Batch(schema, rows, new Position(1, "{}"), Account.ofRead(rows.getRowCount())));
        } catch (SQLException e) {
            throw target.coded("Reading the rows of " + stream + " in the target", e);
        }
    }

    /** As the database sorts, whatever the size. */
    private String order() {
        return first.isEmpty() ? "" : " ORDER BY " + target.dialect().quoted(Layout.POSITION) + ", " + target.dialect().quoted(Layout.ORDINAL);
    }

    /** By the names of the table: the commit that renames a column may be still to come. */
    private String columns(Connection open, StreamSchema schema, List<SqlType> types) throws SQLException {
        List<String> names = new ArrayList<>(schema.columns().stream().map(Column::name).toList());
        List<TargetColumn> known = target.tables(open).read(open, target.id(stream)).columns();
        List<Integer> same = TargetColumn.indexes(known, Label.of(schema.columns()));
        for (int i = 0; i < same.size(); i++) {
            if (same.get(i) >= 0) {
                names.set(same.get(i), known.get(i).name());
            }
        }
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            columns.add(types.get(i).out(target.dialect().quoted(names.get(i))));
        }
        return String.join(", ", columns);
    }

    @Override
    public void close() {
        Connection open = connection;
        connection = null;
        results = null;
        if (open != null) {
            target.close(open);
        }
    }
}
