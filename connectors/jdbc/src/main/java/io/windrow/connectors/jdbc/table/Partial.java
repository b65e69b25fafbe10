package io.windrow.connectors.jdbc.table;

import io.windrow.connectors.jdbc.sql.Among;
import io.windrow.connectors.jdbc.sql.Dialect;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The statements that give a change the values which it leaves as they were or does not speak of (I8): those of the latest earlier change
 * of its row in the epoch that has them, else those of the target's row. A row whose key changed is looked for under its old key; one
 * that was deleted before is another row. So nothing depends on where epochs are cut.
 *
 * @param dialect of the database
 * @param stage the staging table
 * @param target the stream's table
 * @param onlyCurrent a condition on {@code w_t} by which the target shows a row; empty: it shows all
 * @param ends what ends a row
 * @param staged what the staging table holds
 */
record Partial(Dialect dialect, String stage, String target, String onlyCurrent, Ends ends, StagedTable staged) {
    /** What ends a row. */
    enum Ends {
        /** A delete of its key. */
        BY_DELETE,
        /** That, or a truncate, of which the staging table holds what came before. */
        BY_TRUNCATE_TOO,
        /** Rows that were deleted stay. */
        NEVER
    }

    /** A row whose key changed and whose columns are being filled in; no list of columns begins like this. */
    private static final String MARK = "!";

    /**
     * {@code UPDATE}: marks the changes of key whose columns can be filled in now, since no earlier one that is still to be filled
     * in has made their old row. None is marked: there are none any more.
     */
    String mark() {
        return dialect.update(stage, "w_unchanged = '" + MARK + "' || w_unchanged", "w_link IS NOT NULL", new Among(List.of("w_seq"), List.of("w_s.w_seq"),
                "FROM " + moves("w_s", "w_b") + " AND NOT EXISTS (SELECT 1 FROM " + moves("w_l", "w_o") + " AND " + sameKey("w_l.", "w_b.")
                        + " AND " + before("w_l.", "w_b.") + ")"));
    }

    /**
     * The new rows of changes of key that leave columns as they were, with their old ones. New rows are few, and the deletes of
     * a transaction may be many, which all have its position: looked at from there, each would be compared with all.
     */
    private String moves(String made, String old) {
        return stage + " AS " + made + dialect.joinedInOrder() + stage + " AS " + old + " WHERE " + old + ".w_pos = " + made + ".w_pos AND " + old
                + ".w_ord = " + made + ".w_link AND " + old + "." + Apply.DELETES + " AND " + made + ".w_unchanged IS NOT NULL AND " + made + ".w_link IS NOT NULL AND "
                + made + "." + Apply.WRITES;
    }

    /** {@code UPDATE}: one column of the marked rows, from what was known by the old key. */
    String followLinks(int index) {
        String old = stage + " AS w_k WHERE w_k.w_pos = " + stage + ".w_pos AND w_k.w_ord = " + stage + ".w_link AND w_k." + Apply.DELETES;
        String earlier = " FROM " + stage + " AS w_p, " + old + " AND " + earlier("w_k.") + " AND " + speaks("w_p.", index);
        return "UPDATE " + stage + " SET c" + index + " = CASE WHEN EXISTS (SELECT 1" + earlier + ") THEN (SELECT w_p.c" + index + earlier
                + latest("w_p.") + ") ELSE (SELECT " + column(index) + " FROM " + target + " AS w_t, " + old + " AND " + shown("w_k.")
                + ") END WHERE w_unchanged LIKE '" + MARK + "%' AND NOT " + speaks("", index);
    }

    /** {@code UPDATE}: the marked rows have all their values now. */
    String settled() {
        return "UPDATE " + stage + " SET w_unchanged = NULL WHERE w_unchanged LIKE '" + MARK + "%'";
    }

    /** {@code UPDATE}: one column, wherever it was left as it was. */
    String fill(int index) {
        String match = earlier(stage + ".") + " AND " + speaks("w_p.", index);
        return "UPDATE " + stage + " SET c" + index + " = CASE WHEN EXISTS (SELECT 1 FROM " + stage + " AS w_p WHERE " + match
                + ") THEN (SELECT w_p.c" + index + " FROM " + stage + " AS w_p WHERE " + match + latest("w_p.") + ") ELSE (SELECT "
                + column(index) + " FROM " + target + " AS w_t WHERE " + shown(stage + ".") + ") END WHERE NOT " + speaks("", index);
    }

    /** {@code SELECT}: whether some change of this epoch leaves as it was what is nowhere. */
    String withoutRow() {
        return "SELECT 1 FROM " + stage + " AS w_u WHERE w_u." + Apply.WRITES + " AND (" + leaves() + ") AND " + nowhere("w_u.") + " LIMIT 1";
    }

    /** {@code SELECT}: the same of a marked row, whose old row is nowhere. */
    String withoutOldRow() {
        return "SELECT 1 FROM " + stage + " AS w_u" + dialect.joinedInOrder() + stage + " AS w_k WHERE w_k.w_pos = w_u.w_pos AND w_k.w_ord = w_u.w_link"
                + " AND w_k." + Apply.DELETES + " AND w_u.w_unchanged LIKE '" + MARK + "%' AND (" + leaves() + ") AND " + nowhere("w_k.") + " LIMIT 1";
    }

