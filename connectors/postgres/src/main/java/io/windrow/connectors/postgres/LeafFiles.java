package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.postgres.pgoutput.LogError;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    private static final int ASKED_AT_ONCE = 100;

    /** The size of a partition that somebody has locked is not asked for: that would wait. */
    private static final String HEAPS =
            """
            WITH RECURSIVE tree(oid, attached, path) AS (
                SELECT h.inhrelid, h.xmin, h.xmin::text FROM pg_catalog.pg_inherits h WHERE h.inhparent = %1$d
                UNION ALL SELECT h.inhrelid, h.xmin, tree.path || '.' || h.xmin::text
                FROM pg_catalog.pg_inherits h JOIN tree ON tree.oid = h.inhparent),
            held AS MATERIALIZED (
                SELECT k.relation FROM pg_catalog.pg_locks k WHERE k.locktype = 'relation' AND k.mode = 'AccessExclusiveLock'
                AND k.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()))
            SELECT c.oid, coalesce(pg_catalog.pg_relation_filenode(c.oid), 0), tree.attached,
                   pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot()), tree.path,
                   pg_catalog.format('%%I.%%I', n.nspname, c.relname),
                   CASE WHEN c.relpersistence <> 'p' THEN 'unlogged'
                        WHEN NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE')
                             OR NOT coalesce(pg_catalog.has_table_privilege(c.oid, 'SELECT'), false)
                             OR c.relrowsecurity AND pg_catalog.row_security_active(c.oid) THEN 'hidden'
                        WHEN c.oid IN (SELECT relation FROM held) THEN 'held'
                        WHEN pg_catalog.pg_relation_size(c.oid) = 0 THEN 'empty'
                        WHEN pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::int8 <= 1000 THEN 'small'
                        ELSE 'filled' END
            FROM tree JOIN pg_catalog.pg_class c ON c.oid = tree.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' ORDER BY c.oid""";

    private static final String FROM_BEFORE =
            "SELECT EXISTS (SELECT FROM ONLY %1$s l WHERE " + FIRST_PAGES + " AND " + before("l.xmin", "%2$d") + ")";

    /** A row from before, or one that an alteration of a column has written since: that writes the file anew with every row. */
    private static final String KEPT = "SELECT EXISTS (SELECT FROM ONLY %1$s l WHERE " + FIRST_PAGES + " AND (" + before("l.xmin", "%2$d")
            + " OR EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = %3$d AND NOT " + before("a.xmin", "%2$d")
            + " AND l.xmin = a.xmin AND l.cmin::pg_catalog.text::pg_catalog.int8 >= a.cmin::pg_catalog.text::pg_catalog.int8)))";

    /**
     * A row that was written before the table, or what it is a partition of, became a partition. The ids of transactions are not
     * in the order of time where several ran at once or one is part of another: of what was made as a partition they say nothing.
     */
    private static final String BROUGHT = "SELECT EXISTS (SELECT FROM pg_catalog.pg_inherits h, ONLY %1$s l WHERE " + FIRST_PAGES
            + " AND h.inhrelid IN (SELECT relid FROM pg_catalog.pg_partition_ancestors(%2$d)) AND ("
            + before("l.xmin", "h.xmin::pg_catalog.text::pg_catalog.int8")
            + " AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = h.inhrelid AND a.attnum = -6 AND a.xmin = h.xmin)"
            + " OR l.xmin = h.xmin AND l.xmax = 0 AND l.cmin::pg_catalog.text::pg_catalog.int8 < h.cmin::pg_catalog.text::pg_catalog.int8))";

    LeafFiles {
        heaps = List.copyOf(heaps);
    }

    /** What could be seen of a partition's rows. */
    enum Content {
        EMPTY,
        FILLED,
        /** The role may read it only through the table. */
        HIDDEN,
        /** It is unlogged: nobody is told of its rows. */
        UNLOGGED
    }

    /**
     * A partition that holds rows.
     *
     * @param oid its oid
     * @param file which file holds the rows
     * @param attached the lower 32 bits of the transaction that made it a partition
     * @param path the transactions that made it, and what it is a partition of, partitions; empty: not known
     * @param name its name, as SQL writes it
     * @param content what it held
     */
    record Heap(long oid, long file, long attached, String path, String name, Content content) {}

    /**
     * What was done to partitions between two looks that the table's log does not tell.
     *
     * @param removed those that were dropped or detached
     * @param unsure those that have another file, where nobody can tell whether rows were taken away
     * @param lost what took rows away, or brought some
     */
    record Since(List<String> removed, List<String> unsure, Optional<String> lost) {
        Since {
            removed = List.copyOf(removed);
            unsure = List.copyOf(unsure);
        }
    }

    /** In SQL whether a transaction's id is older than another's, of which 64 bits or the lower 32 are known. */
    private static String before(String xid, String other) {
        return "((" + other + " - " + xid + "::pg_catalog.text::pg_catalog.int8) & 4294967295) BETWEEN 1 AND 2147483647";
    }

    /**
     * The partitions of a table as they are now.
     *
     * @param earlier an earlier look, which stands for what somebody keeps locked
     */
    static LeafFiles read(Session session, long root, Optional<LeafFiles> earlier) throws SQLException {
        Map<Long, Content> known = earlier.map(LeafFiles::heaps).orElse(List.of()).stream()
                .collect(Collectors.toMap(Heap::oid, Heap::content));
        List<List<@Nullable String>> rows = session.rows(HEAPS.formatted(root));
        Set<Long> empty = empty(session, rows.stream().filter(row -> "small".equals(row.get(6))).toList());
        List<Heap> heaps = new ArrayList<>();
        long horizon = 0;
        for (List<@Nullable String> row : rows) {
            long oid = number(row, 0);
            Content content = switch (String.valueOf(row.get(6))) {
                case "unlogged" -> Content.UNLOGGED;
                case "hidden" -> Content.HIDDEN;
                case "empty" -> Content.EMPTY;
                case "small" -> empty.contains(oid) ? Content.EMPTY : Content.FILLED;
                case "held" -> known.getOrDefault(oid, Content.FILLED);
                default -> Content.FILLED;
            };
            heaps.add(new Heap(
                    oid, number(row, 1), number(row, 2), String.valueOf(row.get(4)), String.valueOf(row.get(5)), content));
            horizon = number(row, 3);
        }
        return new LeafFiles(horizon, heaps);
    }

    /**
     * Refuses a partition of which there is no log, also one that came while the table is followed.
     *
     * @param doing a gerund clause for the error
     * @return these
     */
    LeafFiles expectLogged(String doing) {
        heaps.stream().filter(heap -> heap.content() == Content.UNLOGGED).findFirst().ifPresent(heap -> {
            throw WindrowException.of(
                            LogError.STREAM_UNFIT, doing + ": partition " + heap.name() + " is unlogged, and the log lacks its rows")
                    .remedy("Run: ALTER TABLE " + heap.name() + " SET LOGGED; and then the stream with --full-refresh: the table is copied again as"
                            + " a new generation.");
        });
        return this;
    }

    /** Which partitions have pages and no row in them. */
    private static Set<Long> empty(Session session, List<List<@Nullable String>> small) throws SQLException {
        Set<Long> empty = new HashSet<>();
        for (int i = 0; i < small.size(); i += ASKED_AT_ONCE) {
            String asked = small.subList(i, Math.min(small.size(), i + ASKED_AT_ONCE)).stream()
                    .map(row -> "SELECT " + row.get(0) + " WHERE NOT EXISTS (SELECT FROM ONLY " + row.get(5) + ")")
                    .collect(Collectors.joining(" UNION ALL "));
            for (List<@Nullable String> row : session.rows(asked)) {
                empty.add(number(row, 0));
            }
        }
        return empty;
    }

    private static long number(List<@Nullable String> row, int column) {
        return Long.parseLong(String.valueOf(row.get(column)));
    }

    /**
     * What was done to partitions since an earlier look that the table's log does not tell. That all were emptied it does
     * tell: who empties the table empties them. One that came without rows is nothing.
     *
     * @param session with a snapshot of now
     */
    Since since(LeafFiles earlier, Session session) throws SQLException {
        Map<Long, Heap> now = new HashMap<>();
        heaps.forEach(heap -> now.put(heap.oid(), heap));
        List<String> removed = new ArrayList<>();
        List<String> unsure = new ArrayList<>();
        List<String> emptied = new ArrayList<>();
        List<String> lost = new ArrayList<>();
        for (Heap before : earlier.heaps) {
            Heap heap = now.remove(before.oid());
            if (heap == null) {
                removed.add(before.name());
            } else if (heap.attached() != before.attached() || !before.path().isEmpty() && !before.path().equals(heap.path())) {
                lost.add("partition " + heap.name() + " was detached and attached again");
            } else if (heap.file() != before.file() && !isKept(session, heap, earlier.horizon)) {
                boolean told = heap.content() != Content.HIDDEN && before.content() == Content.FILLED;
                (told ? emptied : unsure).add(heap.name());
            }
        }
        for (Heap added : now.values()) {
            if (added.content() != Content.HIDDEN && is(session, BROUGHT.formatted(added.name(), added.oid()))) {
                lost.add("partition " + added.name() + " was attached with rows in it");
            }
        }
        if (emptied.size() + unsure.size() == earlier.heaps.size() - removed.size()) {
            emptied.clear();
            unsure.clear();
        }
        if (!emptied.isEmpty()) {
            lost.add("partition " + String.join(", ", emptied) + " was emptied by itself");
        }
        return new Since(removed, unsure, lost.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", lost)));
    }

    /**
     * Whether a table, without what is part of it, has a row in its first pages from before a look.
     *
     * @param table its name, as SQL writes it
     * @param horizon a transaction id, 64 bits: all below had ended at the look
     */
    static boolean hasRowsFromBefore(Session session, String table, long horizon) throws SQLException {
        return is(session, FROM_BEFORE.formatted(table, horizon));
    }

    /** Whether the partition, which was written anew, has kept its rows, as VACUUM FULL or a change of a column's type does. */
    private static boolean isKept(Session session, Heap heap, long horizon) throws SQLException {
        return heap.content() != Content.HIDDEN && is(session, KEPT.formatted(heap.name(), horizon, heap.oid()));
    }

    private static boolean is(Session session, String question) throws SQLException {
        return "t".equals(session.row(question).getFirst());
    }

    StateText toState() {
        List<Long> numbers = new ArrayList<>();
        heaps.forEach(heap -> numbers.addAll(List.of(heap.oid(), heap.file(), heap.attached())));
        return StateText.create().with("horizon", horizon).with("heaps", numbers)
                .with("paths", heaps.stream().map(Heap::path).toList()).with("names", heaps.stream().map(Heap::name).toList())
                .with("contents", heaps.stream().map(heap -> heap.content().name()).toList());
    }

    /** States of earlier versions hold neither paths nor names and contents. */
    static LeafFiles of(StateText text) {
        List<Long> numbers = text.numbers("heaps");
        List<String> paths = text.texts("paths");
        List<String> names = text.texts("names");
        List<String> contents = text.texts("contents");
        int count = numbers.size() / 3;
        if (numbers.size() % 3 != 0 || Stream.of(paths, names, contents).map(List::size).anyMatch(size -> size != 0 && size != count)) {
            throw StateText.invalid("the list heaps is not whole");
        }
        List<Heap> heaps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long oid = numbers.get(3 * i);
            heaps.add(new Heap(
                    oid, numbers.get(3 * i + 1), numbers.get(3 * i + 2), paths.isEmpty() ? "" : paths.get(i),
                    names.isEmpty() ? String.valueOf(oid) : names.get(i), contents.isEmpty() ? Content.FILLED : content(contents.get(i))));
        }
        return new LeafFiles(text.number("horizon"), heaps);
    }

    private static Content content(String text) {
        return switch (text) {
            case "EMPTY" -> Content.EMPTY;
            case "FILLED" -> Content.FILLED;
            case "HIDDEN" -> Content.HIDDEN;
            default -> throw StateText.invalid("the list contents holds something else");
        };
    }
}
