package io.windrow.connectors.postgres;

import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.catalog.Relation;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A heap that holds rows of a stream: the table itself, a partition, or a table that inherits from it. A temporary child is
 * another session's, which alone can read it.
 *
 * @param oid pg_class.oid
 * @param name its name
 * @param file which file holds the rows; another one after a rewrite of the table
 * @param pages how many pages it has
 * @param pageBytes the size of a page
 */
record Leaf(long oid, StreamName name, long file, long pages, long pageBytes) {
    private static final String LEAVES =
            """
            WITH RECURSIVE tree(oid) AS (
                SELECT ?::pg_catalog.oid
                UNION SELECT h.inhrelid FROM pg_catalog.pg_inherits h JOIN tree ON tree.oid = h.inhparent
                WHERE NOT h.inhdetachpending)
            SELECT c.oid, n.nspname, c.relname, c.relkind, pg_catalog.pg_relation_filenode(c.oid),
                   coalesce(pg_catalog.pg_relation_size(c.oid), 0), pg_catalog.current_setting('block_size')::int8,
                   pg_catalog.has_schema_privilege(n.oid, 'USAGE'),
                   coalesce(pg_catalog.has_table_privilege(c.oid, 'SELECT'), false),
                   c.relrowsecurity AND pg_catalog.row_security_active(c.oid)
            FROM tree JOIN pg_catalog.pg_class c ON c.oid = tree.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind <> 'p' AND c.relpersistence <> 't' ORDER BY c.oid""";

    /** Why a heap cannot be read by itself, by its pages and with the transactions that wrote its rows. */
    enum Barrier {
        /** It is a view or a foreign table. */
        NO_PAGES,
        /** The role may not use its schema. */
        SCHEMA,
        /** The role has no privilege on the whole of it: the parent's does not count, and one on columns does not reach ctid and xmin. */
        TABLE,
        /** A row security policy of its own applies, which does not where its rows are read through the parent. */
        POLICY
    }

    private record Found(Leaf leaf, Optional<Barrier> barrier) {}

    /**
     * The heaps of a relation, seen by the session's transaction, which has {@linkplain TableLock locked} it. Empty if the
     * relation cannot be read heap by heap, because of a {@link Barrier}: then all its rows are read at once.
     */
    static List<Leaf> of(Session session, Relation relation) throws SQLException {
        List<Found> found = find(session, relation.oid());
        return found.stream().anyMatch(one -> one.barrier().isPresent())
                ? List.of()
                : found.stream().map(Found::leaf).toList();
    }

    /** What stands in the way of reading a relation heap by heap, by the heap. Empty: nothing. */
    static Map<StreamName, Barrier> barriers(Session session, long oid) throws SQLException {
        Map<StreamName, Barrier> barriers = new LinkedHashMap<>();
        for (Found found : find(session, oid)) {
            found.barrier().ifPresent(barrier -> barriers.put(found.leaf().name(), barrier));
        }
        return barriers;
    }

    private static List<Found> find(Session session, long oid) throws SQLException {
        List<Found> found = new ArrayList<>();
        try (PreparedStatement statement = session.connection().prepareStatement(LEAVES)) {
            statement.setLong(1, oid);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    StreamName name = new StreamName(rows.getString(2), rows.getString(3));
                    long pageBytes = rows.getLong(7);
                    found.add(new Found(
                            new Leaf(rows.getLong(1), name, rows.getLong(5), rows.getLong(6) / pageBytes, pageBytes),
                            barrier(rows)));
                }
            }
        }
        return found;
    }

    private static Optional<Barrier> barrier(ResultSet row) throws SQLException {
        String kind = row.getString(4);
        if (!kind.equals("r") && !kind.equals("m")) {
            return Optional.of(Barrier.NO_PAGES);
        }
        if (!row.getBoolean(8)) {
            return Optional.of(Barrier.SCHEMA);
        }
        if (!row.getBoolean(9)) {
            return Optional.of(Barrier.TABLE);
        }
        return row.getBoolean(10) ? Optional.of(Barrier.POLICY) : Optional.empty();
    }

    long bytes() {
        return pages * pageBytes;
    }

    /** The first pages of the parts into which it is cut; the last part has no end. */
    List<Long> cuts(long splitBytes) {
        long step = Math.max(1, splitBytes / pageBytes);
        List<Long> cuts = new ArrayList<>();
        for (long page = 0; page == 0 || page < pages; page += step) {
            cuts.add(page);
        }
        return cuts;
    }
}
