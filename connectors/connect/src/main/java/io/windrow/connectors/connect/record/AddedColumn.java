package io.windrow.connectors.connect.record;

import java.util.Set;

/** Reads the definition of a column that is added: whether it is null in the rows that are there. */
final class AddedColumn {
    private static final Set<String> PLAIN = Set.of(
            "UNSIGNED", "SIGNED", "ZEROFILL", "BINARY", "PRECISION", "VARYING", "BYTE", "UNICODE", "ASCII", "FIRST", "INVISIBLE", "VISIBLE", "UNIQUE");
    /** Each with a word or a text behind it. */
    private static final Set<String> NAMED = Set.of("AFTER", "COLLATE", "CHARSET", "COMMENT", "COLUMN_FORMAT", "STORAGE");

    private AddedColumn() {}

    /**
     * Whether it is null there.
     *
     * @param definition what stands behind the column's name; whatever in it is not known gives rows a value
     */
    static boolean isNull(SqlWords definition) {
        if (definition.is(0, "SERIAL")) {
            return false;
        }
        boolean said = false;
        int at = 1;
        while (at < definition.size()) {
            if (definition.is(at, "(") && at <= 2) {
                at = behind(definition, at);
            } else if (definition.is(at, "NULL")) {
                said = true;
                at++;
            } else if (definition.is(at, "DEFAULT") && definition.is(at + 1, "NULL") || definition.is(at, "UNIQUE") && definition.is(at + 1, "KEY")) {
                at += 2;
            } else if (definition.is(at, PLAIN)) {
                at++;
            } else if (definition.is(at, NAMED) && at + 1 < definition.size()) {
                at += 2;
            } else if (definition.is(at, "CHARACTER") && definition.is(at + 1, "SET") && at + 2 < definition.size()) {
                at += 3;
            } else if (definition.is(at, "CHECK") && definition.is(at + 1, "(")) {
                at = behind(definition, at + 1);
            } else {
                return false;
            }
        }
        // A timestamp that does not say may be one that is not null, and has the time in it.
        return said || !definition.is(0, "TIMESTAMP");
    }

    private static int behind(SqlWords words, int open) {
        int depth = 0;
        for (int at = open; at < words.size(); at++) {
            depth += words.is(at, "(") ? 1 : words.is(at, ")") ? -1 : 0;
            if (depth == 0) {
                return at + 1;
            }
        }
        return words.size();
    }
}
