package io.windrow.core.transform.detect;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds by a pattern of bounded length, and keeps what its check allows. A pattern takes as much as it can: where a number is followed by
 * another or by a short word, as a card's by its expiry, the check fails for all of it and is asked again without the last
 * group, then without the one before. Finds that overlap are one. At each character pattern and checks look at a bounded
 * number of others, so the whole is linear.
 */
final class PatternFinder implements Finder {
    private final Matcher matcher;
    private final int digits;
    private final int shortest;
    private final Predicate<String> check;

    /**
     * A finder.
     *
     * @param digits a text with fewer digits holds none
     * @param shortest a beginning of what the pattern found is asked for again from so many characters on
     * @param check whether what the pattern found, or the beginning of it up to a separator, is one
     */
    PatternFinder(String pattern, int digits, int shortest, Predicate<String> check) {
        this.matcher = Pattern.compile(pattern).matcher("");
        this.digits = digits;
        this.shortest = shortest;
        this.check = check;
    }

    /** A finder of what is always of one length, but for separators. */
    PatternFinder(String pattern, int digits, Predicate<String> check) {
        this(pattern, digits, Integer.MAX_VALUE, check);
    }

    @Override
    public List<Span> find(CharSequence text) {
        if (!holdsDigits(text)) {
            return List.of();
        }
        List<Span> spans = new ArrayList<>();
        matcher.reset(text);
        int from = 0;
        while (from <= text.length() && matcher.find(from)) {
            int end = end(text, matcher.start(), matcher.end());
            if (end > matcher.start()) {
                Span.join(spans, new Span(matcher.start(), end));
            }
            // What passed its check by accident, or failed it, may hide the start of something that passes.
            from = matcher.start() + 1;
        }
        return spans;
    }

    private boolean holdsDigits(CharSequence text) {
        int missing = digits;
        for (int i = 0; i < text.length() && missing > 0; i++) {
            char c = text.charAt(i);
            missing -= c >= '0' && c <= '9' ? 1 : 0;
        }
        return missing <= 0;
    }

    /** The end of the longest beginning that passes; the start if none does. */
    private int end(CharSequence text, int start, int whole) {
        int end = whole;
        while (!check.test(text.subSequence(start, end).toString())) {
            do {
                end--;
                if (end - start < shortest) {
                    return start;
                }
            } while (Character.isLetterOrDigit(text.charAt(end)));
        }
        return end;
    }
}
