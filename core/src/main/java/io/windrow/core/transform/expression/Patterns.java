package io.windrow.core.transform.expression;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/** Regular expressions whose time grows with the text only, and whose own size is bounded. */
final class Patterns {
    private static final int MAX_CHARACTERS = 1000;
    private static final int MAX_COPIES = 1000;

    private static final java.util.regex.Pattern COUNTED = java.util.regex.Pattern.compile("\\{(\\d+)(?:,(\\d*))?\\}");

    private Patterns() {}

    /** Compiles the pattern. Throws {@link PatternSyntaxException} if it is none or would grow too large. */
    static Pattern of(String pattern) {
        if (pattern.length() > MAX_CHARACTERS) {
            throw new PatternSyntaxException("it has more than " + MAX_CHARACTERS + " characters", "");
        }
        if (copies(pattern) > MAX_COPIES) {
            throw new PatternSyntaxException("its repetitions multiply to more than " + MAX_COPIES, "");
        }
        return Pattern.compile(pattern);
    }

    /** The product of all counted repetitions: each makes copies of what it stands behind, which may hold others. */
    private static long copies(String pattern) {
        long product = 1;
        java.util.regex.Matcher counted = COUNTED.matcher(pattern);
        while (counted.find()) {
            String most = counted.group(2) == null || counted.group(2).isEmpty() ? counted.group(1) : counted.group(2);
            product = Math.min(Integer.MAX_VALUE, product * Math.max(1, most.length() > 4 ? 9999 : Long.parseLong(most)));
        }
        return product;
    }
}
