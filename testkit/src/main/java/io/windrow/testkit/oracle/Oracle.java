package io.windrow.testkit.oracle;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares two multisets of rows by value text. A null is a null, not a text. Every row counts as often as it occurs.
 * Holds all distinct rows on the heap: for test data.
 */
public final class Oracle {
    private static final int SHOWN = 10;

    private Oracle() {}

    /**
     * All rows of a query, each value as the driver's text; null for NULL. Where source and target write a value
     * differently, the two queries cast it to the same text.
     */
    public static List<List<@Nullable String>> rows(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            int columns = result.getMetaData().getColumnCount();
            List<List<@Nullable String>> rows = new ArrayList<>();
            while (result.next()) {
                List<@Nullable String> row = new ArrayList<>(columns);
                for (int i = 1; i <= columns; i++) {
                    row.add(result.getString(i));
                }
                rows.add(Collections.unmodifiableList(row));
            }
            return rows;
        }
    }

    /** What the target lacks and what it has too much. */
    public static Difference compare(
            Collection<? extends List<@Nullable String>> source, Collection<? extends List<@Nullable String>> target) {
        Map<List<@Nullable String>, Integer> balance = new HashMap<>();
        source.forEach(row -> balance.merge(row, 1, Integer::sum));
        target.forEach(row -> balance.merge(row, -1, Integer::sum));
        Map<List<@Nullable String>, Integer> missing = new HashMap<>();
        Map<List<@Nullable String>, Integer> extra = new HashMap<>();
        balance.forEach((row, count) -> {
            if (count > 0) {
                missing.put(row, count);
            } else if (count < 0) {
                extra.put(row, -count);
            }
        });
        return new Difference(source.size(), target.size(), missing, extra);
    }

    /** Throws an {@link AssertionError} that shows the first differences, unless both hold the same rows as often. */
    public static void requireEqual(
            Collection<? extends List<@Nullable String>> source, Collection<? extends List<@Nullable String>> target) {
        Difference difference = compare(source, target);
        if (!difference.none()) {
            throw new AssertionError(difference.toString());
        }
    }

    /**
     * How two multisets differ.
     *
     * @param sourceRows rows in the source
     * @param targetRows rows in the target
     * @param missing rows that the target lacks, and how often
     * @param extra rows that the target has too often, and by how much
     */
    public record Difference(
            long sourceRows,
            long targetRows,
            Map<List<@Nullable String>, Integer> missing,
            Map<List<@Nullable String>, Integer> extra) {
        /** Whether both are equal. */
        public boolean none() {
            return missing.isEmpty() && extra.isEmpty();
        }

        /** Counts, and the first rows of each kind. */
        @Override
        public String toString() {
            return "source " + sourceRows + " rows, target " + targetRows + " rows, missing " + sum(missing) + first(missing)
                    + ", extra " + sum(extra) + first(extra);
        }

        private static long sum(Map<?, Integer> rows) {
            return rows.values().stream().mapToLong(Integer::longValue).sum();
        }

        private static String first(Map<List<@Nullable String>, Integer> rows) {
            StringBuilder text = new StringBuilder();
            rows.entrySet().stream().limit(SHOWN).forEach(row ->
                    text.append("\n  ").append(row.getValue()).append(" x ").append(row.getKey()));
            return text.toString();
        }
    }
}
