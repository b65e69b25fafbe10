package io.windrow.core.transform.detect;

import com.google.i18n.phonenumbers.PhoneNumberMatch;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.Leniency;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds telephone numbers that are valid in their country, by libphonenumber. The library looks at the rest of the text for
 * every number that could be a time, so it gets a long text in parts, which begin with words and overlap by more than any
 * number is long.
 */
final class PhoneFinder implements Finder {
    private static final int PART = 4096;
    /** More than 20 groups of 20 digits with what may stand between them, around them and before an extension. */
    private static final int OVERLAP = 1024;

    private final PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();
    private final String region;

    PhoneFinder(Optional<String> region) {
        // ZZ: only numbers with a country code.
        this.region = region.map(code -> code.toUpperCase(Locale.ROOT)).orElse("ZZ");
    }

    @Override
    public List<Span> find(CharSequence text) {
        List<Span> spans = new ArrayList<>();
        for (int from = 0, next; from < text.length(); from = next) {
            next = next(text, from);
            CharSequence part = text.subSequence(from, Math.min(text.length(), next + OVERLAP));
            for (PhoneNumberMatch match : numbers.findNumbers(part, region, Leniency.VALID, Long.MAX_VALUE)) {
                int start = from + match.start() + (opened(match.rawString()) ? 1 : 0);
                if (start < next) {
                    Span.join(spans, new Span(start, from + match.end()));
                }
            }
        }
        return spans;
    }

    /** Where the next part begins: with a word, if there is one, since no number goes on in it. */
    private static int next(CharSequence text, int from) {
        int last = from + PART;
        if (last >= text.length()) {
            return text.length();
        }
        for (int at = last; at > from + PART / 2; at--) {
            if (Character.isLetter(text.charAt(at)) && Character.isWhitespace(text.charAt(at - 1))) {
                return at;
            }
        }
        return Character.isLowSurrogate(text.charAt(last)) ? last - 1 : last;
    }

    /** Whether the find begins with a parenthesis of the sentence around it. */
    private static boolean opened(String found) {
        return found.startsWith("(") && found.chars().filter(c -> c == '(').count() > found.chars().filter(c -> c == ')').count();
    }
}
