package io.windrow.core.transform.detect;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds e-mail addresses from their at signs: what may stand before one belongs to the address, after it must come a domain
 * with a dot. A text without an at sign costs one look for it.
 *
 * <p>A find is the same whatever encloses or separates it, so that its token joins: it begins after the last equals sign, and
 * with no sign that quotes or marks it. What stands before the equals sign is a key and stays, unless there is a dot on either
 * side: it may be half of another address ({@code bounces+bob=x.com@list.com}) then, and is a find of its own.
 *
 * <p>In a URL the at sign may be {@code %40}. Such a find begins after the last escape of what does not stand in a name.
 */
final class EmailFinder implements Finder {
    private static final int LONGEST_NAME = 64;
    private static final int LONGEST_DOMAIN = 253;
    /**
     * What stands in a name beside letters and digits; what is left out of a name would go out in clear. Of what RFC 5322
     * allows, {@code & / ? { | }} are not among it: they separate values far more often than they stand in names.
     */
    private static final String OTHERS = "_.+-!#$%'*=^`~";
    private static final String ESCAPED = "%40";
    /** What says nothing at the beginning of a name. */
    private static final String MARKS = "!#$%'*^`~";
    private static final String LETTER = "[\\p{L}\\d]";
    private static final String INNER = "[\\p{L}\\p{M}\\d-]";

    /** Letters with combining marks, and last labels in Punycode. Of labels, so many that no text makes it go deep. */
    private final Matcher domain = Pattern.compile("(?:" + LETTER + "(?:" + INNER + "{0,61}[\\p{L}\\p{M}\\d])?\\.){1,32}"
                    + "(?:xn--[A-Za-z\\d-]{1,58}[A-Za-z\\d]|\\p{L}[\\p{L}\\p{M}]{1,62})")
            .matcher("");

    @Override
    public List<Span> find(CharSequence text) {
        int at = at(text, 0);
        if (at == text.length()) {
            return List.of();
        }
        List<Span> spans = new ArrayList<>();
        domain.reset(text);
        for (; at < text.length(); at = at(text, at + 1)) {
            int after = at + (text.charAt(at) == '@' ? 1 : ESCAPED.length());
            int first = text.charAt(at) == '@' ? name(text, at) : unescaped(text, name(text, at), at);
            if (first < at && domain.region(after, Math.min(text.length(), after + LONGEST_DOMAIN)).lookingAt()) {
                int sign = last(text, '=', first, at - 1);
                if (sign > first && last(text, '.', first, at) >= 0) {
                    Span.join(spans, new Span(first, sign));
                }
                Span.join(spans, new Span(unmarked(text, Math.max(first, sign + 1), at), domain.end()));
            }
        }
        return spans;
    }

    /** The next at sign, also an escaped one, or the end. */
    private static int at(CharSequence text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) != '@' && !isEscaped(text, at)) {
            at++;
        }
        return at;
    }

    private static boolean isEscaped(CharSequence text, int at) {
        return text.charAt(at) == '%' && at + 2 < text.length() && text.charAt(at + 1) == '4' && text.charAt(at + 2) == '0';
    }

    /** The start after the last escape, as of a colon or an ampersand, of what does not stand in a name. */
    private static int unescaped(CharSequence text, int start, int at) {
        for (int i = at - ESCAPED.length(); i >= start; i--) {
            int high = text.charAt(i) == '%' ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
            // From 128 on it is a byte of a letter.
            if (low >= 0 && high < 8 && (high * 16 + low == '=' || !isOfName(high * 16 + low))) {
                return i + ESCAPED.length();
            }
        }
        return start;
    }

    /** Where what may belong to the name before an at sign begins. */
    private static int name(CharSequence text, int at) {
        int start = at;
        while (start > 0 && at - start < LONGEST_NAME) {
            int character = Character.codePointBefore(text, start);
            if (!isOfName(character)) {
                break;
            }
            start -= Character.charCount(character);
        }
        return start;
    }

    /** Where a character stands last; -1: nowhere. */
    private static int last(CharSequence text, char character, int from, int to) {
        for (int i = to - 1; i >= from; i--) {
            if (text.charAt(i) == character) {
                return i;
            }
        }
        return -1;
    }

    /** The start without marks before it, if anything else is left. */
    private static int unmarked(CharSequence text, int start, int at) {
        int begin = start;
        while (begin < at && MARKS.indexOf(text.charAt(begin)) >= 0) {
            begin++;
        }
        return begin < at ? begin : start;
    }

    private static boolean isOfName(int character) {
        return Character.isLetter(character) || character >= '0' && character <= '9' || OTHERS.indexOf(character) >= 0
                || isMark(character);
    }

    private static boolean isMark(int character) {
        return switch (Character.getType(character)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
            default -> false;
        };
    }
}
