package io.windrow.connectors.jdbc.source;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ColumnType;
import io.windrow.connectors.jdbc.catalog.Misfit;
import io.windrow.connectors.jdbc.catalog.ReadColumn;
import io.windrow.connectors.jdbc.catalog.SourceError;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How far behind the newest cursor value a window settles: a number for numbers, a duration for times. Only these are compared here. */
final class Lag {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
    /** By how much the clocks of two sessions differ at most. */
    private static final Duration ANY_CLOCKS = Duration.ofHours(26);
    /** More than a clock goes back by in an autumn night. */
    private static final Duration AUTUMN = Duration.ofHours(2);
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS");

    private final ReadColumn cursor;
    private final String text;

    Lag(ReadColumn cursor, String text) {
        this.cursor = cursor;
        this.text = text;
    }

    /**
     * How far behind what is settled rows may appear all the same, the furthest first. A value without a zone says what the clock of
     * the session showed that wrote it (A22).
     */
    List<Duration> clocks() {
        return switch (cursor.column().type()) {
            case ColumnType.Timestamp type when !type.utc() -> List.of(ANY_CLOCKS, AUTUMN, Duration.ZERO);
            case ColumnType.Date ignored -> List.of(Duration.ofDays(2), Duration.ZERO);
            default -> List.of(Duration.ZERO);
        };
    }

    /** The raw value that lies the lag behind another, and so much further; of a number, the lag. */
    Object before(Object raw, Duration further) {
        return switch (value(raw)) {
            case Long number -> number - whole();
            case BigDecimal number -> number.subtract(BigDecimal.valueOf(whole()));
            case java.math.BigInteger number -> new BigDecimal(number).subtract(BigDecimal.valueOf(whole()));
            case LocalDate day -> day.minusDays((duration().plus(further).toMillis() + 86_399_999L) / 86_400_000L).toString();
            case LocalDateTime moment -> written(moment.minus(duration()).minus(further));
            case Instant moment -> written(LocalDateTime.ofInstant(moment.minus(duration()), ZoneOffset.UTC));
            default -> throw invalid("a lag is for numbers, dates and timestamps");
        };
    }

    /** The next value of a date or a time above a raw one: nothing that the database holds lies between. */
    Object above(Object raw) {
        return switch (value(raw)) {
            case LocalDate day -> day.plusDays(1).toString();
            case LocalDateTime moment -> written(moment.plus(1, ChronoUnit.MICROS));
            case Instant moment -> written(LocalDateTime.ofInstant(moment.plus(1, ChronoUnit.MICROS), ZoneOffset.UTC));
            default -> throw invalid("only dates and timestamps have a next value");
        };
    }

    /** Whether a raw value is behind another; of numbers and times, whose order is the database's too. */
    boolean isBehind(Object raw, Object other) {
        return switch (value(raw)) {
            case Long number -> number < (Long) value(other);
            case BigDecimal number -> number.compareTo((BigDecimal) value(other)) < 0;
            case java.math.BigInteger number -> number.compareTo((java.math.BigInteger) value(other)) < 0;
            case LocalDate day -> day.isBefore((LocalDate) value(other));
            case LocalDateTime moment -> moment.isBefore((LocalDateTime) value(other));
            case Instant moment -> moment.isBefore((Instant) value(other));
            default -> throw invalid("a lag is for numbers, dates and timestamps");
        };
    }

    private Object value(Object raw) {
        try {
            return cursor.cell().converter().value(raw);
        } catch (Misfit e) {
            throw WindrowException.of(
                    SourceError.CURSOR_INVALID, "Reading the bound of cursor " + cursor.column().name() + ": its highest value is a "
                            + e.kind().replace('_', ' '));
        }
    }

    /** A moment as the databases write it. */
    static String written(LocalDateTime moment) {
        return (moment.getNano() == 0 ? SECONDS : MICROS).format(moment);
    }

    private long whole() {
        if (!text.matches("[0-9]{1,18}")) {
            throw invalid("the lag of a number is a whole number, not " + text);
        }
        return Long.parseLong(text);
    }

    private Duration duration() {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw invalid("the lag of a time is a duration such as 5m, not " + text);
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    private WindrowException invalid(String why) {
        return WindrowException.of(
                SourceError.CURSOR_INVALID, "Reading by cursor " + cursor.column().name() + ", a " + cursor.column().sourceType() + ": " + why);
    }
}
