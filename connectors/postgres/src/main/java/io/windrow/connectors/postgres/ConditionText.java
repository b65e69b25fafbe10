package io.windrow.connectors.postgres;

import io.windrow.connectors.postgres.catalog.Identifier;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a stream's {@code where} looks at besides the row itself. The server judges that only for indexes and constraints, which
 * a reader does not make; so the words of the text are looked up among its functions. A word that could name a function which
 * is not immutable counts as one, and a text that is not clear counts as looking further: what errs, errs on the loud side.
 */
final class ConditionText {
    private static final Pattern TOKEN = Pattern.compile(
            "(?<gap>\\s+|--[^\\n]*|/\\*(?s:.*?)\\*/)|(?<literal>'(?:[^']++|'')*+')|\"(?<quoted>(?:[^\"]++|\"\")*+)\""
                    + "|(?<word>(?i:at\\s+time\\s+zone|time(?:stamp)?\\s+with(?:out)?\\s+time\\s+zone)\\b"
                    + "|[A-Za-z_\\x80-\\uFFFF][\\w$\\x80-\\uFFFF]*)|(?<cast>::)|(?<sign>.)",
            Pattern.DOTALL);
    private static final Pattern MOVING_TIME =
            Pattern.compile("(?<![a-z])(now|today|tomorrow|yesterday)(?![a-z])", Pattern.CASE_INSENSITIVE);
    private static final Set<String> SUBQUERY = Set.of("select", "values", "table", "with");
    /** Neither functions nor operators, and another value in another transaction or session. */
    private static final Set<String> MOVING_WORDS = Set.of(
            "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "current_user", "current_role",
            "session_user", "user", "system_user", "current_catalog", "current_schema");
    /** What of a row changes although nobody writes it. */
    private static final Set<String> MOVING_COLUMNS = Set.of("ctid", "xmin", "xmax", "cmin", "cmax");
    /** Functions of pg_catalog that depend on the session's settings and nothing else; these are the same in all of ours. */
    private static final String BY_SETTINGS_ONLY =
            "'date_trunc', 'date_part', 'extract', 'to_char', 'to_date', 'to_number', 'to_timestamp', 'concat', 'concat_ws',"
                    + " 'format', 'length', 'array_to_string', 'string_to_array'";

    private final StreamShape shape;
    private final Set<String> found = new LinkedHashSet<>();
    private final Set<String> names = new LinkedHashSet<>();
    private boolean subquery;
    private boolean clear = true;

    private ConditionText(StreamShape shape, String text) {
        this.shape = shape;
        read(text);
    }

    /** The condition of a stream; one without is of the row alone. */
    static ConditionText of(StreamShape shape) {
        return new ConditionText(shape, shape.config().where().orElse(""));
    }

    /** Whether it reads nothing but the row that it judges, so that the rows can come as one scan finds them. */
    boolean isOfOneTable() {
        return clear && !subquery;
    }

    /** By what the answer for one and the same row version may change, in words without a value; empty: by nothing. */
    Set<String> beyondRow(Session session) throws SQLException {
        Set<String> beyond = new LinkedHashSet<>(found);
        if (subquery) {
            beyond.add("a subquery");
        }
        if (!clear) {
            beyond.add("a quotation or comment of a rare form");
        }
        if (!names.isEmpty()) {
            beyond.addAll(session.column("SELECT DISTINCT proname FROM pg_catalog.pg_proc WHERE provolatile <> 'i' AND proname IN ("
                    + names.stream().map(name -> Identifier.literal(name) + "::pg_catalog.name").collect(Collectors.joining(", "))
                    + ") AND NOT (pronamespace = 'pg_catalog'::pg_catalog.regnamespace AND proname IN (" + BY_SETTINGS_ONLY
                    + ")) ORDER BY 1"));
        }
        return beyond;
    }

    private record Token(Kind kind, String text) {
        enum Kind {
            LITERAL,
            QUOTED,
            WORD,
            CAST,
            SIGN
        }
    }

