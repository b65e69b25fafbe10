package io.windrow.connectors.connect;

import io.windrow.connectors.connect.record.SqlWords;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Statements of no table that the form of later tables depends on: they set the character set of the server or of a database. Of all
 * other such statements nothing is kept: nobody needs them, and one may hold a password (I11).
 */
final class DatabaseLine {
    private static final Pattern CHARSET = Pattern.compile("(?i)(?:CHARACTER_SET|COLLATION)_\\w+|NAMES|CHARSET");

    /** What may stand in the place of a name: the statement is about the session's database then. */
    private static final Set<String> NO_NAME = Set.of("DEFAULT", "CHARACTER", "CHARSET", "COLLATE", "COMMENT");

    private DatabaseLine() {}

    /**
     * What a statement says something of, so that the last one about it is enough.
     *
     * @param session the database of the session that ran it
     * @param database the one whose tables matter
     * @return empty: it is none of these statements, or about another database
     */
    static Optional<String> subject(String statement, String session, String database) {
        SqlWords words = SqlWords.of(statement);
        if (setsCharset(words) && !statement.toUpperCase(Locale.ROOT).contains("PASSWORD")) {
            return Optional.of("SET " + statement.replaceAll("=[^,;]*", "=").replaceAll("\\s+", " ").toUpperCase(Locale.ROOT));
        }
        int kind = words.is(1, "OR") && words.is(2, "REPLACE") ? 3 : 1;
        // Whatever else is altered leaves the character set as it was made.
        if (!words.is(kind, "DATABASE", "SCHEMA") || !words.is(0, "CREATE") && !(words.is(0, "ALTER") && namesCharset(words))) {
            return Optional.empty();
        }
        int at = words.is(kind + 1, "IF") ? kind + 4 : kind + 1;
        if (at >= words.size()) {
            return Optional.empty();
        }
        String name = words.is(at, NO_NAME) ? session : words.name(at);
        return name.equalsIgnoreCase(database) ? Optional.of("DATABASE") : Optional.empty();
    }

    /** {@code SET [GLOBAL] character_set_server = …}, also as {@code @@global.…}, and {@code SET NAMES}. */
    private static boolean setsCharset(SqlWords words) {
        if (!words.is(0, "SET")) {
            return false;
        }
        int at = words.is(1, "GLOBAL", "SESSION", "LOCAL") ? 2
                : words.is(1, "@@GLOBAL", "@@SESSION", "@@LOCAL") && words.is(2, ".") ? 3
                : 1;
        return at < words.size() && (CHARSET.matcher(words.all().get(at).replaceFirst("^@@", "")).matches() || isCharacterSet(words, at));
    }

    private static boolean namesCharset(SqlWords words) {
        for (int at = 0; at < words.size(); at++) {
            if (words.is(at, "CHARSET", "COLLATE") || isCharacterSet(words, at)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isCharacterSet(SqlWords words, int at) {
        return words.is(at, "CHARACTER") && words.is(at + 1, "SET");
    }
}
