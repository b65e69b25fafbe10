package io.windrow.core.transform.detect;

import com.google.i18n.phonenumbers.PhoneNumberMatch;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.Leniency;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds telephone numbers that are valid in their country, by libphonenumber. */
final class PhoneFinder implements Finder {
    private final PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();
    private final String region;

    PhoneFinder(Optional<String> region) {
        // ZZ: only numbers with a country code.
        this.region = region.map(code -> code.toUpperCase(Locale.ROOT)).orElse("ZZ");
    }

    @Override
    public List<Span> find(String text) {
        List<Span> spans = new ArrayList<>();
        for (PhoneNumberMatch match : numbers.findNumbers(text, region, Leniency.VALID, Long.MAX_VALUE)) {
            spans.add(new Span(match.start() + (opened(match.rawString()) ? 1 : 0), match.end()));
        }
        return spans;
    }

    /** Whether the find begins with a parenthesis of the sentence around it. */
    private static boolean opened(String found) {
        return found.startsWith("(") && found.chars().filter(c -> c == '(').count() > found.chars().filter(c -> c == ')').count();
    }
}
