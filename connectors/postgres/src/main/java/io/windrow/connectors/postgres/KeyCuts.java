package io.windrow.connectors.postgres;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.source.Windows;
import io.windrow.api.source.Windows.Order;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.Relation;
import io.windrow.connectors.postgres.catalog.ServerFacts;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a stream is cut into windows: whole numbers at even steps between the ends, values of any other type where a random
 * sample has as many rows before as behind. The database compares, and never by a collation: Java could not follow it.
 */
final class KeyCuts {
    private static final Set<String> WHOLE = Set.of("smallint", "integer", "bigint");
    /** Values of the sample for each cut: enough for windows of a similar size, and sorted in memory. */
    private static final int SAMPLED_PER_CUT = 4;

    private static final int SAMPLED_PAGES = 1000;

    private final StreamShape shape;
    private final String where;
    private final ServerFacts server;
    private final Session session;

    KeyCuts(StreamShape shape, String where, ServerFacts server, Session session) {
        this.shape = shape;
        this.where = where;
        this.server = server;
        this.session = session;
    }

    /** Cuts by the first column of the key that has more than one value and an order of its own; one window if none has. */
    Windows windows(int max, List<Windows.Measure> measures) throws SQLException {
        Windows best = new Windows(Optional.empty(), Order.WHOLE, List.of(), measures);
        for (String name : shape.schema().key()) {
            Column column = shape.schema().columns().get(shape.schema().indexOf(name));
            Optional<Order> order = order(column);
            if (order.isPresent()) {
                List<String> cuts = order.get() == Order.WHOLE ? steps(name, max) : sample(name, order.get(), max);
                if (best.column().isEmpty() || cuts.size() > best.cuts().size()) {
                    best = new Windows(Optional.of(name), order.get(), cuts, measures);
                }
                if (cuts.size() >= max / 2) {
                    break;
                }
            }
        }
        return best;
    }

    /** The order of a column whose delivered value is the stored one. */
    private Optional<Order> order(Column column) {
        String type = column.sourceType();
        return switch (column.type()) {
            case ColumnType.Int ignored when WHOLE.contains(type) -> Optional.of(Order.WHOLE);
            case ColumnType.Decimal ignored when type.startsWith("numeric") -> Optional.of(Order.DECIMAL);
            case ColumnType.Date ignored when type.equals("date") -> Optional.of(Order.DATE);
            case ColumnType.Timestamp moment when type.startsWith("timestamp") ->
                Optional.of(moment.utc() ? Order.INSTANT : Order.DATE_TIME);
            case ColumnType.Uuid ignored when type.equals("uuid") -> Optional.of(Order.UUID);
            case ColumnType.Text ignored
                    when (type.equals("text") || type.startsWith("character varying")) && server.encoding().equals("UTF8") ->
                Optional.of(Order.BYTES);
            default -> Optional.empty();
        };
    }

    /** The type in which values and cuts of the order are compared, without its schema. */
    static String type(Order order) {
        return switch (order) {
            case WHOLE -> "int8";
            case DECIMAL -> "numeric";
            case DATE -> "date";
            case DATE_TIME -> "timestamp";
            case INSTANT -> "timestamptz";
            case UUID -> "uuid";
            case BYTES -> "text";
        };
    }

    /** The value as it is compared. */
    static String comparable(String column, Order order) {
        String value = Identifier.quoted(column) + "::pg_catalog." + type(order);
        return order == Order.BYTES ? "(" + value + " COLLATE \"C\")" : value;
    }

    private List<String> steps(String name, int max) throws SQLException {
        String column = Identifier.quoted(name);
        List<@Nullable String> ends =
                session.row("SELECT min(" + column + "), max(" + column + ") FROM " + shape.from() + where);
        List<String> cuts = new ArrayList<>();
        if (ends.get(0) instanceof String low && ends.get(1) instanceof String high) {
            BigInteger from = new BigInteger(low);
            BigInteger width = new BigInteger(high).subtract(from).add(BigInteger.ONE);
            long pieces = width.min(BigInteger.valueOf(max)).longValueExact();
            for (long i = 1; i < pieces; i++) {
                cuts.add(from.add(width.multiply(BigInteger.valueOf(i)).divide(BigInteger.valueOf(pieces))).toString());
            }
        }
        return cuts;
    }

    private List<String> sample(String name, Order order, int max) throws SQLException {
        String value = comparable(name, order);
        String text = switch (order) {
            case DATE_TIME -> "replace(c::pg_catalog.text, ' ', 'T')";
            case INSTANT -> "replace(replace(c::pg_catalog.text, ' ', 'T'), '+00', 'Z')";
            default -> "c::pg_catalog.text";
        };
        // Java prints and reads years of four digits as the server does.
        String usable = switch (order) {
            case DATE, DATE_TIME, INSTANT -> value + " BETWEEN '0001-01-01' AND '9999-12-31'";
            case DECIMAL -> value + " < 'NaN'";
            default -> value + " IS NOT NULL";
        };
        return session.column(
                """
                SELECT %1$s FROM (SELECT c, row_number() OVER (ORDER BY c) AS n, count(*) OVER () AS rows FROM (SELECT DISTINCT c FROM (
                SELECT %2$s AS c FROM %3$s%4$s %5$s %6$s ORDER BY pg_catalog.random() LIMIT %7$d) AS s) AS d) AS numbered
                WHERE n > 1 AND n * %8$d / rows > (n - 1) * %8$d / rows ORDER BY n"""
                        .formatted(
                                text, value, shape.from(), sampled(), where.isEmpty() ? "WHERE" : where + " AND", usable,
                                max * SAMPLED_PER_CUT, max));
    }

    /** A table is not read through for its cuts; what a view or query costs is known to nobody. */
    private String sampled() {
        return shape.relation()
                .filter(relation -> relation.kind().hasPages() && relation.estimate().pages() > SAMPLED_PAGES)
                .map(Relation::estimate)
                .map(estimate -> " TABLESAMPLE SYSTEM (" + 100.0 * SAMPLED_PAGES / estimate.pages() + ")")
                .orElse("");
    }
}
