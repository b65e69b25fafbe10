package io.windrow.connectors.connect.record;

import io.windrow.api.schema.StreamName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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

    /** What a statement is made of, once comments and texts are gone: quoted names, words, and signs. */
    private static final Pattern TOKEN = Pattern.compile("`(?:[^`]|``)*`|\"(?:[^\"]|\"\")*\"|[^\\s`\"(),.;=]+|[(),.;=]");

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
        String quote = name.substring(0, 1);
        return quote.equals("`") || quote.equals("\"") ? name.substring(1, name.length() - 1).replace(quote + quote, quote) : name;
    }

    /**
     * The tables that a statement renames, by the names that they had and by those that they get: under either, another table
     * stands now, or none.
     *
     * @param database in which names lie that do not say
     */
    static List<StreamName> renamed(String statement, String database) {
        List<String> tokens = bared(tokens(statement));
        return is(tokens, 0, "RENAME") && is(tokens, 1, "TABLE", "TABLES") ? moved(tokens, database)
                : is(tokens, 0, "ALTER") ? movedByAlter(tokens, database)
                : List.of();
    }

    /** Without {@code SET STATEMENT name = value, … FOR} and the opening of a comment that the server executes. */
    private static List<String> bared(List<String> tokens) {
        int from = 0;
        if (is(tokens, 0, "SET") && is(tokens, 1, "STATEMENT")) {
            while (from < tokens.size() && !is(tokens, from, "FOR")) {
                from++;
            }
            from++;
        }
        while (from < tokens.size() && (tokens.get(from).startsWith("/*!") || tokens.get(from).startsWith("/*M!"))) {
            from++;
        }
        return from < tokens.size() ? tokens.subList(from, tokens.size()) : List.of();
    }

    /** {@code RENAME TABLE a TO b, c WAIT 1 TO d}: whatever is no word of the statement's own is a name. */
    private static List<StreamName> moved(List<String> tokens, String database) {
        List<StreamName> names = new ArrayList<>();
        int at = 2;
        while (at < tokens.size()) {
            if (is(tokens, at, "WAIT")) {
                at += 2;
            } else if (is(tokens, at, "IF", "EXISTS", "NOWAIT", "TO", ",", ";")) {
                at++;
            } else {
                names.add(name(tokens, at, database));
                at += is(tokens, at + 1, ".") ? 3 : 1;
            }
        }
        return names;
    }

    /** {@code ALTER TABLE a RENAME TO b}; columns and indexes may be renamed by an {@code ALTER} too. */
    private static List<StreamName> movedByAlter(List<String> tokens, String database) {
        int table = 0;
        while (table < tokens.size() && !is(tokens, table, "TABLE")) {
            table++;
        }
        int old = is(tokens, table + 1, "IF") ? table + 3 : table + 1;
        for (int at = old + 1; at + 1 < tokens.size(); at++) {
            if (is(tokens, at, "RENAME") && !is(tokens, at + 1, "COLUMN", "INDEX", "KEY")) {
                int to = is(tokens, at + 1, "TO", "AS", "=") ? at + 2 : at + 1;
                return to < tokens.size() ? List.of(name(tokens, old, database), name(tokens, to, database)) : List.of();
            }
        }
        return List.of();
    }

    /** The database that a statement drops, with every table in it. */
    static Optional<String> droppedDatabase(String statement) {
        List<String> tokens = bared(tokens(statement));
        if (!is(tokens, 0, "DROP") || !is(tokens, 1, "DATABASE", "SCHEMA")) {
            return Optional.empty();
        }
        int at = is(tokens, 2, "IF") ? 4 : 2;
        return at < tokens.size() ? Optional.of(bare(tokens.get(at))) : Optional.empty();
    }

    private static StreamName name(List<String> tokens, int at, String database) {
        String first = bare(tokens.get(at));
        return is(tokens, at + 1, ".") && at + 2 < tokens.size() ? new StreamName(first, bare(tokens.get(at + 2))) : new StreamName(database, first);
    }

    private static boolean is(List<String> tokens, int at, String... words) {
        return at < tokens.size() && Stream.of(words).anyMatch(tokens.get(at)::equalsIgnoreCase);
    }

    private static List<String> tokens(String statement) {
        String plain = ASIDE.matcher(statement).replaceAll(found ->
                found.group().startsWith("`") || found.group().startsWith("\"") ? Matcher.quoteReplacement(found.group()) : " ");
        return TOKEN.matcher(plain).results().map(MatchResult::group).toList();
    }

    /** Whether a statement takes rows from a table that stays. */
    static boolean isIn(String statement) {
        return EMPTIES.matcher(words(statement)).matches();
    }

    private static String words(String statement) {
        return ASIDE.matcher(statement).replaceAll(" x ");
    }
}
