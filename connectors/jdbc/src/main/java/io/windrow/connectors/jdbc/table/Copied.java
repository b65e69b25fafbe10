package io.windrow.connectors.jdbc.table;

import io.windrow.connectors.jdbc.sql.Dialect;
import java.util.ArrayList;
import java.util.List;

/**
 * The statements that put the rows of a table that is copied again among the versions that a history has: a copy knows what
 * the rows are, and not since when. A version whose values the copy still finds goes on; the others end, and new ones begin, at
 * the moment of the copy.
 *
 * @param dialect of the database
 * @param stage the staging table
 * @param target the history's table
 * @param staged what the staging table holds
 * @param moment when the copy's first rows were committed, microseconds since 1970 UTC
 */
record Copied(Dialect dialect, String stage, String target, StagedTable staged, long moment) {
    private static final String COPIES = "w_micros IS NULL AND " + Apply.WRITES;

    /** {@code UPDATE}: every current version ends, no earlier than it began. */
    static String end(Dialect dialect, String target, long moment) {
        String at = dialect.instantOf(Long.toString(moment));
        String began = dialect.quoted(Layout.VALID_FROM);
        return "UPDATE " + target + " SET " + dialect.quoted(Layout.IS_CURRENT) + " = false, " + dialect.quoted(Layout.VALID_TO) + " = CASE WHEN "
                + at + " < " + began + " THEN " + began + " ELSE " + at + " END WHERE " + dialect.quoted(Layout.IS_CURRENT);
    }

    /** {@code SELECT}: whether any row of a copy is staged. */
    static String any(String stage) {
        return "SELECT 1 FROM " + stage + " WHERE w_micros IS NULL LIMIT 1";
    }

    /** {@code UPDATE}: versions go on that ended with the copy and that it has found. */
    String goOn() {
        String at = dialect.instantOf(Long.toString(moment));
        String began = target + "." + dialect.quoted(Layout.VALID_FROM);
        String ended = target + "." + dialect.quoted(Layout.VALID_TO);
        String set = dialect.quoted(Layout.IS_CURRENT) + " = true, " + dialect.quoted(Layout.VALID_TO) + " = NULL";
        String condition = "NOT " + dialect.quoted(Layout.IS_CURRENT) + " AND (" + ended + " = " + at + " OR " + ended + " = " + began + " AND " + began + " > "
                + at + ") AND EXISTS (SELECT 1 FROM " + stage + " AS w_s WHERE w_s.w_micros IS NULL AND w_s." + Apply.WRITES + " AND "
                + equal(target + ".", "w_s.") + ")";
        return dialect.update(target, set, condition, staged.rows(dialect, "FROM " + stage + " WHERE " + COPIES));
    }

    /** {@code DELETE}: copies of versions that are there. */
    String found() {
        return "DELETE FROM " + stage + " WHERE " + COPIES + " AND EXISTS (SELECT 1 FROM " + target + " AS w_t WHERE w_t."
                + dialect.quoted(Layout.IS_CURRENT) + " AND " + equal("w_t.", stage + ".") + ")";
    }

    /** {@code UPDATE}: what is left of the copy begins with it. */
    String begin() {
        return "UPDATE " + stage + " SET w_micros = " + moment + " WHERE " + COPIES;
    }

    private String equal(String held, String comes) {
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < staged.columns().size(); i++) {
            StagedTable.StagedColumn column = staged.columns().get(i);
            String one = held + dialect.quoted(column.name());
            String other = column.in().replace("%s", comes + "c" + i);
            pairs.add(staged.key().contains(column.name())
                    ? one + " = " + other
                    : "NOT (" + dialect.differ(dialect.compared(column.type(), one), dialect.compared(column.type(), other)) + ")");
        }
        return String.join(" AND ", pairs);
    }
}
