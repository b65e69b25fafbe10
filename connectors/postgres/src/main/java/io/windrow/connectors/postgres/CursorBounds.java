package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.RelationColumn;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks the database for a cursor's values. They stay text in the column's own form from there to the next query: no time
 * zone and no Java type ever touches them (A21, A22).
 */
final class CursorBounds {
    private static final Pattern LAG = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");

    private final Session session;
    private final StreamShape shape;
    private final RelationColumn column;
    private final String name;

    CursorBounds(Session session, StreamShape shape, String cursor) {
        this.session = session;
        this.shape = shape;
        this.column = shape.column(cursor);
        this.name = Identifier.quoted(cursor);
    }

    /** The highest finite value that the session's snapshot holds; empty if there is none. */
    Optional<String> highest() throws SQLException {
        try {
            List<@Nullable String> row = session.row("SELECT " + name + "::pg_catalog.text FROM " + shape.from() + " WHERE "
                    + finite() + shape.where().map(where -> " AND " + where).orElse("") + " ORDER BY " + name
                    + " DESC LIMIT 1");
            return row.isEmpty() ? Optional.empty() : Optional.ofNullable(row.get(0));
        } catch (SQLException e) {
            if ("42883".equals(e.getSQLState())) {
                throw WindrowException.of(
                        PostgresError.CURSOR_INVALID,
                        "Reading " + shape.stream() + ": the cursor " + column.name() + " of type " + column.display()
                                + " has no order");
            }
            throw e;
        }
    }

    /** A value less the lag, but not below {@code floor}. */
    String less(String value, String lag, Optional<String> floor) throws SQLException {
        Matcher duration = LAG.matcher(lag.strip());
        String amount;
        if (temporal()) {
            if (!duration.matches()) {
                throw StreamShape.invalid(shape.stream(), "a lag for the type " + column.display() + " is a duration such as 5m");
            }
            String unit = switch (duration.group(2)) {
                case "ms" -> "milliseconds";
                case "s" -> "seconds";
                case "m" -> "minutes";
                case "h" -> "hours";
                default -> "days";
            };
            amount = "'" + duration.group(1) + " " + unit + "'::pg_catalog.interval";
        } else {
            if (!lag.strip().matches("\\d{1,18}(\\.\\d{1,9})?")) {
                throw StreamShape.invalid(shape.stream(), "a lag for the type " + column.display() + " is a number");
            }
            amount = lag.strip();
        }
        String literal = shape.literal(column.name(), value);
        String lower = "(" + literal + " - " + amount + ")::" + column.display();
        String greatest = floor.map(least -> "GREATEST(" + lower + ", " + shape.literal(column.name(), least) + ")").orElse(lower);
        return String.valueOf(session.row("SELECT (" + greatest + ")::pg_catalog.text").get(0));
    }

    /** How many rows have no cursor value. */
    long nulls() throws SQLException {
        if (column.nullability() == RelationColumn.Nullability.NOT_NULL) {
            return 0;
        }
        return Long.parseLong(String.valueOf(session
                .row("SELECT count(*) FROM " + shape.from() + " WHERE " + name + " IS NULL"
                        + shape.where().map(where -> " AND " + where).orElse(""))
                .get(0)));
    }

    /** How many values a session takes at once of the sequence that the column owns; 1 if it owns none. */
    long block() throws SQLException {
        List<@Nullable String> row = session.row("SELECT seqcache FROM pg_catalog.pg_sequence WHERE seqrelid = pg_catalog.pg_get_serial_sequence("
                + Identifier.literal(shape.from()) + ", " + Identifier.literal(column.name()) + ")::pg_catalog.regclass");
        return row.isEmpty() ? 1 : Long.parseLong(String.valueOf(row.get(0)));
    }

    /** Whether the type counts days, so that many rows share a value and more come during the day. */
    boolean coarse() {
        return column.display().equals("date");
    }

    /** Whether the value depends on a zone that the column does not hold. */
    boolean local() {
        return column.display().startsWith("timestamp") && column.display().endsWith("without time zone");
    }

    private boolean temporal() {
        return column.display().startsWith("timestamp") || column.display().equals("date");
    }

    private String finite() {
        if (temporal()) {
            return "pg_catalog.isfinite(" + name + ")";
        }
        String type = column.display();
        if (type.startsWith("numeric") || type.equals("real") || type.equals("double precision")) {
            return name + " < 'Infinity'";
        }
        return name + " IS NOT NULL";
    }
}
