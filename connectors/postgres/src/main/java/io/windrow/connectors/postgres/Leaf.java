package io.windrow.connectors.postgres;

import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.catalog.Relation;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A heap that holds rows of a stream: the table itself, a partition, or a table that inherits from it.
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
                   coalesce(pg_catalog.has_table_privilege(c.oid, 'SELECT'), false)
            FROM tree JOIN pg_catalog.pg_class c ON c.oid = tree.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind <> 'p' ORDER BY c.oid""";

    /**
     * The heaps of a relation, seen by the session's transaction, which has {@linkplain TableLock locked} it. Empty if the relation cannot be
     * read heap by heap: a view, a foreign table, or partitions that only the parent's privilege covers,
     * or a privilege on single columns, which does not reach ctid and xmin.
     */
    static List<Leaf> of(Session session, Relation relation) throws SQLException {
        if (relation.kind() == Relation.Kind.VIEW || relation.kind() == Relation.Kind.FOREIGN) {
            return List.of();
        }
        List<Leaf> leaves = new ArrayList<>();
        boolean whole = false;
        try (PreparedStatement statement = session.connection().prepareStatement(LEAVES)) {
            statement.setLong(1, relation.oid());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String kind = rows.getString(4);
                    whole |= !(kind.equals("r") || kind.equals("m")) || !rows.getBoolean(8);
                    StreamName name = new StreamName(rows.getString(2), rows.getString(3));
                    long pageBytes = rows.getLong(7);
                    leaves.add(new Leaf(rows.getLong(1), name, rows.getLong(5), rows.getLong(6) / pageBytes, pageBytes));
                }
            }
        }
        return whole ? List.of() : leaves;
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
