package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.RelationColumn;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The lock under which rows are read: ACCESS SHARE, held only while something is read, so that nobody who alters a table
 * waits for the end of a run, nor do all who wait behind him. What may have happened before the lock was there is found
 * under it: a snapshot keeps old rows, but not old columns, and of a table that was rewritten it shows none at all.
 */
final class TableLock {
    /**
     * Tables that the snapshot shows with another file, or does not show. Rows of pg_class are of the snapshot, what its
     * functions say is of now. Indexes come and go as they like.
     */
    private static final String REWRITTEN =
            """
            SELECT 'table ' || l.relation::pg_catalog.regclass || ' was rewritten, emptied or replaced'
            FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation
            WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.relation >= 16384
              AND pg_catalog.pg_index_has_property(l.relation, 'clusterable') IS NULL
              AND (c.oid IS NULL OR c.relfilenode <> coalesce(pg_catalog.pg_relation_filenode(c.oid), 0))
            ORDER BY 1""";

    private static final String RENAMED =
            """
            SELECT 'the name ' || %1$s || ' belongs to another table' WHERE %1$s::pg_catalog.regclass::pg_catalog.oid IS DISTINCT FROM
            (SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = %2$s AND c.relname = %3$s)""";

    private TableLock() {}

    /**
     * Takes the lock until the transaction or savepoint ends.
     *
     * @param session in a transaction with the snapshot under which rows will be read
     * @param shape the stream as that snapshot shows it
     * @param part the table of the stream that will be read; empty for all of it
     * @throws WindrowException {@link PostgresError#TABLE_CHANGED} if the rows would not be those of the snapshot, or not
     *     have the columns of the shape
     */
    static void take(Session session, StreamShape shape, Optional<StreamName> part) throws SQLException {
        Optional<StreamName> table = part.or(() -> shape.relation().map(relation -> shape.stream()));
        List<String> changes = new ArrayList<>(columns(session, shape, part));
        if (table.isPresent()) {
            String name = Identifier.literal(Identifier.quoted(table.get()));
            changes.addAll(session.column(RENAMED.formatted(
                    name, Identifier.literal(table.get().namespace()), Identifier.literal(table.get().name()))));
        }
        changes.addAll(session.column(REWRITTEN));
        if (!changes.isEmpty()) {
            throw changed(shape, String.join(", ", changes));
        }
    }

    /** Takes the lock; names the columns that have another type now. Where a query has columns, the server decides by name. */
    private static List<String> columns(Session session, StreamShape shape, Optional<StreamName> part) throws SQLException {
        Map<String, Long> planned = shape.available().stream()
                .collect(Collectors.toMap(RelationColumn::name, RelationColumn::typeOid, (first, second) -> first));
        List<String> names = shape.plans().stream().map(plan -> plan.column().name()).toList();
        String types = names.stream()
                .map(name -> "pg_catalog.pg_typeof(r." + Identifier.quoted(name) + ")::pg_catalog.oid")
                .collect(Collectors.joining(", "));
        String columns = names.stream().map(Identifier::quoted).collect(Collectors.joining(", "));
        String source = part.map(name -> "ONLY " + Identifier.quoted(name)).orElseGet(shape::from);
        List<String> found;
        try {
            found = session.column("SELECT unnest(ARRAY[" + types + "]) FROM (SELECT) AS one LEFT JOIN (SELECT " + columns
                    + " FROM " + source + " LIMIT 0) AS r ON true");
        } catch (SQLException e) {
            if (SqlStates.code(String.valueOf(e.getSQLState())) == PostgresError.NO_SUCH_OBJECT) {
                throw changed(shape, SqlStates.coded("the table or a column is gone", e).getMessage());
            }
            throw e;
        }
        List<String> changes = new ArrayList<>();
        for (int i = 0; shape.relation().isPresent() && i < names.size(); i++) {
            Long was = planned.get(names.get(i));
            if (was == null || was != Long.parseLong(found.get(i))) {
                changes.add("column " + names.get(i) + " has another type");
            }
        }
        return changes;
    }

    private static WindrowException changed(StreamShape shape, String how) {
        return WindrowException.of(
                PostgresError.TABLE_CHANGED, "Reading " + shape.stream() + ": since its snapshot was taken, " + how);
    }
}
