package io.windrow.connectors.connect.record;

import io.windrow.api.schema.StreamName;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Statements by which rows go that the log does not name one by one. */
final class Emptying {
    /** What is no part of a statement's own words: comments, texts and quoted names. */
    private static final Pattern ASIDE = Pattern.compile(
            "(?s)/\\*(?![!M]).*?\\*/|--\\s[^\\n]*|#[^\\n]*|'(?:[^'\\\\]|''|\\\\.)*'|\"(?:[^\"\\\\]|\"\"|\\\\.)*\"|`(?:[^`]|``)*`");

    private static final Pattern EMPTIES = Pattern.compile(
            "(?is).*\\bALTER\\b.*\\b(?:(?:TRUNCATE|DROP|EXCHANGE|CONVERT)\\s+PARTITION|TO\\s+PARTITION|(?:DISCARD|IMPORT)\\s+TABLESPACE)\\b.*"
                    + "|.*\\bALTER\\s+(?:ONLINE\\s+|OFFLINE\\s+)?IGNORE\\s+TABLE\\b.*");

    private static final String NAME = "(`(?:[^`]|``)*`|[^\\s.(`]+)";

    private static final Pattern REPLACES = Pattern.compile(
            "(?is)(?:\\s|/\\*.*?\\*/)*CREATE\\s+OR\\s+REPLACE\\s+TABLE\\s+" + NAME + "(?:\\s*\\.\\s*" + NAME + ")?.*");

    private Emptying() {}

    /**
     * The table that a statement replaces, whether or not it was there.
     *
     * @param database in which names lie that do not say
     */
    static Optional<StreamName> replaced(String statement, String database) {
        Matcher found = REPLACES.matcher(statement);
        if (!found.matches()) {
            return Optional.empty();
        }
        String last = found.group(2);
        return Optional.of(last == null
                ? new StreamName(database, bare(found.group(1)))
                : new StreamName(bare(found.group(1)), bare(last)));
    }

    private static String bare(String name) {
        return name.startsWith("`") ? name.substring(1, name.length() - 1).replace("``", "`") : name;
    }

    /** Whether a statement takes rows from a table that stays. */
    static boolean isIn(String statement) {
        return EMPTIES.matcher(words(statement)).matches();
    }

    private static String words(String statement) {
        return ASIDE.matcher(statement).replaceAll(" x ");
    }
}
