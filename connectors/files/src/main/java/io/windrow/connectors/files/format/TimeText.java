package io.windrow.connectors.files.format;

/**
 * Dates and times as ISO 8601 on the proleptic Gregorian calendar: {@code 2024-02-29}, {@code 2024-02-29T12:34:56.000001Z}.
 * Years outside 0 to 9999 have a sign; the year 0 is 1 BC. A fraction of zero is left out, else it has six digits.
 */
final class TimeText {
    private static final long MICROS_A_DAY = 86_400_000_000L;

    private TimeText() {}

    /** Days since 1970-01-01. */
    static void date(TextOutput out, long epochDay) {
        // Days from a 1 March of year 0, then 400-year eras: the usual civil-from-days arithmetic.
        long shifted = epochDay + 719_468;
        long era = Math.floorDiv(shifted, 146_097L);
        long dayOfEra = shifted - era * 146_097;
        long yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        long month = (5 * dayOfYear + 2) / 153;
        long day = dayOfYear - (153 * month + 2) / 5 + 1;
        long realMonth = month < 10 ? month + 3 : month - 9;
        long year = yearOfEra + era * 400 + (realMonth <= 2 ? 1 : 0);
        if (year < 0) {
            out.put('-');
        } else if (year > 9999) {
            out.put('+');
        }
        out.padded(Math.abs(year), 4);
        out.put('-');
        out.padded(realMonth, 2);
        out.put('-');
        out.padded(day, 2);
    }

    /** Microseconds since midnight. */
    static void time(TextOutput out, long micros) {
        long seconds = micros / 1_000_000;
        long fraction = micros % 1_000_000;
        out.padded(seconds / 3600, 2);
        out.put(':');
        out.padded(seconds / 60 % 60, 2);
        out.put(':');
        out.padded(seconds % 60, 2);
        if (fraction != 0) {
            out.put('.');
            out.padded(fraction, 6);
        }
    }

    /** Microseconds since 1970-01-01T00:00. */
    static void timestamp(TextOutput out, long micros, boolean utc) {
        date(out, Math.floorDiv(micros, MICROS_A_DAY));
        out.put('T');
        time(out, Math.floorMod(micros, MICROS_A_DAY));
        if (utc) {
            out.put('Z');
        }
    }
}
