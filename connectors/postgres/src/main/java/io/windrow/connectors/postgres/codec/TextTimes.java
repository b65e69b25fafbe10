package io.windrow.connectors.postgres.codec;

/** The texts of dates, times, timestamps and intervals, in the styles ISO and postgres; those with a time zone in UTC. */
final class TextTimes {
    private static final long DAY_MICROS = 86_400_000_000L;
    private static final int DAYS_PER_ERA = 146_097;
    /** Days from 0000-03-01 to 2000-01-01. */
    private static final int MARCH_TO_EPOCH = 730_425;

    private TextTimes() {}

    static boolean date(byte[] text, int from, int to, SendForm out) {
        Digits at = new Digits(text, from, to);
        int infinite = infinity(at);
        if (infinite != 0) {
            out.int4(infinite > 0 ? Integer.MAX_VALUE : Integer.MIN_VALUE);
            return at.isAtEnd();
        }
        Civil date = Civil.read(at);
        out.int4((int) date.days(era(at)));
        return at.isAtEnd();
    }

    static boolean time(byte[] text, int from, int to, SendForm out) {
        Digits at = new Digits(text, from, to);
        out.int8(clock(at));
        return at.isAtEnd();
    }

    /** timestamp and, as UTC, timestamptz. */
    static boolean timestamp(byte[] text, int from, int to, SendForm out) {
        Digits at = new Digits(text, from, to);
        int infinite = infinity(at);
        if (infinite != 0) {
            out.int8(infinite > 0 ? Long.MAX_VALUE : Long.MIN_VALUE);
            return at.isAtEnd();
        }
        Civil date = Civil.read(at);
        at.expect(" ");
        long clock = clock(at);
        if (at.peek() == '+') {
            at.expect("+00");
        }
        out.int8(date.days(era(at)) * DAY_MICROS + clock);
        return at.isAtEnd();
    }

    /** interval: {@code 1 year 2 mons -3 days +04:05:06.789}, each part with its own sign. */
    static boolean interval(byte[] text, int from, int to, SendForm out) {
        Digits at = new Digits(text, from, to);
        int infinite = infinity(at);
        if (infinite != 0) {
            out.int8(infinite > 0 ? Long.MAX_VALUE : Long.MIN_VALUE);
            int part = infinite > 0 ? Integer.MAX_VALUE : Integer.MIN_VALUE;
            out.int4(part).int4(part);
            return at.isAtEnd();
        }
        long months = 0;
        long days = 0;
        long micros = 0;
        while (at.hasMore()) {
            boolean negative = at.peek() == '-';
            long value = at.signed();
            if (at.take(':')) {
                // Wraps around for the least interval as the server's own sum does.
                long part = (negative ? -value : value) * 3_600_000_000L + minutes(at);
                micros = negative ? -part : part;
                break;
            }
            at.expect(" ");
            switch (at.peek()) {
                case 'y' -> {
                    at.expect("year");
                    months += value * 12;
                }
                case 'm' -> {
                    at.expect("mon");
                    months += value;
                }
                default -> {
                    at.expect("day");
                    days = value;
                }
            }
            at.take('s');
            at.take(' ');
        }
        out.int8(micros).int4((int) days).int4((int) months);
        return at.isAtEnd();
    }

    /** 1 or −1 if the word is what comes next, which is then passed over. */
    private static int infinity(Digits at) {
        if (at.peek() == 'i') {
            at.expect("infinity");
            return 1;
        }
        if (at.isNegativeWord()) {
            at.expect("-infinity");
            return -1;
        }
        return 0;
    }

    /** Whether years are counted backwards; passes over the mark. */
    private static Era era(Digits at) {
        if (at.peek() != ' ') {
            return Era.AD;
        }
        at.expect(" BC");
        return Era.BC;
    }

    private static long clock(Digits at) {
        long hours = at.number();
        at.expect(":");
        return hours * 3_600_000_000L + minutes(at);
    }

    private static long minutes(Digits at) {
        long minutes = at.number();
        at.expect(":");
        return minutes * 60_000_000L + at.number() * 1_000_000L + at.micros();
    }

    private enum Era {
        AD,
        BC
    }

    /** A date as it is written, of the proleptic Gregorian calendar. */
    private record Civil(long year, long month, long day) {
        static Civil read(Digits at) {
            long year = at.number();
            at.expect("-");
            long month = at.number();
            at.expect("-");
            return new Civil(year, month, at.number());
        }

        /** Days since 2000-01-01. Years begin in March here, so that the day of the leap year is the last. */
        long days(Era era) {
            long whole = era == Era.AD ? year : 1 - year;
            long marches = month > 2 ? whole : whole - 1;
            long ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
            long cycle = Math.floorDiv(marches, 400L);
            long inCycle = marches - cycle * 400;
            return cycle * DAYS_PER_ERA + inCycle * 365 + inCycle / 4 - inCycle / 100 + ofYear - MARCH_TO_EPOCH;
        }
    }
}
