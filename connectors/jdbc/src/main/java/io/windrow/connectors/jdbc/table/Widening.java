package io.windrow.connectors.jdbc.table;

import io.windrow.connectors.jdbc.sql.Dialect;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What must become of a column's type so that it holds another. A column is never narrowed. */
sealed interface Widening {
    /** It holds the values as it is. */
    record None() implements Widening {}

    /**
     * It must become another, which holds all values of its own and the wanted ones.
     *
     * @param type as a statement declares it
     */
    record Needed(String type) implements Widening {}

    /** No type that is known holds both. */
    record Impossible() implements Widening {}

    /** What a column of the existing type needs to hold values of the wanted one. */
    static Widening of(Dialect dialect, String existing, String wanted, Dialect.Use use) {
        Ranks ranks = new Ranks(dialect);
        String from = Ranks.plain(existing);
        String to = Ranks.plain(wanted);
        if (from.equals(to)) {
            return new None();
        }
        if (dialect.keys() == Dialect.Keys.BY_TEXT) {
            if (Ranks.decimal(from).flatMap(held -> Ranks.decimal(to).filter(comes -> comes.scale() == held.scale())).isPresent()) {
                return new None();
            }
            if (use == Dialect.Use.KEY) {
                // What is equal must be written alike, and a key is not written anew.
                return new Impossible();
            }
        }
        if (ranks.holds(from, to)) {
            return new None();
        }
        return ranks.holds(to, from) ? new Needed(wanted)
                : ranks.both(from, to).<Widening>map(Needed::new).orElseGet(Impossible::new);
    }

    /** Which types hold the values of which others. */
    record Ranks(Dialect dialect) {
        private static final Pattern DECIMAL = Pattern.compile("(numeric|decimal|text_decimal)\\((\\d+),\\s*(\\d+)\\)");
        private static final Pattern SHOWN = Pattern.compile("^(tinyint|smallint|int|bigint)\\(\\d+\\)");

        /** A decimal type. */
        record Decimal(String name, int precision, int scale) {
            boolean holds(Decimal other) {
                return scale >= other.scale && precision - scale >= other.precision - other.scale;
            }

            /** The least that holds both. */
            Decimal with(Decimal other) {
                int most = Math.max(scale, other.scale);
                return new Decimal(name, Math.max(precision - scale, other.precision - other.scale) + most, most);
            }

            @Override
            public String toString() {
                return name + "(" + precision + "," + scale + ")";
            }
        }

        static Optional<Decimal> decimal(String type) {
            Matcher matcher = DECIMAL.matcher(plain(type));
            return matcher.matches()
                    ? Optional.of(new Decimal(matcher.group(1), Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(3))))
                    : Optional.empty();
        }

        /** Directly, or by way of types between the two. */
        boolean holds(String wide, String narrow) {
            Optional<Decimal> w = decimal(wide);
            Optional<Decimal> n = decimal(narrow);
            if (w.isPresent() && n.isPresent() && w.get().holds(n.get())) {
                return true;
            }
            for (List<String> chain : dialect.widenings()) {
                int at = index(chain, narrow);
                for (int next = at + 1; at >= 0 && next < chain.size(); next++) {
                    if (index(chain.subList(next, next + 1), wide) == 0 || holds(wide, plain(chain.get(next)))) {
                        return true;
                    }
                }
            }
            return false;
        }

        /** The least type that holds the values of two of which neither holds the other's. */
        Optional<String> both(String one, String other) {
            List<String> found = new ArrayList<>();
            for (String type : dialect.widenings().stream().flatMap(List::stream).toList()) {
                if (holds(plain(type), one) && holds(plain(type), other)) {
                    found.add(type);
                }
                decimal(type).ifPresent(whole -> {
                    decimal(one).filter(part -> holds(plain(type), other)).ifPresent(part -> found.add(part.with(whole).toString()));
                    decimal(other).filter(part -> holds(plain(type), one)).ifPresent(part -> found.add(part.with(whole).toString()));
                });
            }
            return found.stream()
                    .filter(least -> found.stream().allMatch(type -> plain(type).equals(plain(least)) || holds(plain(type), plain(least))))
                    .findFirst();
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
        static String plain(String type) {
            return SHOWN.matcher(type.toLowerCase(Locale.ROOT).replaceFirst(" (character set|collate) .*", "").replace(", ", ",").strip())
                    .replaceFirst("$1");
        }
    }
}
