package io.windrow.connectors.connect.record;

import io.windrow.api.schema.StreamName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Statements by which rows go that the log does not name one by one. */
final class Emptying {
    private Emptying() {}

    /**
     * The table that a statement replaces, whether or not it was there.
     *
     * @param database in which names lie that do not say
     */
    static Optional<StreamName> replaced(SqlWords statement, String database) {
        SqlWords words = statement.bare();
        return words.is(0, "CREATE") && words.is(1, "OR") && words.is(2, "REPLACE") && words.is(3, "TABLE") && words.size() > 4
                ? Optional.of(table(words, 4, database))
                : Optional.empty();
    }

    /**
     * The tables that a statement renames, by the names that they had and by those that they get: under either, another table
     * stands now, or none.
     *
     * @param database in which names lie that do not say
     */
    static List<StreamName> renamed(SqlWords statement, String database) {
        SqlWords words = statement.bare();
        return words.is(0, "RENAME") && words.is(1, "TABLE", "TABLES") ? moved(words, database)
                : words.is(0, "ALTER") ? movedByAlter(words, database)
                : List.of();
    }

    /** {@code RENAME TABLE a TO b, c WAIT 1 TO d}: whatever is no word of the statement's own is a name. */
    private static List<StreamName> moved(SqlWords words, String database) {
        List<StreamName> names = new ArrayList<>();
        int at = 2;
        while (at < words.size()) {
            if (words.is(at, "WAIT")) {
                at += 2;
            } else if (words.is(at, "IF", "EXISTS", "NOWAIT", "TO", ",", ";")) {
                at++;
            } else {
                names.add(table(words, at, database));
                at += words.is(at + 1, ".") ? 3 : 1;
            }
        }
        return names;
    }

    /**
     * The table that an {@code ALTER TABLE} is about.
     *
     * @param database in which a name lies that does not say
     */
    static Optional<StreamName> altered(SqlWords statement, String database) {
        SqlWords words = statement.bare();
        int at = named(words);
        return words.is(0, "ALTER") && at < words.size() ? Optional.of(table(words, at, database)) : Optional.empty();
    }

    /** Where the table's name stands in an {@code ALTER TABLE}. */
    private static int named(SqlWords words) {
        int table = 0;
        while (table < words.size() && !words.is(table, "TABLE")) {
            table++;
        }
        return words.is(table + 1, "IF") ? table + 3 : table + 1;
    }

    /** {@code ALTER TABLE a RENAME TO b}; columns and indexes may be renamed by an {@code ALTER} too. */
    private static List<StreamName> movedByAlter(SqlWords words, String database) {
        int old = named(words);
        for (int at = old + 1; at + 1 < words.size(); at++) {
            if (words.is(at, "RENAME") && !words.is(at + 1, "COLUMN", "INDEX", "KEY")) {
                int to = words.is(at + 1, "TO", "AS", "=") ? at + 2 : at + 1;
                return to < words.size() ? List.of(table(words, old, database), table(words, to, database)) : List.of();
            }
        }
        return List.of();
    }

    /** The database that a statement drops, with every table in it. */
    static Optional<String> droppedDatabase(SqlWords statement) {
        SqlWords words = statement.bare();
        if (!words.is(0, "DROP") || !words.is(1, "DATABASE", "SCHEMA")) {
            return Optional.empty();
        }
        int at = words.is(2, "IF") ? 4 : 2;
        return at < words.size() ? Optional.of(words.name(at)) : Optional.empty();
    }

    private static StreamName table(SqlWords words, int at, String database) {
        return words.is(at + 1, ".") && at + 2 < words.size()
                ? new StreamName(words.name(at), words.name(at + 2))
                : new StreamName(database, words.name(at));
    }

    /** Whether a statement takes rows from a table that stays. */
    static boolean isIn(SqlWords words) {
        boolean alters = false;
        for (int at = 0; at < words.size(); at++) {
            if (words.is(at, "ALTER")) {
                alters = true;
                int next = words.is(at + 1, "ONLINE", "OFFLINE") ? at + 2 : at + 1;
                if (words.is(next, "IGNORE") && words.is(next + 1, "TABLE")) {
                    return true;
                }
            } else if (alters && (words.is(at, "TRUNCATE", "DROP", "EXCHANGE", "CONVERT", "TO") && words.is(at + 1, "PARTITION")
                    || words.is(at, "DISCARD", "IMPORT") && words.is(at + 1, "TABLESPACE"))) {
                return true;
            }
        }
        return false;
    }
}
