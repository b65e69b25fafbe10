package io.windrow.connectors.jdbc.source;

import io.windrow.api.schema.ColumnType;
import io.windrow.connectors.jdbc.catalog.Misfit;
import io.windrow.connectors.jdbc.catalog.ReadColumn;
import io.windrow.connectors.jdbc.catalog.SourceDialect;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Which values of a cursor lie in the future, by the database's own clock. None of them may become a bound: the rows of the
 * meantime would lie below it. A cursor that is neither a date nor a time has none.
 */
final class CursorClock {
    /** As far ahead of UTC as any session's clock may be, whose time says no zone. */
    private static final Duration ANY_ZONE = Duration.ofHours(14);

    private final ReadColumn cursor;
    private final LocalDateTime now;

    private CursorClock(ReadColumn cursor, LocalDateTime now) {
        this.cursor = cursor;
        this.now = now;
    }

    static CursorClock of(Session session, SourceDialect dialect, ReadColumn cursor) throws SQLException {
        String now = session.text(dialect.now()).orElseThrow(() -> new SQLException("the database does not say what time it is"));
        return new CursorClock(cursor, LocalDateTime.parse(now.replace(' ', 'T')));
    }

    /** Whether the cursor is of a kind that a clock shows. */
    boolean shows() {
        return switch (cursor.column().type()) {
            case ColumnType.Timestamp ignored -> true;
            case ColumnType.Date ignored -> true;
            default -> false;
        };
    }

    /** This moment in UTC, as a raw value of the cursor. */
    Object raw() {
        return cursor.column().type() instanceof ColumnType.Date ? now.toLocalDate().toString() : Lag.written(now);
    }

    boolean isFuture(Object raw) {
        try {
            return switch (cursor.cell().converter().value(raw)) {
                case Instant moment -> moment.isAfter(now.toInstant(ZoneOffset.UTC));
                case LocalDateTime moment -> moment.isAfter(now.plus(ANY_ZONE));
                case LocalDate day -> day.isAfter(now.plus(ANY_ZONE).toLocalDate());
                default -> false;
            };
        } catch (Misfit e) {
            return e.kind().equals("infinity");
        }
    }
}
