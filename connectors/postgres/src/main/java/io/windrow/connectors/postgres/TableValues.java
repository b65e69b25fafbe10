package io.windrow.connectors.postgres;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the catalog says of how the values of a table's rows came to be there. An alteration gives rows other values and tells its
 * log nothing of it: it writes every row anew, or says what the rows that are there have in a new column.
 *
 * @param horizon a transaction id, 64 bits: all below had ended when the catalog was looked at
 * @param files which file holds the rows, by the oid of the table or of each of its partitions
 * @param columns those that are not dropped, by number
 */
record TableValues(long horizon, Map<Long, Long> files, Map<Integer, Stored> columns) {
    /** All of it as of one moment. Of a partitioned table it is a partition that has what rows lack of a new column. */
    private static final String LOOK =
            """
            WITH RECURSIVE tree(oid) AS (
                SELECT %1$d::pg_catalog.oid UNION ALL SELECT h.inhrelid FROM pg_catalog.pg_inherits h JOIN tree ON tree.oid = h.inhparent),
            said AS (
                SELECT pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot()) AS horizon)
            SELECT 'column', a.attnum::pg_catalog.int8, a.xmin::pg_catalog.text, a.attname, a.atthasmissing OR EXISTS (
                       SELECT FROM tree t JOIN pg_catalog.pg_attribute l ON l.attrelid = t.oid WHERE l.attname = a.attname AND l.atthasmissing),
                   said.horizon
            FROM said, pg_catalog.pg_attribute a WHERE a.attrelid = %1$d AND a.attnum > 0 AND NOT a.attisdropped
            UNION ALL SELECT 'file', c.oid::pg_catalog.int8, c.relfilenode::pg_catalog.text, pg_catalog.format('%%I.%%I', n.nspname, c.relname),
                   pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
                       AND NOT (c.relrowsecurity AND pg_catalog.row_security_active(c.oid)),
                   said.horizon
            FROM said, tree JOIN pg_catalog.pg_class c ON c.oid = tree.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r'""";

    TableValues {
        files = Map.copyOf(files);
        columns = Map.copyOf(columns);
    }

    /**
     * A column.
     *
     * @param written the lower 32 bits of the transaction that wrote what the catalog says of it
     * @param missing whether rows from before it was added have a value in it all the same
     * @param delivered whether the stream delivers it
     */
    record Stored(long written, boolean missing, boolean delivered) {}

    /** A look that just took place, with what is needed to judge it. */
    record Look(TableValues values, Map<Integer, String> names, Map<Long, String> heaps, Set<Long> hidden) {}

    /** The table as it is now, for the session. */
    static Look read(Session session, StreamShape shape) throws SQLException {
        Set<Integer> delivered = new HashSet<>();
        shape.plans().forEach(plan -> delivered.add(plan.column().id()));
        Map<Long, Long> files = new HashMap<>();
        Map<Integer, Stored> columns = new TreeMap<>();
        Map<Integer, String> names = new TreeMap<>();
        Map<Long, String> heaps = new TreeMap<>();
        Set<Long> hidden = new HashSet<>();
        long horizon = 0;
        for (List<@Nullable String> row : session.rows(LOOK.formatted(shape.relation().orElseThrow().oid()))) {
            long id = Long.parseLong(String.valueOf(row.get(1)));
            long what = Long.parseLong(String.valueOf(row.get(2)));
            String name = String.valueOf(row.get(3));
            boolean said = "t".equals(row.get(4));
            horizon = Long.parseLong(String.valueOf(row.get(5)));
            if ("column".equals(row.getFirst())) {
                columns.put((int) id, new Stored(what, said, delivered.contains((int) id)));
                names.put((int) id, name);
            } else {
                files.put(id, what);
                heaps.put(id, name);
                if (!said) {
                    hidden.add(id);
                }
            }
        }
        return new Look(new TableValues(horizon, files, columns), names, heaps, hidden);
    }

    /**
     * How rows came to have other values than the log tells, between this look and a later one.
     *
     * @param session with the later look's snapshot, or a newer one
     * @return empty: they did not. What took place at once with an alteration that only looks like one may be taken for it
     */
    Optional<String> until(Look later, Session session) throws SQLException {
        TableValues now = later.values();
        if (now.horizon < horizon) {
            // Under an older snapshot than this one.
            return Optional.empty();
        }
        List<String> added = new ArrayList<>();
        List<String> altered = new ArrayList<>();
        for (Map.Entry<Integer, String> column : later.names().entrySet()) {
            Stored after = now.columns.get(column.getKey());
            Stored before = columns.get(column.getKey());
            if (after == null || !after.delivered) {
                continue;
            }
            if (before != null && !before.delivered) {
                return Optional.of("column " + column.getValue() + " is delivered now, and was not before");
            } else if (before == null && after.missing) {
                return Optional.of("column " + column.getValue() + " was added with a value for the rows that were there");
            } else if (before == null) {
                added.add(column.getValue());
            } else if (before.written != after.written) {
                altered.add(column.getValue());
            }
        }
        Map<Long, String> anew = new TreeMap<>(later.heaps());
        anew.keySet().removeIf(heap -> !files.containsKey(heap) || files.get(heap).equals(now.files.get(heap)));
        boolean all = !anew.isEmpty() && files.keySet().stream().allMatch(heap -> anew.containsKey(heap) || !now.files.containsKey(heap));
        if (!added.isEmpty() && !anew.isEmpty()) {
            // Who writes a file anew gives the rows their value in it, and the catalog no longer says which that is.
            return Optional.of("column " + String.join(", ", added) + " was added and rows were written anew");
        }
        return altered.isEmpty() || !all || isKept(later, anew, session)
                ? Optional.empty()
                : Optional.of("column " + String.join(", ", altered) + " was altered and every row written anew");
    }

    /** Whether one of the files has a row from before: an alteration that writes rows anew leaves none, VACUUM FULL and CLUSTER do. */
    private boolean isKept(Look later, Map<Long, String> anew, Session session) throws SQLException {
        for (Map.Entry<Long, String> heap : anew.entrySet()) {
            if (!later.hidden().contains(heap.getKey()) && LeafFiles.hasRowsFromBefore(session, heap.getValue(), horizon)) {
                return true;
            }
        }
        return false;
    }

    StateText toState() {
        List<Long> all = new ArrayList<>();
        new TreeMap<>(files).forEach((heap, file) -> all.addAll(List.of(heap, file)));
        List<String> stored = new ArrayList<>();
        new TreeMap<>(columns).forEach((number, column) -> stored.add(
                number + " " + column.written + " " + (column.missing ? "m" : "-") + (column.delivered ? "d" : "-")));
        return StateText.create().with("horizon", horizon).with("files", all).with("columns", stored);
    }

    static TableValues of(StateText text) {
        List<Long> all = text.numbers("files");
        Map<Long, Long> files = new HashMap<>();
        for (int i = 0; i + 1 < all.size(); i += 2) {
            files.put(all.get(i), all.get(i + 1));
        }
        Map<Integer, Stored> columns = new HashMap<>();
        for (String one : text.texts("columns")) {
            if (!one.matches("\\d{1,9} \\d{1,18} [m-][d-]")) {
                throw StateText.invalid("what is known of a column's values cannot be read");
            }
            String[] fields = one.split(" ");
            columns.put(Integer.valueOf(fields[0]), new Stored(Long.parseLong(fields[1]), fields[2].startsWith("m"), fields[2].endsWith("d")));
        }
        return new TableValues(text.number("horizon"), files, columns);
    }
}
