package io.windrow.core.transform.detect;

import io.windrow.api.schema.ColumnType;
import io.windrow.core.policy.MaskRule.Detector;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The finder of each kind of personal data. */
public final class Finders {
    /** What may stand between the groups of a number: spaces that do not break and hyphens of print are as common as the plain ones. */
    private static final String GAPS = " \u00a0\u2007\u2009\u202f\u2010\u2011-";
    private static final String GAP = "[" + GAPS + "]";
    /** The same and a dot, where a check digit or a second one of the same says that it is none of another number. */
    private static final String SPACE = "[." + GAPS + "]?";
    /** What does not begin inside a number; a dot may stand before it that is none of a decimal fraction. */
    private static final String NUMBER = "(?<!\\d)(?<!\\d\\.)";
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
            case CARD -> new CardFinder();
            case IBAN -> new PatternFinder(
                    "(?:" + WORD + "|(?<=[Ii][Bb][Aa][Nn]))[A-Za-z]{2}\\d{2}(?:" + GAP + "?[A-Za-z\\d]{4}){2,7}(?:" + GAP + "?[A-Za-z\\d]{1,3})?" + WORD_END,
                    2, 15, CheckDigits::iban);
            case PHONE -> new PhoneFinder(region);
            case IP -> addresses();
            case SSN -> new PatternFinder(
                    "(?<!\\d)(?<!\\d-)\\d{3}" + GAP + "\\d{2}" + GAP + "\\d{4}(?!-?\\d)", 9, CheckDigits::ssn);
            case NINO -> new PatternFinder(
                    WORD + "[A-Za-z]{2}(?:" + GAP + "?\\d{2}){3}" + GAP + "?[A-Da-d]" + WORD_END, 6, CheckDigits::nino);
            case NIR -> new PatternFinder(
                    WORD + "[123478]#\\d{2}#\\d{2}#(?:\\d{2}|2[ABab])#\\d{3}#\\d{3}#\\d{2}".replace("#", GAP + "?") + WORD_END,
                    14, CheckDigits::nir);
            case DNI -> new PatternFinder(
                    WORD + "(?:\\d\\d|[XYZxyz]#\\d)(#)\\d{3}\\1\\d{3}#[A-Za-z]".replace("#", SPACE) + WORD_END, 7, CheckDigits::dni);
            case CODICE_FISCALE -> new PatternFinder(
                    WORD + "[A-Za-z]{3}#[A-Za-z]{3}#[\\dL-Vl-v]{2}#[A-EHLMPR-Ta-ehlmpr-t]#[\\dL-Vl-v]{2}#[A-Za-z][\\dL-Vl-v]{3}#[A-Za-z]"
                            .replace("#", SPACE) + WORD_END,
                    0, CheckDigits::codiceFiscale);
            case STEUER_ID -> new PatternFinder(
                    "(?<!\\d)[1-9]\\d(?:" + GAP + "?\\d{3}){3}(?!\\d)", 11, CheckDigits::steuerId);
            case BSN -> new PatternFinder(
                    NUMBER + "(?:\\d{4}(#)\\d\\d\\1\\d{3}|\\d{3}(#)\\d{3}\\2\\d{3})(?!\\d)".replace("#", SPACE), 9, CheckDigits::bsn);
            case PESEL -> new PatternFinder("(?<!\\d)\\d{11}(?!\\d)", 11, CheckDigits::pesel);
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
