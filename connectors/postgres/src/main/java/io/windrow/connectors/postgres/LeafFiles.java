package io.windrow.connectors.postgres;

import io.windrow.connectors.postgres.catalog.Identifier;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of a followed table and the files that hold their rows. What is done to a partition by itself the log does
 * not tell under the table's name (D23): it shows in the catalog, and in which transactions wrote the rows that are there.
 *
 * @param horizon a transaction id, 64 bits: all below had ended when the partitions were looked at
 * @param heaps the partitions that hold rows
 */
record LeafFiles(long horizon, List<Heap> heaps) {
    /** Rows that were there first lie in a heap's first pages: a large partition is not read for this. */
    private static final String FIRST_PAGES = "l.ctid < '(1000,0)'::pg_catalog.tid";

    private static final String HEAPS =
            """
            WITH RECURSIVE tree(oid, attached) AS (
                SELECT h.inhrelid, h.xmin FROM pg_catalog.pg_inherits h WHERE h.inhparent = %1$d
                UNION ALL SELECT h.inhrelid, h.xmin FROM pg_catalog.pg_inherits h JOIN tree ON tree.oid = h.inhparent)
            SELECT c.oid, coalesce(pg_catalog.pg_relation_filenode(c.oid), 0), tree.attached,
                   pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())
            FROM tree JOIN pg_catalog.pg_class c ON c.oid = tree.oid WHERE c.relkind = 'r' ORDER BY c.oid""";

    /** Whether the role may look into a partition by itself, and its name. */
    private static final String READABLE =
            """
            SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.oid = %1$d AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
              AND coalesce(pg_catalog.has_table_privilege(c.oid, 'SELECT'), false)
              AND NOT (c.relrowsecurity AND pg_catalog.row_security_active(c.oid))""";

    /** A row from before, or a column that was altered since: then the file was written anew as a whole, with every row. */
    private static final String KEPT = "SELECT EXISTS (SELECT FROM ONLY %1$s l WHERE " + FIRST_PAGES + " AND " + before("l.xmin", "%2$d")
            + ") OR EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = %3$d AND NOT " + before("a.xmin", "%2$d") + ")";

    /**
     * A row that was written before the table became a partition, maybe by the same transaction. Of one that was made as a
     * partition a row may be of an older transaction, which came to it later; the row of its column ctid says who made it.
     */
    private static final String BROUGHT = "SELECT EXISTS (SELECT FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_attribute a"
            + " ON a.attrelid = h.inhrelid AND a.attnum = -1, ONLY %1$s l WHERE h.inhrelid = %2$d AND " + FIRST_PAGES
            + " AND (a.xmin <> h.xmin AND " + before("l.xmin", "h.xmin::pg_catalog.text::pg_catalog.int8")
            + " OR l.xmin = h.xmin AND l.cmin::pg_catalog.text::pg_catalog.int8 < h.cmin::pg_catalog.text::pg_catalog.int8))";

    LeafFiles {
        heaps = List.copyOf(heaps);
    }

    /**
     * A partition that holds rows.
     *
     * @param oid its oid
     * @param file which file holds the rows
     * @param attached the lower 32 bits of the transaction that made it a partition
     */
    record Heap(long oid, long file, long attached) {}

    /** In SQL whether a transaction's id is older than another's, of which 64 bits or the lower 32 are known. */
    private static String before(String xid, String other) {
        return "((" + other + " - " + xid + "::pg_catalog.text::pg_catalog.int8) & 4294967295) BETWEEN 1 AND 2147483647";
    }

    /** The partitions of a table as they are now. */
    static LeafFiles read(Session session, long root) throws SQLException {
        List<Heap> heaps = new ArrayList<>();
        long horizon = 0;
        for (List<@Nullable String> row : session.rows(HEAPS.formatted(root))) {
            heaps.add(new Heap(number(row, 0), number(row, 1), number(row, 2)));
            horizon = number(row, 3);
        }
        return new LeafFiles(horizon, heaps);
    }

    private static long number(List<@Nullable String> row, int column) {
        return Long.parseLong(String.valueOf(row.get(column)));
    }

    /**
     * What was done to a partition since an earlier look that the table's log does not tell. That all were emptied it does
     * tell: who empties the table empties them. One that came without rows is nothing.
     *
     * @param session with a snapshot of now
     */
    Optional<String> lostSince(LeafFiles earlier, Session session) throws SQLException {
        Map<Long, Heap> now = new HashMap<>();
        heaps.forEach(heap -> now.put(heap.oid(), heap));
        List<String> emptied = new ArrayList<>();
        for (Heap before : earlier.heaps) {
            Heap heap = now.remove(before.oid());
            if (heap == null) {
                return Optional.of("partition " + name(session, before.oid()) + " was dropped or detached");
            }
            if (heap.attached() != before.attached()) {
                return Optional.of("partition " + name(session, heap.oid()) + " was detached and attached again");
            }
            if (heap.file() != before.file() && !isKept(session, heap.oid(), earlier.horizon)) {
                emptied.add(name(session, heap.oid()));
            }
        }
        for (Heap added : now.values()) {
            Optional<String> readable = readable(session, added.oid());
            if (readable.isPresent() && is(session, BROUGHT.formatted(readable.get(), added.oid()))) {
                return Optional.of("partition " + name(session, added.oid()) + " was attached with rows in it");
            }
        }
        return emptied.isEmpty() || emptied.size() == earlier.heaps.size()
                ? Optional.empty()
                : Optional.of("partition " + String.join(", ", emptied) + " was emptied by itself");
    }

    /** Whether the partition, which was written anew, has kept its rows, as VACUUM FULL or a change of a column's type does. */
    private static boolean isKept(Session session, long oid, long horizon) throws SQLException {
        Optional<String> readable = readable(session, oid);
        return readable.isPresent() && is(session, KEPT.formatted(readable.get(), horizon, oid));
    }

    private static Optional<String> readable(Session session, long oid) throws SQLException {
        List<@Nullable String> row = session.row(READABLE.formatted(oid));
        return row.isEmpty()
                ? Optional.empty()
                : Optional.of(Identifier.quoted(String.valueOf(row.get(0))) + "." + Identifier.quoted(String.valueOf(row.get(1))));
    }

    private static boolean is(Session session, String question) throws SQLException {
        return "t".equals(session.row(question).getFirst());
    }

    private static String name(Session session, long oid) throws SQLException {
        return String.valueOf(session.row("SELECT " + oid + "::pg_catalog.regclass::pg_catalog.text").getFirst());
    }

    StateText toState() {
        List<Long> numbers = new ArrayList<>();
        heaps.forEach(heap -> numbers.addAll(List.of(heap.oid(), heap.file(), heap.attached())));
        return StateText.create().with("horizon", horizon).with("heaps", numbers);
    }

    static LeafFiles of(StateText text) {
        List<Long> numbers = text.numbers("heaps");
        if (numbers.size() % 3 != 0) {
            throw StateText.invalid("the list heaps is not whole");
        }
        List<Heap> heaps = new ArrayList<>();
        for (int i = 0; i < numbers.size(); i += 3) {
            heaps.add(new Heap(numbers.get(i), numbers.get(i + 1), numbers.get(i + 2)));
        }
        return new LeafFiles(text.number("horizon"), heaps);
    }
}
