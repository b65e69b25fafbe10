package io.windrow.connectors.jdbc.table;

import io.windrow.connectors.jdbc.sql.Dialect;
import java.util.List;
import java.util.stream.Collectors;

/** The statements that order the changes of one epoch. Positions, ordinals and arrival order all of them. */
public final class Folding {
    private static final String ORDER = "w_pos, w_ord, w_seq";

    private Folding() {}

    /** The staged columns of the key, comma separated. */
    static String keyColumns(StagedTable staged) {
        return staged.key().stream().map(name -> "c" + staged.indexOf(name)).collect(Collectors.joining(", "));
    }

    /** {@code DELETE}: what came before the last truncate. */
    public static String beforeTruncate(String stage) {
        return "DELETE FROM " + stage + " WHERE NOT " + Apply.TRUNCATES + " AND w_seq IN (SELECT w_a.w_seq FROM (SELECT w_seq, w_pos, w_ord FROM "
                + stage + ") AS w_a, (SELECT w_pos, w_ord, w_seq FROM " + stage + " WHERE " + Apply.TRUNCATES
                + ") AS w_b WHERE (w_a.w_pos, w_a.w_ord, w_a.w_seq) < (w_b.w_pos, w_b.w_ord, w_b.w_seq))";
    }

    /** {@code DELETE}: every change of a key but its last. */
    static String superseded(String stage, StagedTable staged) {
        return "DELETE FROM " + stage + " WHERE w_seq IN (SELECT w_seq FROM (SELECT w_seq, row_number() OVER (PARTITION BY "
                + keyColumns(staged) + " ORDER BY w_pos DESC, w_ord DESC, w_seq DESC) AS w_n FROM " + stage + " WHERE NOT "
                + Apply.TRUNCATES + ") AS w_x WHERE w_n > 1)";
    }

    /** {@code SELECT}: how many keys have a change, besides truncates. */
    public static String countKeys(String stage, List<Integer> key) {
        String columns = key.stream().map(index -> "c" + index).collect(Collectors.joining(", "));
        return "SELECT count(*) FROM (SELECT DISTINCT " + columns + " FROM " + stage + " WHERE NOT " + Apply.TRUNCATES + ") AS w_x";
    }

    /** {@code SELECT}: every change with the next of its key and when its version ends, be it by a truncate. */
    static String versions(String stage, StagedTable staged) {
        String partition = "(PARTITION BY " + keyColumns(staged) + " ORDER BY " + ORDER + ")";
        String next = "SELECT w_e.*, lead(w_seq) OVER " + partition + " AS w_after, lead(w_micros) OVER " + partition
                + " AS w_later, lead(w_pos) OVER " + partition + " AS w_later_pos FROM " + stage + " AS w_e WHERE NOT " + Apply.TRUNCATES;
        if (!staged.truncates()) {
            return "SELECT w_v.*, w_after AS w_next, w_later AS w_until FROM (" + next + ") AS w_v";
        }
        String truncate = "(SELECT min(w_b.w_micros) FROM " + stage + " AS w_b WHERE w_b." + Apply.TRUNCATES
                + " AND (w_b.w_pos, w_b.w_ord, w_b.w_seq) > (w_v.w_pos, w_v.w_ord, w_v.w_seq))";
        return "SELECT w_v.*, w_after AS w_next, CASE WHEN w_later IS NULL OR " + truncate + " < w_later THEN " + truncate
                + " ELSE w_later END AS w_until FROM (" + next + ") AS w_v";
    }

    /** {@code UPDATE}: the versions that are current end with the first change of their key, or a truncate before it. */
    static String closing(
            String stage, StagedTable staged, String target, Dialect dialect, String keys, String keyValues, String until,
            String current) {
        String match = staged.key().stream()
                .map(name -> {
                    int index = staged.indexOf(name);
                    return staged.columns().get(index).in().replace("%s", "w_b.c" + index) + " = " + target + "." + dialect.quoted(name);
                })
                .collect(Collectors.joining(" AND "));
        String any = staged.truncates() ? "(" + Apply.TRUNCATES + " OR (" + match + "))" : "(" + match + ")";
        String first = "(SELECT min(w_b.w_micros) FROM " + stage + " AS w_b WHERE " + any + ")";
        String which = staged.truncates() ? "" : " AND " + keys + " IN (SELECT " + keyValues + " FROM " + stage + ")";
        return "UPDATE " + target + " SET " + until + " = " + dialect.instantOf(first) + ", " + current + " = false WHERE "
                + current + which;
    }
}
