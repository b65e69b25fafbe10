package io.windrow.connectors.jdbc.table;

import io.windrow.connectors.jdbc.sql.Dialect;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * The statements that end the versions of a history that are current: with the first change of their key in the log or a
 * truncate before it, but no earlier than they began.
 *
 * @param dialect of the database
 * @param stage the staging table
 * @param target the stream's table
 * @param staged what the staging table holds
 */
record Closing(Dialect dialect, String stage, String target, StagedTable staged) {
    /**
     * A truncate in the staging table.
     *
     * @param position its position
     * @param ordinal its place within that
     * @param sequence its row
     * @param micros its commit time, microseconds since 1970; empty: it is not known
     */
    record Truncate(long position, long ordinal, long sequence, OptionalLong micros) {}

    /** The first of them. */
    Optional<Truncate> firstTruncate(Statement statement) throws SQLException {
        try (ResultSet found = statement.executeQuery("SELECT w_pos, w_ord, w_seq, w_micros FROM " + stage + " WHERE " + Apply.TRUNCATES
                + " ORDER BY w_pos, w_ord, w_seq LIMIT 1")) {
            if (!found.next()) {
                return Optional.empty();
            }
            long micros = found.getLong(4);
            OptionalLong known = found.wasNull() ? OptionalLong.empty() : OptionalLong.of(micros);
            return Optional.of(new Truncate(found.getLong(1), found.getLong(2), found.getLong(3), known));
        }
    }

    /** {@code UPDATE}: those whose key has a change, before the truncate if there is one. */
    String byKey(Optional<Truncate> truncate) {
        String match = staged.key().stream()
                .map(name -> staged.columns().get(staged.indexOf(name)).in().replace("%s", "w_b.c" + staged.indexOf(name)) + " = " + target + "."
                        + dialect.quoted(name))
                .collect(Collectors.joining(" AND "));
        String before = truncate
                .map(one -> " AND (w_pos, w_ord, w_seq) < (" + one.position() + ", " + one.ordinal() + ", " + one.sequence() + ")")
                .orElse("");
        String first = "(SELECT " + Folding.noEarlier(dialect.instantOf("w_b.w_micros"), began(), began()) + " FROM " + stage + " AS w_b WHERE "
                + match + " ORDER BY w_b.w_pos, w_b.w_ord, w_b.w_seq LIMIT 1)";
        return dialect.update(target, ended(first), current(), staged.rows(dialect, "FROM " + stage + " WHERE NOT " + Apply.TRUNCATES + before));
    }

    /** {@code UPDATE}: all that are left. */
    String all(Truncate truncate) {
        String at = truncate.micros().isEmpty()
                ? began()
                : Folding.noEarlier(dialect.instantOf(Long.toString(truncate.micros().getAsLong())), began(), began());
        return "UPDATE " + target + " SET " + ended(at) + " WHERE " + current();
    }

    private String ended(String at) {
        return dialect.quoted(Layout.VALID_TO) + " = " + at + ", " + current() + " = false";
    }

    private String current() {
        return dialect.quoted(Layout.IS_CURRENT);
    }

    private String began() {
        return target + "." + dialect.quoted(Layout.VALID_FROM);
    }
}
