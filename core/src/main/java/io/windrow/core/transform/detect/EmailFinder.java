package io.windrow.core.transform.detect;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds e-mail addresses from their at signs: what may stand before one belongs to the address, after it must come a domain
 * with a dot. A text without an at sign costs one look for it.
 */
final class EmailFinder implements Finder {
    private static final int LONGEST_NAME = 64;
    private static final int LONGEST_DOMAIN = 253;
    /** What RFC 5322 allows in a name beside letters and digits; what is left out of a name would go out in clear. */
    private static final String OTHERS = "_.+-!#$%&'*/=?^`{|}~";
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
            int start = name(text, at);
            if (start < at && domain.region(at + 1, Math.min(text.length(), at + 1 + LONGEST_DOMAIN)).lookingAt()) {
                Span.join(spans, new Span(start, domain.end()));
            }
        }
        return spans;
    }

    /** The next at sign, or the end. */
    private static int at(CharSequence text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) != '@') {
            at++;
        }
        return at;
    }

    /** Where the name before an at sign begins; a quote before it encloses it. */
    private static int name(CharSequence text, int at) {
        int start = at;
        while (start > 0 && at - start < LONGEST_NAME) {
            int character = Character.codePointBefore(text, start);
            if (!isOfName(character)) {
                break;
            }
            start -= Character.charCount(character);
        }
        return start < at && (text.charAt(start) == '\'' || text.charAt(start) == '`') ? start + 1 : start;
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
