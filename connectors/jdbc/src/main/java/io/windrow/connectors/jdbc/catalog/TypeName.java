package io.windrow.connectors.jdbc.catalog;

import java.util.Locale;

/**
 * A declared type, taken apart: {@code decimal(10,2) unsigned} is base {@code decimal}, first 10, second 2, rest
 * {@code unsigned}.
 *
 * @param base the name in front of the bracket, in lower case
 * @param first the first number in the brackets, −1 if there is none
 * @param second the second number, −1 if there is none
 * @param rest what follows, in lower case
 */
record TypeName(String base, int first, int second, String rest) {
    static TypeName of(String type) {
        String text = type.strip().toLowerCase(Locale.ROOT);
        int open = text.indexOf('(');
        if (open < 0) {
            return new TypeName(text, -1, -1, "");
        }
        int close = text.indexOf(')', open);
        String[] numbers = (close < 0 ? "" : text.substring(open + 1, close)).split(",");
        return new TypeName(
                text.substring(0, open).strip(), number(numbers, 0), number(numbers, 1),
                close < 0 ? "" : text.substring(close + 1).strip());
    }

    private static int number(String[] numbers, int at) {
        String text = at < numbers.length ? numbers[at].strip() : "";
        return text.matches("-?[0-9]{1,6}") ? Integer.parseInt(text) : -1;
    }
}
