package io.windrow.connectors.jdbc.table;

import io.windrow.connectors.jdbc.sql.Dialect;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The statements that give a change the values which it leaves as they were (I8): those of the latest earlier change of its
 * row in the epoch that has them, else those of the target's row. A row whose key changed is looked for under its old key.
 */
record Partial(Dialect dialect, String stage, String target, String onlyCurrent, StagedTable staged) {
    /** A row whose key changed and whose columns are being filled in; no list of columns begins like this. */
    private static final String MARK = "!";

    /**
     * {@code UPDATE}: marks the changes of key whose columns can be filled in now, since no earlier one that is still to be filled
     * in has made their old row. None is marked: there are none any more.
     */
    String mark() {
        return "UPDATE " + stage + " SET w_unchanged = '" + MARK + "' || w_unchanged WHERE w_seq IN (SELECT w_seq FROM (SELECT w_s.w_seq FROM "
                + moves("w_s", "w_b") + " AND NOT EXISTS (SELECT 1 FROM " + moves("w_l", "w_o") + " AND " + sameKey("w_l.", "w_b.") + " AND "
                + before("w_l.", "w_b.") + ")) AS w_x)";
    }

    /** The new rows of changes of key that leave columns as they were, with their old ones. */
    private String moves(String made, String old) {
        return stage + " AS " + made + " JOIN " + stage + " AS " + old + " ON " + old + ".w_pos = " + made + ".w_pos AND " + old + ".w_ord = " + made
                + ".w_link AND " + old + "." + Apply.DELETES + " WHERE " + made + ".w_unchanged IS NOT NULL AND " + made + ".w_link IS NOT NULL AND "
                + made + "." + Apply.WRITES;
    }

    /** {@code UPDATE}: one column of the marked rows, from what was known by the old key. */
    String followLinks(int index) {
        String old = stage + " AS w_k WHERE w_k.w_pos = " + stage + ".w_pos AND w_k.w_ord = " + stage + ".w_link AND w_k." + Apply.DELETES;
        String match = sameKey("w_p.", "w_k.") + " AND " + before("w_p.", "w_k.") + " AND w_p." + Apply.WRITES + " AND " + speaks("w_p.", index);
        String earlier = " FROM " + stage + " AS w_p, " + old + " AND " + match;
        return "UPDATE " + stage + " SET c" + index + " = CASE WHEN EXISTS (SELECT 1" + earlier + ") THEN (SELECT w_p.c" + index + earlier
                + latest("w_p.") + ") ELSE (SELECT " + column(index) + " FROM " + target + " AS w_t, " + old + " AND " + targetKey("w_k.") + onlyCurrent
                + ") END WHERE w_unchanged LIKE '" + MARK + "%' AND w_unchanged LIKE '%," + index + ",%'";
    }

    /** {@code UPDATE}: the marked rows have all their values now. */
    String settled() {
        return "UPDATE " + stage + " SET w_unchanged = NULL WHERE w_unchanged LIKE '" + MARK + "%'";
    }

    /** {@code UPDATE}: one column, wherever it was left as it was. */
    String fill(int index) {
        String match = sameKey("w_p.", stage + ".") + " AND " + before("w_p.", stage + ".") + " AND w_p." + Apply.WRITES + " AND "
                + speaks("w_p.", index);
        return "UPDATE " + stage + " SET c" + index + " = CASE WHEN EXISTS (SELECT 1 FROM " + stage + " AS w_p WHERE " + match
                + ") THEN (SELECT w_p.c" + index + " FROM " + stage + " AS w_p WHERE " + match + latest("w_p.") + ") ELSE (SELECT "
                + column(index) + " FROM " + target + " AS w_t WHERE " + targetKey(stage + ".") + onlyCurrent
                + ") END WHERE NOT (" + speaks("", index) + ")";
    }

    /** {@code SELECT}: whether some change of this epoch leaves as it was what is nowhere. */
    String withoutRow() {
        List<String> unchanged = staged.unchanged().stream().map(index -> "w_u.w_unchanged LIKE '%," + index + ",%'").toList();
        return "SELECT 1 FROM " + stage + " AS w_u WHERE w_u." + Apply.WRITES + " AND (" + String.join(" OR ", unchanged) + ")"
                + " AND NOT EXISTS (SELECT 1 FROM " + target + " AS w_t WHERE " + targetKey("w_u.") + onlyCurrent + ")"
                + " AND NOT EXISTS (SELECT 1 FROM " + stage + " AS w_p WHERE " + sameKey("w_p.", "w_u.") + " AND "
                + before("w_p.", "w_u.") + " AND w_p." + Apply.WRITES + ") LIMIT 1";
    }

    /** {@code SELECT}: whether some change leaves a column as it was whose value the target's row never got. */
    String withoutValue(int index) {
        return "SELECT 1 FROM " + stage + " AS w_u WHERE w_u." + Apply.WRITES + " AND w_u.w_unchanged LIKE '%," + index + ",%' AND (w_u.w_link IS NULL"
                + " AND " + lacks("w_u.", index) + " OR EXISTS (SELECT 1 FROM " + stage + " AS w_b WHERE w_b.w_pos = w_u.w_pos AND w_b.w_ord = w_u.w_link"
                + " AND w_b." + Apply.DELETES + " AND " + lacks("w_b.", index) + ")) LIMIT 1";
    }

    /** Neither the target's row nor an earlier change of its key has a value. */
    private String lacks(String alias, int index) {
        return "EXISTS (SELECT 1 FROM " + target + " AS w_t WHERE " + targetKey(alias) + onlyCurrent + " AND w_t."
                + dialect.quoted(staged.columns().get(index).name()) + " IS NULL) AND NOT EXISTS (SELECT 1 FROM " + stage + " AS w_p WHERE "
                + sameKey("w_p.", alias) + " AND " + before("w_p.", alias) + " AND w_p." + Apply.WRITES + " AND " + speaks("w_p.", index) + ")";
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
