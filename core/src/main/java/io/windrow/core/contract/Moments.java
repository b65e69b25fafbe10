package io.windrow.core.contract;

import io.windrow.api.schema.ColumnType;
import java.time.LocalDate;

/** Whether a text can be read as a date, a time of day or both, in the forms of ISO 8601. Pure. */
final class Moments {
    private static final int SECONDS_A_DAY = 86_400;
    /** Microseconds in 64 bits reach some 292 000 years. */
    private static final long SECONDS = Long.MAX_VALUE / 1_000_000 - 1;

    private Moments() {}

    /** Whether it is a date of 32 bits of days. */
    static boolean date(byte[] text, int length) {
        int end = dateEnd(text, length);
        return end == length && (end == 10 || days(text, end) == (int) days(text, end));
    }

    /** Where a date that the text begins with ends; -1 if there is none. A year of more than four digits has a sign. */
    private static int dateEnd(byte[] text, int length) {
        int start = Digits.sign(text, length);
        int year = Digits.end(text, start, Math.min(length, start + 10));
        int end = year + 6;
        int width = year - start;
        boolean sized = start == 0 ? width == 4 : text[0] == '-' ? width >= 4 : width > 4;
        if (!sized || end > length || text[year] != '-' || Digits.end(text, year + 1, year + 3) != year + 3
                || text[year + 3] != '-' || Digits.end(text, year + 4, end) != end) {
            return -1;
        }
        long years = years(text, start, year);
        int month = Digits.two(text, year + 1);
        int day = Digits.two(text, year + 4);
        if (month < 1 || month > 12 || day < 1 || years > 999_999_999 || text[0] == '-' && years == 0) {
            return -1;
        }
        boolean leap = years % 4 == 0 && (years % 100 != 0 || years % 400 == 0);
        int last = switch (month) {
            case 2 -> leap ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
        return day <= last ? end : -1;
    }

    private static long years(byte[] text, int from, int to) {
        long years = 0;
        for (int at = from; at < to; at++) {
            years = years * 10 + text[at] - '0';
        }
        return years;
    }

    private static long days(byte[] text, int end) {
        int start = text[0] == '-' || text[0] == '+' ? 1 : 0;
        int years = (int) years(text, start, end - 6);
        return LocalDate.of(text[0] == '-' ? -years : years, Digits.two(text, end - 5), Digits.two(text, end - 2)).toEpochDay();
    }

    /** Where a time of day that begins at {@code at} ends; -1 if there is none. Microseconds are the finest. */
    static int time(byte[] text, int at, int length) {
        if (at + 5 > length || Digits.end(text, at, at + 2) != at + 2 || text[at + 2] != ':'
                || Digits.end(text, at + 3, at + 5) != at + 5 || Digits.two(text, at) > 23 || Digits.two(text, at + 3) > 59) {
            return -1;
        }
        if (at + 5 == length || text[at + 5] != ':') {
            return at + 5;
        }
        if (at + 8 > length || Digits.end(text, at + 6, at + 8) != at + 8 || Digits.two(text, at + 6) > 59) {
            return -1;
        }
        if (at + 8 == length || text[at + 8] != '.') {
            return at + 8;
        }
        int end = Digits.end(text, at + 9, length);
        for (int finer = at + 15; finer < end; finer++) {
            if (text[finer] != '0') {
                return -1;
            }
        }
        return end == at + 9 || end > at + 18 ? -1 : end;
    }

    static boolean moment(ColumnType.Timestamp type, byte[] text, int length) {
        int date = dateEnd(text, length);
        if (date < 0 || date == length || text[date] != 'T' && text[date] != 't' && text[date] != ' ') {
            return false;
        }
        int end = time(text, date + 1, length);
        if (end < 0 || !(type.utc() ? isOffset(text, end, length) : end == length)) {
            return false;
        }
        return date == 10 || Math.abs(seconds(text, date, end, length)) <= SECONDS;
    }

    /** Z, or hours of at most 18 with minutes, and seconds if there are colons. */
    private static boolean isOffset(byte[] text, int at, int length) {
        if (at + 1 == length && (text[at] == 'Z' || text[at] == 'z')) {
            return true;
        }
        if (at + 3 > length || text[at] != '+' && text[at] != '-' || Digits.end(text, at + 1, at + 3) != at + 3) {
            return false;
        }
        int left = length - at - 3;
        boolean colon = left > 0 && text[at + 3] == ':';
        boolean formed = switch (left) {
            case 0 -> true;
            case 2 -> Digits.end(text, at + 3, length) == length;
            case 3 -> colon && Digits.end(text, at + 4, length) == length;
            case 6 -> colon && Digits.end(text, at + 4, at + 6) == at + 6 && text[at + 6] == ':'
                    && Digits.end(text, at + 7, length) == length;
            default -> false;
        };
        if (!formed) {
            return false;
        }
        int minutes = left == 0 ? 0 : Digits.two(text, colon ? at + 4 : at + 3);
        int seconds = left == 6 ? Digits.two(text, at + 7) : 0;
        return minutes <= 59 && seconds <= 59 && Digits.two(text, at + 1) * 3600 + minutes * 60 + seconds <= 18 * 3600;
    }

    /** Since 1970, of a date that may be far from it. */
    private static long seconds(byte[] text, int date, int end, int length) {
        long seconds = days(text, date) * SECONDS_A_DAY + Digits.two(text, date + 1) * 3600L + Digits.two(text, date + 4) * 60L
                + (end > date + 6 ? Digits.two(text, date + 7) : 0);
        int left = length - end - 3;
        if (left < 0) {
            return seconds;
        }
        boolean colon = left > 0 && text[end + 3] == ':';
        long offset = Digits.two(text, end + 1) * 3600L + (left == 0 ? 0 : Digits.two(text, colon ? end + 4 : end + 3) * 60L)
                + (left == 6 ? Digits.two(text, end + 7) : 0);
        return text[end] == '-' ? seconds + offset : seconds - offset;
    }
}
