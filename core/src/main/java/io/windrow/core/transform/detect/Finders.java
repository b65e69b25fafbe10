package io.windrow.core.transform.detect;

import io.windrow.api.schema.ColumnType;
import io.windrow.core.policy.MaskRule.Detector;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** The finder of each kind of personal data. */
public final class Finders {
    /** What may stand between the groups of a number: spaces that do not break and hyphens of print are as common as the plain ones. */
    private static final String GAPS = " \u00a0\u2007\u2009\u202f\u2010\u2011-";
    private static final String GAP = "[" + GAPS + "]";
    /** The same and a dot, where a check digit or a second one of the same says that it is none of another number. */
    private static final String SPACE = "[." + GAPS + "]?";
    /** What does not begin inside a number; a dot may stand before it that is none of a decimal fraction. */
    private static final String NUMBER = "(?<!\\d)(?<!\\d\\.)";
    /**
     * What does not end inside a number, nor before its decimals: an amount is none of those that are searched. Digits behind a dot
     * that another part follows, as a date does, are no decimals.
     */
    private static final String NUMBER_END = "(?!\\d|\\.\\d++(?![./-]))";
    private static final String WORD = "(?<![A-Za-z\\d])";
    private static final String WORD_END = "(?![A-Za-z\\d])";
    private static final String FOUR = "\\d{1,3}(?:\\.\\d{1,3}){3}";
    /** A colon before an address of version 6 is a label's if what is before the colon cannot be a group. */
    private static final String SIX_BEGIN = "(?=[0-9A-Fa-f]{0,4}:)(?:(?<![A-Za-z\\d:])(?<!\\d\\.)|(?<=[G-Zg-z_]\\w{0,4}:))";

    private Finders() {}

    /** A new finder; {@code region} is the ISO country of phone numbers without a country code. */
    public static Finder of(Detector detector, Optional<String> region) {
        return switch (detector) {
            case EMAIL -> new EmailFinder();
            case CARD -> new CardFinder(CardFinder.Sum.RIGHT);
            case PHONE -> new PhoneFinder(region);
            case IP -> addresses();
            case IBAN -> formed(detector, CheckDigits::iban);
            case SSN -> formed(detector, CheckDigits::ssn);
            case NINO -> formed(detector, CheckDigits::nino);
            case NIR -> formed(detector, CheckDigits::nir);
            case DNI -> formed(detector, CheckDigits::dni);
            case CODICE_FISCALE -> formed(detector, CheckDigits::codiceFiscale);
            case STEUER_ID -> formed(detector, CheckDigits::steuerId);
            case BSN -> formed(detector, CheckDigits::bsn);
            case PESEL -> formed(detector, CheckDigits::pesel);
        };
    }

    /**
     * What looks like personal data of a kind, whether its check digits are right or not.
     *
     * @param finder finds it
     * @param chance of how many such numbers the check digits are right by chance, from 0 to 1
     */
    record Shape(Finder finder, double chance) {}

    /** The shape of a kind that is told by check digits; empty: by something that chance does not hit often. */
    static Optional<Shape> shape(Detector detector) {
        return switch (detector) {
            case CARD -> Optional.of(new Shape(new CardFinder(CardFinder.Sum.ANY), 0.1));
            case STEUER_ID, PESEL -> Optional.of(new Shape(formed(detector, any -> true), 0.1));
            case BSN -> Optional.of(new Shape(formed(detector, any -> true), 1 / 11.0));
            case DNI -> Optional.of(new Shape(formed(detector, any -> true), 1 / 23.0));
            case IBAN, NIR -> Optional.of(new Shape(formed(detector, any -> true), 1 / 97.0));
            case EMAIL, PHONE, IP, SSN, NINO, CODICE_FISCALE -> Optional.empty();
        };
    }

    /** The finder of what has a form of its own, and passes a check besides. */
    private static Finder formed(Detector detector, Predicate<String> check) {
        return switch (detector) {
            case IBAN -> new PatternFinder(
                    "(?:" + WORD + "|(?<=[Ii][Bb][Aa][Nn]))[A-Za-z]{2}\\d{2}(?:" + GAP + "?[A-Za-z\\d]{4}){2,7}(?:" + GAP + "?[A-Za-z\\d]{1,3})?" + WORD_END,
                    2, 15, check);
            case SSN -> new PatternFinder(
                    "(?<!\\d)(?<!\\d-)\\d{3}" + GAP + "\\d{2}" + GAP + "\\d{4}(?!-?\\d)", 9, check);
            case NINO -> new PatternFinder(
                    WORD + "[A-Za-z]{2}(?:" + GAP + "?\\d{2}){3}" + GAP + "?[A-Da-d]" + WORD_END, 6, check);
            case NIR -> new PatternFinder(
                    "(?<!\\d\\.)" + WORD + "[123478]#\\d{2}#\\d{2}#(?:\\d{2}|2[ABab])#\\d{3}#\\d{3}#\\d{2}".replace("#", GAP + "?") + WORD_END + NUMBER_END,
                    14, check);
            case DNI -> new PatternFinder(
                    WORD + "(?:\\d\\d|[XYZxyz]#\\d)(#)\\d{3}\\1\\d{3}#[A-Za-z]".replace("#", SPACE) + WORD_END, 7, check);
            case CODICE_FISCALE -> new PatternFinder(
                    WORD + "[A-Za-z]{3}#[A-Za-z]{3}#[\\dL-Vl-v]{2}#[A-EHLMPR-Ta-ehlmpr-t]#[\\dL-Vl-v]{2}#[A-Za-z][\\dL-Vl-v]{3}#[A-Za-z]"
                            .replace("#", SPACE) + WORD_END,
                    0, check);
            case STEUER_ID -> new PatternFinder(
                    NUMBER + "[1-9]\\d(?:" + GAP + "?\\d{3}){3}" + NUMBER_END, 11, check);
            case BSN -> new PatternFinder(
                    NUMBER + "(?:\\d{4}(#)\\d\\d\\1\\d{3}|\\d{3}(#)\\d{3}\\2\\d{3})".replace("#", SPACE) + NUMBER_END, 9, check);
            case PESEL -> new PatternFinder(NUMBER + "\\d{11}" + NUMBER_END, 11, check);
            case EMAIL, CARD, PHONE, IP -> throw new IllegalArgumentException("No one form: " + detector);
        };
    }

    private static Finder addresses() {
        Finder finder = new PatternFinder(
                "(?:(?=\\d)(?<![A-Za-z\\d])(?<!\\d\\.)" + FOUR + "|" + SIX_BEGIN
                        + "[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:" + FOUR + ")?)(?![A-Za-z\\d]|\\.\\d)",
                0, 2, Addresses::valid);
        return text -> Addresses.possible(text) ? finder.find(text) : List.of();
    }

    /** Whether values of a type are searched: text and JSON, also inside lists and structures. */
    public static boolean search(ColumnType type) {
        return switch (type) {
            case ColumnType.Text ignored -> true;
            case ColumnType.Json ignored -> true;
            case ColumnType.ListOf list -> search(list.element().type());
            case ColumnType.Struct struct -> struct.fields().stream().anyMatch(field -> search(field.type()));
            default -> false;
        };
    }

    /** Whether a character may stand between the groups of a number. */
    static boolean isGap(char character) {
        return GAPS.indexOf(character) >= 0;
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
