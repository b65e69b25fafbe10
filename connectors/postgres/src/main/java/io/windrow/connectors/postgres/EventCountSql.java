package io.windrow.connectors.postgres;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.source.EventWindows;
import io.windrow.api.source.KeySum;
import io.windrow.connectors.postgres.catalog.Identifier;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Counts rows by windows of event time, by one query. Infinite times, and those too far away, are in no window. */
final class EventCountSql {
    private EventCountSql() {}

    /**
     * Which rows count.
     *
     * @param delivered the condition of rows that were delivered as they are now
     * @param unsure the condition of rows that may have changed since; empty: that cannot be told of any row
     */
    record Seen(String delivered, Optional<String> unsure) {}

    /** Whether the column can be counted by: it is of the kind that the windows were made for. */
    static boolean fits(StreamShape shape, EventWindows windows) {
        int at = shape.schema().indexOf(windows.column());
        return at >= 0 && switch (shape.schema().columns().get(at).type()) {
            case ColumnType.Date ignored -> !windows.utc();
            case ColumnType.Timestamp timestamp -> timestamp.utc() == windows.utc();
            default -> false;
        };
    }

    /**
     * The counts.
     *
     * @param keys how the keys of the delivered rows are summed up; empty: not at all
     */
    static List<EventWindows.Count> counts(
            StreamShape shape, String where, Seen seen, EventWindows windows, Optional<KeySum> keys, Session session)
            throws SQLException {
        String delivered = " FILTER (WHERE " + seen.delivered() + ")";
        String sql = "SELECT " + start(shape, windows) + " AS w, count(*)" + delivered + ", "
                + seen.unsure().map(unsure -> "count(*) FILTER (WHERE " + unsure + ")").orElse(Long.toString(Long.MAX_VALUE))
                + keys.map(sum -> ", coalesce(" + KeySumSql.sum(sum) + delivered + ", 0)").orElse("")
                + " FROM " + shape.from() + where + " GROUP BY 1";
        List<EventWindows.Count> counts = new ArrayList<>();
        for (List<@Nullable String> row : session.rows(sql)) {
            String start = row.get(0);
            counts.add(new EventWindows.Count(
                    start == null ? OptionalLong.empty() : OptionalLong.of(Math.multiplyExact(Long.parseLong(start), 1_000_000L)),
                    Long.parseLong(String.valueOf(row.get(1))),
                    Long.parseLong(String.valueOf(row.get(2))),
                    keys.isEmpty()
                            ? OptionalLong.empty()
                            // The lowest 64 bits: what it is modulo 2^64.
                            : OptionalLong.of(new BigInteger(String.valueOf(row.get(3))).longValue())));
        }
        return counts;
    }

    /** The window's start in seconds on the zone's clock; null for no time. */
    private static String start(StreamShape shape, EventWindows windows) {
        Column column = shape.schema().columns().get(shape.schema().indexOf(windows.column()));
        String name = Identifier.quoted(column.name());
        String seconds;
        if (column.type() instanceof ColumnType.Date) {
            seconds = "(" + name + " - '1970-01-01'::pg_catalog.date)::pg_catalog.int8 * 86400";
        } else {
            // The zone's name comes from a list of regions, which have no quotes in them.
            String local = windows.utc() ? "(" + name + " AT TIME ZONE '" + windows.zone().getId() + "')" : name;
            // Whole seconds first: before PostgreSQL 14 the epoch is a float, which does not hold them with their fractions.
            seconds = "extract(epoch FROM pg_catalog.date_trunc('second', " + local + "))::pg_catalog.int8";
        }
        long size = windows.size().getSeconds();
        // One test within the other: what is infinite must not be counted in seconds.
        return "(CASE WHEN pg_catalog.isfinite(" + name + ") THEN CASE WHEN pg_catalog.abs(" + seconds + ") <= "
                + EventWindows.MAX_SECONDS + " THEN (pg_catalog.floor((" + seconds + ")::pg_catalog.numeric / " + size + ") * "
                + size + ")::pg_catalog.int8 END END)";
    }
}
