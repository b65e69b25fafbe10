package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.RelationColumn;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks the database for a cursor's values. They stay text in the column's own form from there to the next query: no time
 * zone and no Java type ever touches them (A21, A22).
 */
final class CursorBounds {
    /** What a default names as a text, nextval('…'::text), is known to nobody. */
    private static final String FEED =
            """
            SELECT max(seqcache), max(abs(seqincrement)), bool_or(seqincrement < 0 OR seqcycle),
                   CASE WHEN bool_and(pg_catalog.has_sequence_privilege(seqrelid, 'USAGE, SELECT')) THEN max(
                   CASE WHEN pg_catalog.has_sequence_privilege(seqrelid, 'USAGE, SELECT')
                        THEN pg_catalog.pg_sequence_last_value(seqrelid) END) END
            FROM pg_catalog.pg_sequence WHERE seqrelid IN (
                SELECT objid FROM pg_catalog.pg_depend
                WHERE classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                  AND refobjid = %1$d AND refobjsubid = %2$d AND deptype IN ('a', 'i')
                UNION SELECT d.refobjid FROM pg_catalog.pg_attrdef a JOIN pg_catalog.pg_depend d ON d.objid = a.oid
                WHERE d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                  AND a.adrelid = %1$d AND a.adnum = %2$d)""";
    /** For how long a server process may stand still between hearing of a transaction and showing that it has begun. */
    private static final String STANDSTILL = "'10 s'::pg_catalog.interval";
    /** Texts sort '10' before '9', a uuid is drawn by lot or by a client's clock, floats round. */
    private static final Set<String> GROWING = Set.of(
            "smallint", "integer", "bigint", "numeric", "date", "timestamp with time zone", "timestamp without time zone");
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

    /** Refuses a cursor whose highest value says nothing of rows that are still to come: those below would never be read. */
    static void expect(StreamShape shape, String cursor) {
        RelationColumn column = shape.column(cursor);
        if (!GROWING.contains(column.base())) {
            throw WindrowException.of(
                    PostgresError.CURSOR_INVALID,
                    "Planning " + shape.stream() + ": the cursor " + cursor + " is of type " + column.display()
                            + ", whose later values need not be higher ones: rows below the highest would never be read");
        }
    }

    /**
     * What a bound may become.
     *
     * @param value the highest finite value that the snapshot holds, but none of the future (A12): rows with lower ones would
     *     be lost until then; nor of the last seconds, if it is to be safe
     * @param future whether there is a value of the future
     */
    record Highest(String value, boolean future) {}

    /** The highest value of the session's snapshot; empty if there is none. */
    Optional<Highest> highest() throws SQLException {
        // A transaction's now() is that of its first message, which comes a moment before others can see that it is open (A03).
        Optional<String> now = now(shape.config().guarantee() == StreamConfig.Level.CONDITIONAL
                ? "(pg_catalog.now() - " + STANDSTILL + ")"
                : "pg_catalog.now()");
        List<@Nullable String> row = session.row("SELECT "
                + now.map(time -> "LEAST(v, " + time + ")").orElse("v") + "::pg_catalog.text, "
                // Rows of the last moment are not of the future: the clock has gone on since the transaction began.
                + now("pg_catalog.clock_timestamp()").map(time -> "v > " + time).orElse("false")
                + " FROM (SELECT " + name + "::" + column.base() + " AS v FROM " + shape.from() + " WHERE " + finite()
                + shape.where().map(where -> " AND " + where).orElse("") + " ORDER BY " + name + " DESC LIMIT 1) AS h");
        return row.isEmpty()
                ? Optional.empty()
                : Optional.of(new Highest(String.valueOf(row.get(0)), "t".equals(row.get(1))));
    }

    /** Whether a value lies in the future. */
    boolean isFuture(String value) throws SQLException {
        Optional<String> now = now("pg_catalog.clock_timestamp()");
        return now.isPresent() && "t".equals(session.row("SELECT " + literal(value) + " > " + now.get()).get(0));
    }

    /** The latest that any session's clock shows at an instant, as a value of the column's type; empty for what is no time. */
    private Optional<String> now(String instant) {
        String latest = "((" + instant + " AT TIME ZONE 'UTC') + '14 hours'::pg_catalog.interval)";
        return switch (column.base()) {
            case "timestamp with time zone" -> Optional.of(instant);
            case "timestamp without time zone" -> Optional.of(latest);
            case "date" -> Optional.of(latest + "::pg_catalog.date");
            default -> Optional.empty();
        };
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
        String lower = "(" + literal(value) + " - " + amount + ")::" + column.base();
        String greatest = floor.map(least -> "GREATEST(" + lower + ", " + literal(least) + ")").orElse(lower);
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

    /**
     * The sequence that feeds the column.
     *
     * @param cache how many values a session takes at once
     * @param step by how much a value is higher than the last
     * @param order whether a later value is always a higher one
     * @param last the last value that it gave out; empty if it has given none or the role may not see it
     */
    record Feed(long cache, long step, Order order, Optional<Long> last) {
        /** How a sequence goes on. */
        enum Order {
            RISING,
            /** It counts down, or begins anew at its end. */
            FALLING
        }

        /** Whether it can still give out a value below the bound. */
        boolean isBelow(String bound) {
            return order == Order.FALLING || last.isPresent() && new BigDecimal(bound).compareTo(BigDecimal.valueOf(last.get())) > 0;
        }
    }

    /** The sequence that the column owns or takes its default from, if it is a number and there is one; several as one. */
    Optional<Feed> feed() throws SQLException {
        if (shape.relation().isEmpty() || !List.of("smallint", "integer", "bigint", "numeric").contains(column.base())) {
            return Optional.empty();
        }
        List<@Nullable String> row = session.row(FEED.formatted(shape.relation().get().oid(), column.number()));
        return row.get(0) == null
                ? Optional.empty()
                : Optional.of(new Feed(
                        Long.parseLong(String.valueOf(row.get(0))),
                        Long.parseLong(String.valueOf(row.get(1))),
                        "t".equals(row.get(2)) ? Feed.Order.FALLING : Feed.Order.RISING,
                        Optional.ofNullable(row.get(3)).map(Long::valueOf)));
    }

    /** Whether the type counts days, so that many rows share a value and more come during the day. */
    boolean coarse() {
        return column.base().equals("date");
    }

    private String literal(String value) {
        return Identifier.literal(value) + "::" + column.base();
    }

    private boolean temporal() {
        return column.base().startsWith("timestamp") || column.base().equals("date");
    }

    private String finite() {
        if (temporal()) {
            return "pg_catalog.isfinite(" + name + ")";
        }
        return column.base().equals("numeric") ? name + " < 'Infinity'" : name + " IS NOT NULL";
    }
}
