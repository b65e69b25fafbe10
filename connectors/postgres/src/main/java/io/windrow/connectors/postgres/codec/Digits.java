package io.windrow.connectors.postgres.codec;

/** A place in a text of numbers and what stands between them. Reads beyond the end find nothing. One thread. */
final class Digits {
    private final byte[] text;
    private final int to;
    private int at;
    private boolean broken;

    Digits(byte[] text, int from, int to) {
        this.text = text;
        this.at = from;
        this.to = to;
    }

    /** Whether all was read, and everything was what it was taken for. */
    boolean isAtEnd() {
        return at == to && !broken;
    }

    /** Whether something is left. */
    boolean hasMore() {
        return at < to && !broken;
    }

    /** The next byte, which stays; 0 at the end. */
    byte peek() {
        return at < to ? text[at] : 0;
    }

    /** Whether a word comes next that has a sign in front. */
    boolean isNegativeWord() {
        return at + 1 < to && text[at] == '-' && Character.isLetter(text[at + 1]);
    }

    /** Passes over the byte if it comes next. */
    boolean take(char next) {
        boolean there = at < to && text[at] == next;
        at += there ? 1 : 0;
        return there;
    }

    /** Passes over the word, which has to come next. */
    void expect(String word) {
        for (int i = 0; i < word.length(); i++) {
            broken |= !take(word.charAt(i));
        }
    }

    /** How many digits come next. */
    int count() {
        int end = at;
        while (end < to && text[end] >= '0' && text[end] <= '9') {
            end++;
        }
        return end - at;
    }

    /** A number without a sign; of 64 bits beyond 2^63 those bits. */
    long number() {
        int end = at + count();
        broken |= end == at;
        long value = 0;
        for (; at < end; at++) {
            value = value * 10 + (text[at] - '0');
        }
        return value;
    }

    /** A number that may have a sign in front. */
    long signed() {
        if (take('-')) {
            return -number();
        }
        take('+');
        return number();
    }

    /** Millionths behind a point, if there is one. */
    long micros() {
        if (!take('.')) {
            return 0;
        }
        int digits = count();
        broken |= digits > 6;
        long value = number();
        for (int i = digits; i < 6; i++) {
            value *= 10;
        }
        return value;
    }
}