    private String leaves() {
        return staged.unchanged().stream().map(index -> "w_u.w_unchanged LIKE '%," + index + ",%'").collect(Collectors.joining(" OR "));
    }

    private String nowhere(String alias) {
        return "NOT EXISTS (SELECT 1 FROM " + target + " AS w_t WHERE " + shown(alias) + ") AND NOT EXISTS (SELECT 1 FROM " + stage
                + " AS w_p WHERE " + earlier(alias) + ")";
    }

    /** Whether {@code w_p} is an earlier write of the same row. */
    private String earlier(String alias) {
        return sameKey("w_p.", alias) + " AND " + before("w_p.", alias) + " AND w_p." + Apply.WRITES
                + notEnded(alias, " AND " + before("w_p.", "w_e."));
    }

    /** Whether {@code w_t} is the row of the target that a change speaks of. */
    private String shown(String alias) {
        return targetKey(alias) + onlyCurrent + notEnded(alias, "");
    }

    /**
     * That nothing has ended what had the key before, {@code since} some change. Truncates are asked for apart, by the key that they
     * lack: in one question with the deletes neither would be looked up.
     */
    private String notEnded(String alias, String since) {
        String none = " AND NOT EXISTS (SELECT 1 FROM " + stage + " AS w_e WHERE ";
        String deletes = none + "w_e." + Apply.DELETES + " AND " + sameKey("w_e.", alias) + " AND " + before("w_e.", alias) + since + ")";
        return switch (ends) {
            case BY_DELETE -> deletes;
            case BY_TRUNCATE_TOO -> deletes + none + "w_e." + Apply.TRUNCATES + " AND " + withoutKey("w_e.") + " AND " + before("w_e.", alias) + since + ")";
            case NEVER -> "";
        };
    }

    /** {@code SELECT}: whether some change leaves a column as it was whose value the target's row never got. */
    String withoutValue(int index) {
        return "SELECT 1 FROM " + stage + " AS w_u WHERE w_u." + Apply.WRITES + " AND w_u.w_unchanged LIKE '%," + index + ",%' AND (w_u.w_link IS NULL"
                + " AND " + lacks("w_u.", index) + " OR EXISTS (SELECT 1 FROM " + stage + " AS w_b WHERE w_b.w_pos = w_u.w_pos AND w_b.w_ord = w_u.w_link"
                + " AND w_b." + Apply.DELETES + " AND " + lacks("w_b.", index) + ")) LIMIT 1";
    }

    /** Neither the target's row nor an earlier change of its key has a value. */
    private String lacks(String alias, int index) {
        return "EXISTS (SELECT 1 FROM " + target + " AS w_t WHERE " + shown(alias) + " AND w_t."
                + dialect.quoted(staged.columns().get(index).name()) + " IS NULL) AND NOT EXISTS (SELECT 1 FROM " + stage + " AS w_p WHERE "
                + earlier(alias) + " AND " + speaks("w_p.", index) + ")";
    }

    private String column(int index) {
        StagedTable.StagedColumn column = staged.columns().get(index);
        return column.restage().replace("%s", "w_t." + dialect.quoted(column.name()));
    }

    private String keyColumns(String alias) {
        return staged.key().stream().map(name -> alias + "c" + staged.indexOf(name)).collect(Collectors.joining(", "));
    }

    private String sameKey(String one, String other) {
        return staged.key().stream()
                .map(name -> one + "c" + staged.indexOf(name) + " = " + other + "c" + staged.indexOf(name))
                .collect(Collectors.joining(" AND "));
    }

    private String withoutKey(String alias) {
        return staged.key().stream().map(name -> alias + "c" + staged.indexOf(name) + " IS NULL").collect(Collectors.joining(" AND "));
    }

    private String targetKey(String alias) {
        return staged.key().stream()
                .map(name -> {
                    int index = staged.indexOf(name);
                    return "w_t." + dialect.quoted(name) + " = "
                            + staged.columns().get(index).in().replace("%s", alias + "c" + index);
                })
                .collect(Collectors.joining(" AND "));
    }

    private static String before(String one, String other) {
        return "(" + one + "w_pos, " + one + "w_ord, " + one + "w_seq) < (" + other + "w_pos, " + other + "w_ord, " + other + "w_seq)";
    }

    private static String latest(String alias) {
        return " ORDER BY " + alias + "w_pos DESC, " + alias + "w_ord DESC, " + alias + "w_seq DESC LIMIT 1";
    }

    /** Whether a row says what the column's value is. */
    private static String speaks(String alias, int index) {
        return "(" + alias + "w_unchanged IS NULL OR " + alias + "w_unchanged NOT LIKE '%," + index + ",%' AND " + alias
                + "w_unchanged NOT LIKE '%," + index + "a,%')";
    }
}
