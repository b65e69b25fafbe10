package io.windrow.api.source;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.OptionalLong;

/**
 * A cut of a stream into windows of time by when its rows happened. Event times are microseconds since 1970: of instants
 * counted in UTC, of dates and timestamps without a zone as they stand. Windows lie on the clock of the zone: a window of a
 * day begins at its midnight, also on the days that have 23 or 25 hours, and the hour that comes twice in autumn is in one
 * window. A window is named by its start, in microseconds of that clock.
 *
 * @param column the column of event time
 * @param utc whether its values are instants; else they are times on the clock of the zone
 * @param size the length of each window, whole seconds, at least one
 * @param zone a region of the time zone database, whose clock the windows follow
 */
public record EventWindows(String column, boolean utc, Duration size, ZoneId zone) {
    /** Times further from 1970 than so many seconds, some 285 000 years, are in no window: a row with one has no event time. */
    public static final long MAX_SECONDS = 9_000_000_000_000L;

    private static final long MICROS = 1_000_000;

    public EventWindows {
        if (size.getNano() != 0 || size.getSeconds() < 1) {
            throw new IllegalArgumentException("A window of " + size);
        }
    }

    /**
     * How many rows of one window a source holds.
     *
     * @param start the window's start; empty: the rows without an event time that a window could be told by
     * @param rows the rows, as they were delivered
     * @param unsure how many rows, counted among them or not, may have changed since the delivery;
     *     {@link Long#MAX_VALUE}: the source cannot tell
     * @param keySum the sum over the keys of {@code rows}; empty: none was asked for, or the source cannot make it
     */
    public record Count(OptionalLong start, long rows, long unsure, OptionalLong keySum) {}

    /** The length of a window in microseconds. */
    public long sizeMicros() {
        return Math.multiplyExact(size.getSeconds(), MICROS);
    }

    /** The end of the window with this start, as an event time: the first one that is not in it, nor can come before it. */
    public long end(long start) {
        long end = start + sizeMicros();
        return utc ? micros(local(end).atZone(zone).withLaterOffsetAtOverlap().toInstant()) : end;
    }

    /** An instant as an event time. */
    public long at(Instant instant) {
        return utc ? micros(instant) : micros(instant.atZone(zone).toLocalDateTime().toInstant(ZoneOffset.UTC));
    }

    /** An event time as text: an instant, or the time on the zone's clock. */
    public String text(long eventTime) {
        return utc ? instant(eventTime).toString() : local(eventTime).toString();
    }

    /** Reads what {@link #text} wrote. */
    public long parse(String text) {
        return micros(utc ? Instant.parse(text) : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC));
    }

    /** A window's start as text: the time on the zone's clock. */
    public static String startText(long start) {
        return local(start).toString();
    }

    /** Reads what {@link #startText} wrote. */
    public static long parseStart(String text) {
        return micros(LocalDateTime.parse(text).toInstant(ZoneOffset.UTC));
    }

    private static LocalDateTime local(long micros) {
        return LocalDateTime.ofInstant(instant(micros), ZoneOffset.UTC);
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private static long micros(Instant instant) {
        return Math.addExact(
                Math.multiplyExact(instant.getEpochSecond(), MICROS), instant.getNano() / 1000);
    }

    /** Tells of event times which windows they are in. For one thread. */
    public Locator locator() {
        return new Locator();
    }

    /** Remembers the zone's offset between two changes of it, so that most rows cost one division. */
    public final class Locator {
        private final ZoneRules rules = zone.getRules();
        private final long sizeMicros = sizeMicros();
        private long from = 1;
        private long until;
        private long offset;

        private Locator() {}

        /** The start of the window that an event time is in. */
        public long start(long eventTime) {
            long local = utc ? eventTime + offset(eventTime) : eventTime;
            return Math.floorDiv(local, sizeMicros) * sizeMicros;
        }

        private long offset(long eventTime) {
            if (eventTime < from || eventTime >= until) {
                Instant instant = instant(eventTime);
                offset = rules.getOffset(instant).getTotalSeconds() * MICROS;
                ZoneOffsetTransition next = rules.nextTransition(instant);
                until = next == null ? Long.MAX_VALUE : micros(next.getInstant());
                ZoneOffsetTransition last = rules.previousTransition(instant.plusNanos(1));
                from = last == null ? Long.MIN_VALUE : micros(last.getInstant());
            }
            return offset;
        }
    }
}
