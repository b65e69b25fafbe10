package io.windrow.connectors.postgres;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.source.Windows;
import io.windrow.api.source.Windows.Measure;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.ServerFacts;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Counts and exact sums per window, by one query. Only columns whose delivered value is the stored one, digit by digit, are
 * summed up: never floats, whose sums depend on the order.
 */
final class TotalsSql {
    private static final Set<String> WHOLE = Set.of("smallint", "integer", "bigint");
    /** With so many digits, the sum of 2^46 values has less than 128 bits. */
    private static final int MAX_PRECISION = 24;

    /** An answer of PostgreSQL has at most 1,664 columns. */
    private static final int SUMS_AT_ONCE = 1_600;

    private TotalsSql() {}

    static Windows windows(StreamShape shape, String where, int max, ServerFacts server, Session session)
            throws SQLException {
        List<Measure> measures = new ArrayList<>();
        for (Column column : shape.schema().columns()) {
            if (column.nullable()) {
                measures.add(new Measure(column.name(), Measure.Kind.PRESENT));
            }
            kind(column, server).ifPresent(kind -> measures.add(new Measure(column.name(), kind)));
        }
        return new KeyCuts(shape, where, server, session).windows(max, measures);
    }

    private static Optional<Measure.Kind> kind(Column column, ServerFacts server) {
        String type = column.sourceType();
        boolean text = type.equals("text") || type.startsWith("character varying");
        return switch (column.type()) {
            case ColumnType.Int ignored when WHOLE.contains(type) -> Optional.of(Measure.Kind.VALUE);
            case ColumnType.Decimal t when type.startsWith("numeric") && t.precision() <= MAX_PRECISION ->
                Optional.of(Measure.Kind.VALUE);
            case ColumnType.Date ignored when type.equals("date") -> Optional.of(Measure.Kind.DAYS);
            case ColumnType.Text ignored when text && server.encoding().equals("UTF8") -> Optional.of(Measure.Kind.LENGTH);
            default -> Optional.empty();
        };
    }

    /** By several queries if there are more sums than PostgreSQL answers at once; all see the same rows. */
    static List<Windows.Totals> totals(StreamShape shape, String where, Windows windows, Session session)
            throws SQLException {
        Map<Integer, Windows.Totals> totals = new LinkedHashMap<>();
        int from = 0;
        do {
            int to = Math.min(windows.measures().size(), from + SUMS_AT_ONCE);
            for (List<@Nullable String> row : session.rows(sql(shape, where, windows, windows.measures().subList(from, to)))) {
                List<String> sums = new ArrayList<>();
                for (String sum : row.subList(2, row.size())) {
                    sums.add(String.valueOf(sum));
                }
                int window = Integer.parseInt(String.valueOf(row.get(0)));
                totals.merge(
                        window, new Windows.Totals(window, Long.parseLong(String.valueOf(row.get(1))), sums),
                        (one, more) -> new Windows.Totals(
                                window, one.rows(), Stream.concat(one.sums().stream(), more.sums().stream()).toList()));
            }
            from = to;
        } while (from < windows.measures().size());
        return List.copyOf(totals.values());
    }

    private static String sql(StreamShape shape, String where, Windows windows, List<Measure> measures) {
        StringBuilder sql = new StringBuilder("SELECT ").append(window(windows)).append(" AS w, count(*)");
        for (Measure measure : measures) {
            String name = Identifier.quoted(measure.column());
            sql.append(", ").append(switch (measure.kind()) {
                case PRESENT -> "count(" + name + ")";
                case VALUE -> "coalesce(sum(" + name + "), 0)";
                case DAYS -> "coalesce(sum(CASE WHEN pg_catalog.isfinite(" + name + ") THEN " + name
                        + " - '1970-01-01'::pg_catalog.date END), 0)";
                case LENGTH -> "coalesce(sum(pg_catalog.octet_length(" + name + ")), 0)";
            });
        }
        return sql.append(" FROM ").append(shape.from()).append(where).append(" GROUP BY 1").toString();
    }

    private static String window(Windows windows) {
        if (windows.column().isEmpty()) {
            return "(1 + 0)";
        }
        String value = KeyCuts.comparable(windows.column().get(), windows.order());
        if (windows.cuts().isEmpty()) {
            return "(CASE WHEN " + value + " IS NULL THEN 0 ELSE 1 END)";
        }
        String cuts = windows.cuts().stream().map(Identifier::literal).collect(Collectors.joining(", "));
        return "coalesce(1 + pg_catalog.width_bucket(" + value + ", ARRAY[" + cuts + "]::pg_catalog."
                + KeyCuts.type(windows.order()) + "[]), 0)";
    }
}
