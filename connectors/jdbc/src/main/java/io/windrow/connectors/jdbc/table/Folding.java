package io.windrow.connectors.jdbc.table;

import io.windrow.connectors.jdbc.sql.Among;
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
    public static String beforeTruncate(Dialect dialect, String stage) {
        return dialect.delete(stage, new Among(List.of("w_seq"), List.of("w_a.w_seq"), "FROM (SELECT w_seq, w_pos, w_ord FROM " + stage + " WHERE NOT "
                + Apply.TRUNCATES + ") AS w_a, (SELECT w_pos, w_ord, w_seq FROM " + stage + " WHERE " + Apply.TRUNCATES
                + " ORDER BY w_pos DESC, w_ord DESC, w_seq DESC LIMIT 1) AS w_b WHERE (w_a.w_pos, w_a.w_ord, w_a.w_seq) < (w_b.w_pos, w_b.w_ord, w_b.w_seq)"));
    }

    /** {@code DELETE}: every change of a key but its last. */
    static String superseded(Dialect dialect, String stage, StagedTable staged) {
        return dialect.delete(stage, new Among(List.of("w_seq"), List.of("w_seq"), "FROM (SELECT w_seq, row_number() OVER (PARTITION BY "
                + keyColumns(staged) + " ORDER BY w_pos DESC, w_ord DESC, w_seq DESC) AS w_n FROM " + stage + " WHERE NOT "
                + Apply.TRUNCATES + ") AS w_x WHERE w_n > 1"));
    }

    /** {@code DELETE}: every change of a key but its last write, and its delete if that is its last change. */
    static String supersededWrites(Dialect dialect, String stage, StagedTable staged) {
        String latest = " ORDER BY w_pos DESC, w_ord DESC, w_seq DESC)";
        String key = "row_number() OVER (PARTITION BY " + keyColumns(staged);
        return dialect.delete(stage, new Among(List.of("w_seq"), List.of("w_seq"), "FROM (SELECT w_seq, w_op, " + key + latest + " AS w_n, " + key
                + ", CASE WHEN " + Apply.DELETES + " THEN 1 ELSE 0 END" + latest + " AS w_m FROM " + stage + " WHERE NOT " + Apply.TRUNCATES
                + ") AS w_x WHERE w_m > 1 OR w_n > 1 AND " + Apply.DELETES));
    }

    /** {@code SELECT}: how many keys have one of the given changes. */
    public static String countKeys(String stage, List<Integer> key, String counted) {
        String columns = key.stream().map(index -> "c" + index).collect(Collectors.joining(", "));
        return "SELECT count(*) FROM (SELECT DISTINCT " + columns + " FROM " + stage + " WHERE " + counted + ") AS w_x";
    }

    /**
     * {@code SELECT}: every change with the next of its key, and when its version begins and ends, be it by a truncate: at the commit of
     * whichever comes first in the log. Its clock may go back: then a version begins no earlier than any before it of its key ended.
     */
    static String versions(String stage, StagedTable staged) {
        String partition = "(PARTITION BY " + keyColumns(staged) + " ORDER BY " + ORDER + ")";
        String changes = staged.truncates()
                ? "(SELECT w_c.*, max(CASE WHEN " + Apply.TRUNCATES + " THEN w_micros END) OVER (ORDER BY " + ORDER + ") AS w_cut, count(CASE WHEN "
                        + Apply.TRUNCATES + " THEN 1 END) OVER (ORDER BY " + ORDER + ") AS w_truncated FROM " + stage + " AS w_c)"
                : stage;
        String own = staged.truncates() ? "CASE WHEN w_micros IS NULL OR w_cut > w_micros THEN w_cut ELSE w_micros END" : "w_micros";
        String since = "SELECT w_f.*, max(" + own + ") OVER " + partition + " AS w_since FROM " + changes + " AS w_f WHERE NOT " + Apply.TRUNCATES;
        String truncated = staged.truncates() ? ", lead(w_truncated) OVER " + partition + " AS w_next_truncated" : "";
        String next = "SELECT w_e.*, lead(w_seq) OVER " + partition + " AS w_next, lead(w_since) OVER " + partition + " AS w_later" + truncated
                + " FROM (" + since + ") AS w_e";
        if (!staged.truncates()) {
            return "SELECT w_w.*, CASE WHEN w_later < w_since THEN w_since ELSE w_later END AS w_until FROM (" + next + ") AS w_w";
        }
        // The truncates have their numbers, and each change the number of those before it: none is looked for row by row.
        String truncates = "SELECT w_micros AS w_at, row_number() OVER (ORDER BY " + ORDER + ") AS w_number FROM " + stage + " WHERE " + Apply.TRUNCATES;
        return "SELECT w_w.*, CASE WHEN w_end < w_since THEN w_since ELSE w_end END AS w_until FROM (SELECT w_v.*, COALESCE(CASE WHEN w_v.w_next IS NULL"
                + " OR w_v.w_next_truncated > w_v.w_truncated THEN w_b.w_at END, w_v.w_later) AS w_end FROM (" + next + ") AS w_v LEFT JOIN ("
                + truncates + ") AS w_b ON w_b.w_number = w_v.w_truncated + 1) AS w_w";
    }

    /** {@code SELECT}: for the key of every change the latest end of a version of it. */
    static String ends(String stage, String target, Dialect dialect, StagedTable staged) {
        String key = staged.key().stream().map(dialect::quoted).collect(Collectors.joining(", "));
        return "SELECT " + key + ", max(" + dialect.quoted(Layout.VALID_TO) + ") AS w_floor FROM " + target + " WHERE (" + key + ") IN (SELECT "
                + String.join(", ", staged.keyValues()) + " FROM " + stage + ") GROUP BY " + key;
    }

    /** When something is, or when the versions before have ended if that is later; {@code unknown} is what becomes of null. */
    static String noEarlier(String at, String floor, String unknown) {
        return "CASE WHEN " + at + " IS NULL THEN " + unknown + " WHEN " + at + " < " + floor + " THEN " + floor + " ELSE " + at + " END";
    }
}
