package io.windrow.connectors.postgres.codec;

import io.windrow.api.error.WindrowException;

/**
 * Takes the text of an array, a composite, a range or a multirange apart. An item that holds anything which could be taken for
 * something else stands in quotes, where a backslash or a second quote makes the character behind it a plain one. One thread.
 */
final class TextItems {
    private static final String NULL_WORD = "NULL";

    private final ColumnGuard guard;
    private final byte[] source;
    private final int end;
    private int at;
    private byte[] bytes;
    private int from;
    private int length;
    private boolean quoted;

    TextItems(ColumnGuard guard, byte[] source, int offset, int length) {
        this.guard = guard;
        this.source = source;
        this.bytes = source;
        this.at = offset;
        this.end = offset + length;
    }

    /** Where it stands in the source. */
    int at() {
        return at;
    }

    /** Whether the character comes next. */
    boolean isNext(char next) {
        return at < end && source[at] == next;
    }

    /** Passes over the character if it comes next. */
    boolean takes(char next) {
        boolean there = isNext(next);
        at += there ? 1 : 0;
        return there;
    }

    /** Passes over the character, which has to come next. */
    void expect(char next) {
        if (!takes(next)) {
            throw broken();
        }
    }

    /** Passes over whatever character comes next. */
    void next() {
        if (at == end) {
            throw broken();
        }
        at++;
    }

    /** Everything has to be read. */
    void expectEnd() {
        if (at != end) {
            throw broken();
        }
    }

    /** Whether the word is all that is left. */
    boolean is(String word) {
        return isWord(word, source, at, end - at);
    }

    private static boolean isWord(String word, byte[] source, int from, int length) {
        if (length != word.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (source[from + i] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Reads an array's {@code [lower:upper]}, as many as there are, up to their {@code =}. */
    void bounds(int[] lower) {
        if (at == end || source[at] != '[') {
            return;
        }
        for (int dimension = 0; takes('['); dimension++) {
            if (dimension == lower.length) {
                throw broken();
            }
            int begin = at;
            skipTo(':');
            Digits number = new Digits(source, begin, at);
            lower[dimension] = (int) number.signed();
            skipTo(']');
            next();
        }
        expect('=');
    }

    private void skipTo(char stop) {
        while (at < end && source[at] != stop) {
            at++;
        }
    }

    /** Reads an item up to one of the characters, which stays; false if there is nothing at all, not even quotes. */
    boolean item(char stop, char other) {
        quoted = takes('"');
        if (quoted) {
            quoted();
            return true;
        }
        int begin = at;
        while (at < end && source[at] != stop && source[at] != other) {
            at++;
        }
        bytes = source;
        from = begin;
        length = at - begin;
        return length > 0;
    }

    /** Reads an item, which has to be there. */
    void expectItem(char stop, char other) {
        if (!item(stop, other)) {
            throw broken();
        }
    }

    private void quoted() {
        int begin = at;
        int plain = 0;
        while (at < end && !(source[at] == '"' && (at + 1 == end || source[at + 1] != '"'))) {
            at += source[at] == '\\' || source[at] == '"' ? 2 : 1;
            plain++;
        }
        int close = at;
        expect('"');
        if (plain == close - begin) {
            bytes = source;
            from = begin;
            length = plain;
            return;
        }
        byte[] unquoted = new byte[plain];
        int i = begin;
        for (int to = 0; to < plain; to++) {
            i += source[i] == '\\' || source[i] == '"' ? 1 : 0;
            unquoted[to] = source[i++];
        }
        bytes = unquoted;
        from = 0;
        length = plain;
    }

    /** Whether the item is the word for null, which in quotes is a text. */
    boolean isNullWord() {
        return !quoted && isWord(NULL_WORD, bytes, from, length);
    }

    /** Holds the item, from {@link #from} on. */
    byte[] bytes() {
        return bytes;
    }

    int from() {
        return from;
    }

    int length() {
        return length;
    }

    private WindrowException broken() {
        return guard.malformed("a text that is not as the type's output function writes it");
    }
}
