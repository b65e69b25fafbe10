package io.windrow.connectors.connect;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Statements of no table that the form of later tables depends on: they set the character set of the server or of a database. Of all
 * other such statements nothing is kept: nobody needs them, and one may hold a password (I11).
 */
final class DatabaseLine {
    private static final String START = "(?is)(?:\\s|/\\*.*?\\*/)*";

    private static final Pattern SETS = Pattern.compile(START
            + "SET\\s+(?:(?:@@)?(?:GLOBAL|SESSION|LOCAL)(?:\\s+|\\.))?(?:@@)?(?:CHARACTER_SET_\\w+|COLLATION_\\w+|NAMES|CHARACTER\\s+SET|CHARSET)\\b.*");

    private static final Pattern MAKES = Pattern.compile(START
            + "(?:CREATE|ALTER)\\s+(?:OR\\s+REPLACE\\s+)?(?:DATABASE|SCHEMA)\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?(`(?:[^`]|``)*`|[^\\s;`=]+).*");

    /** What may stand in the place of a name: the statement is about the session's database then. */
    private static final Pattern NO_NAME = Pattern.compile("(?i)DEFAULT|CHARACTER|CHARSET|COLLATE|COMMENT");

    private static final Pattern ALTERS = Pattern.compile(START + "ALTER\\b.*");

    private static final Pattern CHARSET = Pattern.compile("(?is).*\\b(?:CHARACTER\\s+SET|CHARSET|COLLATE)\\b.*");

    private DatabaseLine() {}

    /**
     * What a statement says something of, so that the last one about it is enough.
     *
     * @param session the database of the session that ran it
     * @param database the one whose tables matter
     * @return empty: it is none of these statements, or about another database
     */
    static Optional<String> subject(String statement, String session, String database) {
        if (SETS.matcher(statement).matches() && !statement.toUpperCase(Locale.ROOT).contains("PASSWORD")) {
            return Optional.of("SET " + statement.replaceAll("=[^,;]*", "=").replaceAll("\\s+", " ").toUpperCase(Locale.ROOT));
        }
        Matcher made = MAKES.matcher(statement);
        // Whatever else is altered leaves the character set as it was made.
        if (!made.matches() || ALTERS.matcher(statement).matches() && !CHARSET.matcher(statement).matches()) {
            return Optional.empty();
        }
        String written = made.group(1);
        String name = NO_NAME.matcher(written).matches() ? session
                : written.startsWith("`") ? written.substring(1, written.length() - 1).replace("``", "`")
                : written;
        return name.equalsIgnoreCase(database) ? Optional.of("DATABASE") : Optional.empty();
    }
}
