package io.windrow.connectors.jdbc.table;

import io.windrow.connectors.jdbc.sql.Dialect;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What must become of a column's type so that it holds another. A column is never narrowed. */
enum Widening {
    /** It holds the values as it is. */
    NONE,
    /** It must become the wanted type, which holds all values of its own. */
    NEEDED,
    /** Neither holds the other. */
    IMPOSSIBLE;

    private static final Pattern DECIMAL = Pattern.compile("(?:numeric|decimal|text_decimal)\\((\\d+),\\s*(\\d+)\\)");

    private static final Pattern SHOWN = Pattern.compile("^(tinyint|smallint|int|bigint)\\(\\d+\\)");

    /** What a column of the existing type needs to hold values of the wanted one. */
    static Widening of(Dialect dialect, String existing, String wanted) {
        String from = plain(existing);
        String to = plain(wanted);
        if (from.equals(to) || holds(dialect, from, to)) {
            return NONE;
        }
        return holds(dialect, to, from) ? NEEDED : IMPOSSIBLE;
    }

    private static boolean holds(Dialect dialect, String wide, String narrow) {
        Matcher w = DECIMAL.matcher(wide);
        Matcher n = DECIMAL.matcher(narrow);
        if (w.matches() && n.matches()) {
            int scale = Integer.parseInt(w.group(2));
            return scale >= Integer.parseInt(n.group(2))
                    && Integer.parseInt(w.group(1)) - scale >= Integer.parseInt(n.group(1)) - Integer.parseInt(n.group(2));
        }
        for (List<String> chain : dialect.widenings()) {
            int at = index(chain, narrow);
            if (at >= 0 && index(chain.subList(at + 1, chain.size()), wide) >= 0) {
                return true;
            }
        }
        return false;
    }

    /** A type of the chain may have a length behind it in the database. */
    private static int index(List<String> chain, String type) {
        for (int i = 0; i < chain.size(); i++) {
            String one = plain(chain.get(i));
            if (type.equals(one) || type.startsWith(one + "(") && !one.endsWith(")")) {
                return i;
            }
        }
        return -1;
    }

    /** Without what says nothing about the values: the width in which MariaDB shows a number, the alphabet of a text. */
    private static String plain(String type) {
        return SHOWN.matcher(type.toLowerCase(Locale.ROOT).replaceFirst(" (character set|collate) .*", "").replace(", ", ",").strip())
                .replaceFirst("$1");
    }
}
