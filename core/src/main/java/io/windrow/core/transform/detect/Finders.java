package io.windrow.core.transform.detect;

import io.windrow.core.policy.MaskRule.Detector;
import java.util.Locale;
import java.util.Optional;

/** The finder of each kind of personal data. */
public final class Finders {
    private Finders() {}

    /** A new finder; {@code region} is the ISO country of phone numbers without a country code. */
    public static Finder of(Detector detector, Optional<String> region) {
        return switch (detector) {
            case EMAIL -> new PatternFinder("(?<![\\p{L}\\d_.+-])[\\p{L}\\d_][\\p{L}\\d_.+-]{0,63}@(?:[\\p{L}\\d](?:[\\p{L}\\d-]{0,61}[\\p{L}\\d])?\\.)+\\p{L}{2,63}(?![\\w-])",
                    found -> true);
            case CARD -> new PatternFinder("(?<![\\d.])\\d(?:[ -]?\\d){11,18}(?![\\d])", CheckDigits::card);
            case IBAN -> new PatternFinder(
                    "(?<![A-Za-z\\d])[A-Za-z]{2}\\d{2}(?: ?[A-Za-z\\d]{4}){2,7}(?: ?[A-Za-z\\d]{1,3})?(?![A-Za-z\\d])",
                    CheckDigits::iban);
            case PHONE -> new PhoneFinder(region);
            case IP -> new PatternFinder(
                    "(?<![\\w.:])(?:\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:\\d{1,3}(?:\\.\\d{1,3}){3})?)(?![\\w:]|\\.\\d)",
                    Addresses::valid);
            case SSN -> new PatternFinder("(?<![\\d-])\\d{3}[- ]\\d{2}[- ]\\d{4}(?![\\d-])", CheckDigits::ssn);
            case NINO -> new PatternFinder(
                    "(?<![A-Za-z\\d])[A-Za-z]{2} ?\\d{2} ?\\d{2} ?\\d{2} ?[A-Da-d](?![A-Za-z\\d])", CheckDigits::nino);
            case NIR -> new PatternFinder(
                    "(?<![\\dA-Za-z])[12378] ?\\d{2} ?\\d{2} ?(?:\\d{2}|2[ABab]) ?\\d{3} ?\\d{3} ?\\d{2}(?![\\dA-Za-z])",
                    CheckDigits::nir);
            case DNI -> new PatternFinder("(?<![\\dA-Za-z])(?:\\d{8}|[XYZxyz]-?\\d{7})-?[A-Za-z](?![\\dA-Za-z])", CheckDigits::dni);
            case CODICE_FISCALE -> new PatternFinder(
                    "(?<![\\dA-Za-z])[A-Za-z]{6}[\\dL-Vl-v]{2}[A-EHLMPR-Ta-ehlmpr-t][\\dL-Vl-v]{2}[A-Za-z][\\dL-Vl-v]{3}[A-Za-z](?![\\dA-Za-z])",
                    CheckDigits::codiceFiscale);
            case STEUER_ID -> new PatternFinder("(?<!\\d)[1-9]\\d(?: ?\\d{3}){3}(?!\\d)", CheckDigits::steuerId);
            case BSN -> new PatternFinder("(?<![\\d.])\\d{9}(?!\\d)", CheckDigits::bsn);
            case PESEL -> new PatternFinder("(?<!\\d)\\d{11}(?!\\d)", CheckDigits::pesel);
        };
    }

    /** Letters and digits of a find, upper case. */
    static String compact(String found) {
        StringBuilder out = new StringBuilder(found.length());
        for (int i = 0; i < found.length(); i++) {
            if (Character.isLetterOrDigit(found.charAt(i))) {
                out.append(found.charAt(i));
            }
        }
        return out.toString().toUpperCase(Locale.ROOT);
    }
}
