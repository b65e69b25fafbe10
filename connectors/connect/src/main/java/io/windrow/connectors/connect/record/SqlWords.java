package io.windrow.connectors.connect.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a statement of MariaDB or MySQL is made of once its comments and texts are gone: words as they are written, names in their
 * quotes, and the signs {@code ( ) , . ; =}. What the server executes of a comment ({@code /*! … *}{@code /}) counts as a part of the
 * statement, whatever version it is for. Each statement is looked at once from its beginning to its end. Immutable.
 *
 * @param all the parts in order
 */
public record SqlWords(List<String> all) {
    private static final String SIGNS = "(),.;=";
    /** Stands for a text, where texts are asked for. */
    static final String TEXT = "''";
    /** Stands for a text of which nobody can tell where it ends: a backslash before a quote means one or the other by the session's mode. */
    static final String UNSURE = "'\\'";

    public SqlWords {
        all = List.copyOf(all);
    }

    /** The parts of a statement. */
    public static SqlWords of(String statement) {
        return new SqlWords(new Scan(statement, false).parts());
    }

    /** The parts of a statement, with {@link #TEXT} or {@link #UNSURE} in the place of each text. */
    static SqlWords withTexts(String statement) {
        return new SqlWords(new Scan(statement, true).parts());
    }

    /** The parts from a place on. */
    SqlWords from(int at) {
        return new SqlWords(all.subList(Math.min(at, all.size()), all.size()));
    }

    /** How many parts there are. */
    public int size() {
        return all.size();
    }

    /** Whether there is one of these words at a place, in whatever case. */
    public boolean is(int at, String... words) {
        return at >= 0 && at < all.size() && List.of(words).stream().anyMatch(all.get(at)::equalsIgnoreCase);
    }

    /** Whether there is one of these words, given in upper case, at a place. */
    public boolean is(int at, Set<String> words) {
        return at < all.size() && words.contains(all.get(at).toUpperCase(Locale.ROOT));
    }

    /** The name at a place, without its quotes. */
    public String name(int at) {
        String written = all.get(at);
        String quote = written.substring(0, 1);
        return quote.equals("`") || quote.equals("\"") ? written.substring(1, Math.max(1, written.length() - 1)).replace(quote + quote, quote) : written;
    }

    /** Without {@code SET STATEMENT name = value, … FOR}. */
    public SqlWords bare() {
        int from = 0;
        if (is(0, "SET") && is(1, "STATEMENT")) {
            while (from < all.size() && !is(from, "FOR")) {
                from++;
            }
            from++;
        }
        return from < all.size() ? new SqlWords(all.subList(from, all.size())) : new SqlWords(List.of());
    }

    /** One way through a statement. */
    private static final class Scan {
        private final String text;
        private final boolean withTexts;
        private final List<String> parts = new ArrayList<>();
        private int at;
        /** Whether what is read lies in a comment that the server executes. */
        private boolean executed;

        Scan(String text, boolean withTexts) {
            this.text = text;
            this.withTexts = withTexts;
        }

        List<String> parts() {
            while (at < text.length()) {
                char here = text.charAt(at);
                if (Character.isWhitespace(here)) {
                    at++;
                } else if (starts("/*!") || starts("/*M!")) {
                    executed = true;
                    at = text.indexOf('!', at) + 1;
                    while (at < text.length() && Character.isDigit(text.charAt(at))) {
                        at++;
                    }
                } else if (starts("/*")) {
                    goBehind("*/", at + 2);
                } else if (executed && starts("*/")) {
                    executed = false;
                    at += 2;
                } else if (here == '#' || isLineComment()) {
                    goBehind("\n", at);
                } else if (here == '\'') {
                    int from = at;
                    goBehindQuoted(here);
                    if (withTexts) {
                        parts.add(isUnsure(from, here) ? UNSURE : TEXT);
                    }
                } else if (here == '`' || here == '"') {
                    int from = at;
                    goBehindQuoted(here);
                    parts.add(withTexts && here == '"' && isUnsure(from, here) ? UNSURE : text.substring(from, at));
                } else if (SIGNS.indexOf(here) >= 0) {
                    parts.add(String.valueOf(here));
                    at++;
                } else {
                    word();
                }
            }
            return parts;
        }

        private boolean starts(String with) {
            return text.startsWith(with, at);
        }

        private boolean isLineComment() {
            return starts("--") && (at + 2 == text.length() || Character.isWhitespace(text.charAt(at + 2)));
        }

        private void goBehind(String end, int from) {
            int found = text.indexOf(end, from);
            at = found < 0 ? text.length() : found + end.length();
        }

        /** A quote in its text is doubled or, but in a name, behind a backslash. */
        private void goBehindQuoted(char quote) {
            at++;
            while (at < text.length()) {
                char here = text.charAt(at);
                if (here == '\\' && quote != '`') {
                    at++;
                } else if (here == quote) {
                    if (at + 1 == text.length() || text.charAt(at + 1) != quote) {
                        break;
                    }
                    at++;
                }
                at++;
            }
            at = Math.min(at + 1, text.length());
        }

        private boolean isUnsure(int from, char quote) {
            return text.substring(from, Math.max(from, at - 1)).contains("\\" + quote);
        }

        private void word() {
            int from = at++;
            while (at < text.length() && isWithinWord(text.charAt(at))) {
                at++;
            }
            parts.add(text.substring(from, at));
        }

        private boolean isWithinWord(char here) {
            return !Character.isWhitespace(here) && SIGNS.indexOf(here) < 0 && "'`\"#".indexOf(here) < 0
                    && !starts("/*") && !(executed && starts("*/")) && !isLineComment();
        }
    }
}
