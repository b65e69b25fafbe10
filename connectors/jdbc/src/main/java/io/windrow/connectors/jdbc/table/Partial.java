package io.windrow.connectors.jdbc.table;

import io.windrow.connectors.jdbc.sql.Dialect;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The statements that give a change the values which it leaves as they were (I8): those of the latest earlier change of its
 * row in the epoch that has them, else those of the target's row. A row whose key changed is looked for under its old key.
 */
record Partial(Dialect dialect, String stage, String target, String onlyCurrent, StagedTable staged) {
    /**
     * A change of key whose new row leaves columns as they were.
     *
     * @param sequence the new row's
     * @param before the old row's
     * @param columns the columns
     * @param said what the new row says of its columns
     */
    record Linked(long sequence, long before, List<Integer> columns, String said) {}

    /** The changes of key that leave columns as they were, in their order; each may have to do with the one before. */
    List<Linked> linked(Statement statement) throws SQLException {
        List<Linked> linked = new ArrayList<>();
        try (ResultSet found = statement.executeQuery("SELECT w_s.w_seq, w_b.w_seq, w_s.w_unchanged FROM " + stage + " AS w_s JOIN "
                + stage + " AS w_b ON w_b.w_pos = w_s.w_pos AND w_b.w_ord = w_s.w_link AND w_b." + Apply.DELETES
                + " WHERE w_s.w_unchanged IS NOT NULL AND w_s.w_link IS NOT NULL AND w_s." + Apply.WRITES
                + " ORDER BY w_s.w_pos, w_s.w_ord, w_s.w_seq")) {
            while (found.next()) {
                List<Integer> columns = new ArrayList<>();
                for (String index : found.getString(3).split(",")) {
                    if (!index.isEmpty() && !index.endsWith("a")) {
                        columns.add(Integer.parseInt(index));
                    }
                }
                linked.add(new Linked(found.getLong(1), found.getLong(2), columns, found.getString(3)));
            }
        }
        return linked;
    }

    /** {@code UPDATE}: one column of a row whose key changed. */
    String followLink(int index, Linked linked) {
        String old = "(SELECT " + keyColumns("w_o.") + ", w_o.w_pos, w_o.w_ord, w_o.w_seq FROM " + stage
                + " AS w_o WHERE w_o.w_seq = " + linked.before() + ")";
        String earlier = "(SELECT w_p.c" + index + " FROM " + stage + " AS w_p JOIN " + old + " AS w_k ON " + sameKey("w_p.", "w_k.")
                + " AND " + before("w_p.", "w_k.") + " WHERE w_p." + Apply.WRITES + " AND " + speaks("w_p.", index)
                + latest("w_p.") + ")";
        String found = "EXISTS (SELECT 1 FROM " + stage + " AS w_p JOIN " + old + " AS w_k ON " + sameKey("w_p.", "w_k.") + " AND "
                + before("w_p.", "w_k.") + " WHERE w_p." + Apply.WRITES + " AND " + speaks("w_p.", index) + ")";
        String row = "(SELECT " + column(index) + " FROM " + target + " AS w_t JOIN " + old + " AS w_k ON " + targetKey("w_k.")
                + onlyCurrent + ")";
        return "UPDATE " + stage + " SET c" + index + " = CASE WHEN " + found + " THEN " + earlier + " ELSE " + row
                + " END WHERE w_seq = " + linked.sequence();
    }

    /** {@code UPDATE}: a row whose key changed has all its values now. */
    String settled(Linked linked) {
        return "UPDATE " + stage + " SET w_unchanged = NULL WHERE w_seq = " + linked.sequence();
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
