package io.windrow.core.contract;

/** Digits of ASCII in a text. Pure. */
final class Digits {
    private Digits() {}

    /** How many signs the text begins with: one or none. */
    static int sign(byte[] text, int length) {
        return length > 0 && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    }

    /** Where the digits that begin at {@code from} end. */
    static int end(byte[] text, int from, int end) {
        int at = from;
        while (at < end && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        return at;
    }

    /** The number that the two digits at a place are. */
    static int two(byte[] text, int at) {
        return (text[at] - '0') * 10 + text[at + 1] - '0';
    }
}
