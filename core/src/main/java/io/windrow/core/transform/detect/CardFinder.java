package io.windrow.core.transform.detect;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds payment cards: 12 to 19 digits that do not start with 0 and are not all the same, in groups with one separator
 * between them, of which Luhn's sum is right and that are no part of a decimal number. Where more digits follow, as an expiry, a
 * card ends with any of the groups; the longest one counts. Each digit is looked at for the few starts that lie no more than 19 digits before it, and for each of
 * them once, whatever its ends.
 */
final class CardFinder implements Finder {
    private static final int SHORTEST = 12;
    private static final int LONGEST = 19;

    private final Sum sum;

    CardFinder(Sum sum) {
        this.sum = sum;
    }

    /** Of what is found. */
    enum Sum {
        /** Luhn's sum is right. */
        RIGHT,
        /** It looks like a card. */
        ANY
    }

    @Override
    public List<Span> find(CharSequence text) {
        List<Span> spans = new ArrayList<>();
        for (int start = 0; start < text.length(); start++) {
            if (mayStart(text, start)) {
                int end = end(text, start);
                if (end > start) {
                    Span.join(spans, new Span(start, end));
                }
            }
        }
        return spans;
    }

    /** Not inside a number; a dot may stand before it that is none of a decimal fraction. */
    private static boolean mayStart(CharSequence text, int at) {
        char digit = text.charAt(at);
        return digit >= '1' && digit <= '9'
                && !isDigit(text, at - 1)
                && !(at > 0 && text.charAt(at - 1) == '.' && isDigit(text, at - 2));
    }

    /** Where the longest card ends that starts here; the start if there is none. */
    private int end(CharSequence text, int start) {
        int first = text.charAt(start) - '0';
        boolean alike = true;
        int found = start;
        // Counted from the right every second digit is doubled: which those are depends on how many there are.
        int doublingEven = 0;
        int doublingOdd = 0;
        int at = start;
        for (int place = 0; place < LONGEST; place++) {
            int digit = text.charAt(at++) - '0';
            int doubled = digit > 4 ? 2 * digit - 9 : 2 * digit;
            doublingEven += place % 2 == 0 ? doubled : digit;
            doublingOdd += place % 2 == 0 ? digit : doubled;
            alike &= digit == first;
            if (isDigit(text, at)) {
                continue;
            }
            if (place + 1 >= SHORTEST && !alike && !hasDecimals(text, at)
                    && (sum == Sum.ANY || (place % 2 == 0 ? doublingOdd : doublingEven) % 10 == 0)) {
                found = at;
            }
            if (at == text.length() || !Finders.isGap(text.charAt(at)) || !isDigit(text, at + 1)) {
                break;
            }
            at++;
        }
        return found;
    }

    /** Digits behind a dot that another part follows, as a date does, are none. */
    private static boolean hasDecimals(CharSequence text, int at) {
        if (at == text.length() || text.charAt(at) != '.' || !isDigit(text, at + 1)) {
            return false;
        }
        int end = at + 1;
        while (isDigit(text, end) && end - at <= LONGEST) {
            end++;
        }
        return end == text.length() || "./-".indexOf(text.charAt(end)) < 0;
    }

    private static boolean isDigit(CharSequence text, int at) {
        return at >= 0 && at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
    }
}