    private void read(String text) {
        List<Token> tokens = new ArrayList<>();
        Matcher at = TOKEN.matcher(text);
        while (at.find()) {
            if (at.group("gap") instanceof String gap) {
                // The server's comments nest.
                clear &= gap.indexOf("/*", 1) < 0;
            } else if (at.group("literal") instanceof String literal) {
                tokens.add(new Token(Token.Kind.LITERAL, literal));
            } else if (at.group("quoted") instanceof String quoted) {
                tokens.add(new Token(Token.Kind.QUOTED, quoted.replace("\"\"", "\"")));
            } else if (at.group("word") instanceof String word) {
                // E'…' may spell a letter by its number, U&'…' too.
                clear &= !text.startsWith("'", at.end()) || !word.equalsIgnoreCase("e");
                clear &= !text.startsWith("&'", at.end()) && !text.startsWith("&\"", at.end());
                tokens.add(new Token(Token.Kind.WORD, word));
            } else {
                String sign = at.group();
                clear &= !sign.equals("$") && !sign.equals("'") && !sign.equals("\"");
                tokens.add(new Token(at.group("cast") == null ? Token.Kind.SIGN : Token.Kind.CAST, sign));
            }
        }
        for (int i = 0; i < tokens.size(); i++) {
            judge(tokens, i);
        }
    }

    private void judge(List<Token> tokens, int i) {
        Token token = tokens.get(i);
        switch (token.kind()) {
            case LITERAL -> {
                // 'to' 'day' on two lines is one text, and a setting of old makes \' a quote.
                clear &= !is(tokens, i - 1, Token.Kind.LITERAL) && !token.text().contains("\\'");
                Matcher moving = MOVING_TIME.matcher(token.text());
                while (moving.find()) {
                    found.add("'" + moving.group().toLowerCase(Locale.ROOT) + "'");
                }
            }
            case QUOTED -> name(tokens, i, token.text());
            case WORD -> {
                String word = token.text().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
                boolean ofConstant = is(tokens, i + 1, Token.Kind.LITERAL) || isCast(tokens, i);
                if (SUBQUERY.contains(word)) {
                    subquery = true;
                } else if (MOVING_WORDS.contains(word)) {
                    found.add(word.toUpperCase(Locale.ROOT));
                } else if (word.equals("operator")) {
                    found.add("an operator by its schema");
                } else if (!ofConstant && !word.equals("at time zone")) {
                    name(tokens, i, type(word));
                    name(tokens, i, token.text());
                }
            }
            case CAST, SIGN -> {}
        }
    }

    /** The function that makes a value of a type whose name has several words. */
    private static String type(String word) {
        return switch (word) {
            case "timestamp with time zone" -> "timestamptz";
            case "timestamp without time zone" -> "timestamp";
            case "time with time zone" -> "timetz";
            case "time without time zone" -> "time";
            default -> word;
        };
    }

    /** Whether the word is the type that a constant, or a column that holds a time already, is cast to. */
    private boolean isCast(List<Token> tokens, int i) {
        if (!is(tokens, i - 1, Token.Kind.CAST)) {
            return false;
        }
        boolean column = i >= 2
                && (is(tokens, i - 2, Token.Kind.WORD) || is(tokens, i - 2, Token.Kind.QUOTED))
                && shape.available().stream()
                        .anyMatch(one -> one.name().equals(tokens.get(i - 2).text())
                                && (one.base().startsWith("time") || one.base().equals("date")));
        return column || is(tokens, i - 2, Token.Kind.LITERAL);
    }

    private void name(List<Token> tokens, int i, String name) {
        boolean called = i + 1 < tokens.size() && tokens.get(i + 1).text().equals("(");
        if (MOVING_COLUMNS.contains(name)) {
            found.add(name);
        } else if (called || shape.available().stream().noneMatch(column -> column.name().equals(name))) {
            names.add(name);
        }
    }

    private static boolean is(List<Token> tokens, int i, Token.Kind kind) {
        return i >= 0 && i < tokens.size() && tokens.get(i).kind() == kind;
    }
}
