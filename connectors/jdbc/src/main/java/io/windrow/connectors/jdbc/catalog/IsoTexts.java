package io.windrow.connectors.jdbc.catalog;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Dates and times from the texts in which databases write them, exactly or not at all. */
final class IsoTexts {
    /** Behind a time; a date alone ends with digits behind a sign, too. */
    private static final Pattern ZONE = Pattern.compile("(?<=:[0-9]{2}(?:\\.[0-9]{1,9})?)(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)$");

    private IsoTexts() {}

    /** {@code 2024-02-29}; also years of up to six digits, with a sign. */
    static LocalDate date(String text) throws Misfit {
        int dash = text.indexOf('-', 1);
        if (dash < 4 || text.length() != dash + 6 || text.charAt(dash + 3) != '-') {
            throw new Misfit(text.startsWith("infinity") || text.startsWith("-infinity") ? "infinity" : "no_date");
        }
        int year = signed(text, 0, dash, "no_date");
        int month = digits(text, dash + 1, dash + 3, "no_date");
        int day = digits(text, dash + 4, dash + 6, "no_date");
        if (month == 0 || day == 0) {
            throw new Misfit("zero_date");
        }
        try {
            return LocalDate.of(year, month, day);
        } catch (DateTimeException e) {
            throw new Misfit("no_date");
        }
    }

    /** {@code 2024-02-29 12:00:00.000001}, also with a T. */
    static LocalDateTime local(String text) throws Misfit {
        int space = text.indexOf(' ');
        int gap = space < 0 ? text.indexOf('T') : space;
        if (gap < 0) {
            throw new Misfit(text.contains("infinity") ? "infinity" : "no_timestamp");
        }
        LocalDate day = date(text.substring(0, gap));
        return LocalDateTime.of(day, time(text.substring(gap + 1)));
    }

    /**
     * {@code 2024-02-29}, {@code 2024-02-29 12:00:00} or, if it may have a zone, {@code 2024-02-29 12:00:00+01:00} or
     * {@code 2024-02-29T12:00:00Z}; without one it is in UTC.
     */
    static Instant moment(String text, boolean zoned) throws Misfit {
        Matcher zone = ZONE.matcher(text);
        boolean has = zoned && zone.find();
        String local = has ? text.substring(0, zone.start()) : text;
        LocalDateTime moment = local.indexOf(' ') < 0 && local.indexOf('T') < 0 ? date(local).atStartOfDay() : local(local);
        try {
            return moment.toInstant(has ? ZoneOffset.of(zone.group()) : ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new Misfit("no_zone");
        }
    }

    /** {@code 23:59:59.999999}, also without seconds. */
    static LocalTime time(String text) throws Misfit {
        Duration span = span(text);
        if (span.isNegative() || text.startsWith("-") || span.compareTo(Duration.ofDays(1)) >= 0) {
            throw new Misfit("no_time_of_day");
        }
        return LocalTime.ofNanoOfDay(span.toNanos());
    }

    /** {@code -838:59:59.999999}: hours, minutes, seconds, in whole microseconds. */
    static Duration span(String text) throws Misfit {
        boolean negative = text.startsWith("-");
        String plain = negative ? text.substring(1) : text;
        String[] parts = plain.split(":", -1);
        if (parts.length < 2 || parts.length > 3) {
            throw new Misfit("no_time");
        }
        String seconds = parts.length == 3 ? parts[2] : "00";
        int dot = seconds.indexOf('.');
        String whole = dot < 0 ? seconds : seconds.substring(0, dot);
        String fraction = dot < 0 ? "" : seconds.substring(dot + 1);
        int minutes = digits(parts[1], 0, parts[1].length(), "no_time");
        int rest = digits(whole, 0, whole.length(), "no_time");
        if (minutes > 59 || rest > 59 || fraction.length() > 9 || dot >= 0 && fraction.isEmpty()) {
            throw new Misfit("no_time");
        }
        long nanos = fraction.isEmpty() ? 0 : digits((fraction + "000000000").substring(0, 9), 0, 9, "no_time");
        if (nanos % 1000 != 0) {
            throw new Misfit("below_a_microsecond");
        }
        Duration span = Duration.ofHours(digits(parts[0], 0, parts[0].length(), "no_time"))
                .plusMinutes(minutes).plusSeconds(rest).plusNanos(nanos);
        return negative ? span.negated() : span;
    }

    private static int signed(String text, int from, int to, String kind) throws Misfit {
        char sign = text.charAt(from);
        if (sign != '-' && sign != '+') {
            return digits(text, from, to, kind);
        }
        int size = digits(text, from + 1, to, kind);
        return sign == '-' ? -size : size;
    }

    private static int digits(String text, int from, int to, String kind) throws Misfit {
        if (to <= from || to - from > 9) {
            throw new Misfit(kind);
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                throw new Misfit(kind);
            }
            value = value * 10 + (c - '0');
        }
        return value;
    }
}
