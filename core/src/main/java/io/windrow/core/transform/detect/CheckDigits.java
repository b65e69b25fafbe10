package io.windrow.core.transform.detect;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The check digits of numbers that states and banks give out. Each method takes what its pattern found. */
final class CheckDigits {
    /** Length of the IBAN by country, from the SWIFT registry. */
    private static final Map<String, Integer> IBAN_LENGTHS = Map.ofEntries(
            Map.entry("AD", 24), Map.entry("AE", 23), Map.entry("AL", 28), Map.entry("AT", 20), Map.entry("AZ", 28),
            Map.entry("BA", 20), Map.entry("BE", 16), Map.entry("BG", 22), Map.entry("BH", 22), Map.entry("BR", 29),
            Map.entry("BY", 28), Map.entry("CH", 21), Map.entry("CR", 22), Map.entry("CY", 28), Map.entry("CZ", 24),
            Map.entry("DE", 22), Map.entry("DK", 18), Map.entry("DO", 28), Map.entry("EE", 20), Map.entry("EG", 29),
            Map.entry("ES", 24), Map.entry("FI", 18), Map.entry("FO", 18), Map.entry("FR", 27), Map.entry("GB", 22),
            Map.entry("GE", 22), Map.entry("GI", 23), Map.entry("GL", 18), Map.entry("GR", 27), Map.entry("GT", 28),
            Map.entry("HR", 21), Map.entry("HU", 28), Map.entry("IE", 22), Map.entry("IL", 23), Map.entry("IQ", 23),
            Map.entry("IS", 26), Map.entry("IT", 27), Map.entry("JO", 30), Map.entry("KW", 30), Map.entry("KZ", 20),
            Map.entry("LB", 28), Map.entry("LC", 32), Map.entry("LI", 21), Map.entry("LT", 20), Map.entry("LU", 20),
            Map.entry("LV", 21), Map.entry("MC", 27), Map.entry("MD", 24), Map.entry("ME", 22), Map.entry("MK", 19),
            Map.entry("MR", 27), Map.entry("MT", 31), Map.entry("MU", 30), Map.entry("NL", 18), Map.entry("NO", 15),
            Map.entry("PK", 24), Map.entry("PL", 28), Map.entry("PS", 29), Map.entry("PT", 25), Map.entry("QA", 29),
            Map.entry("RO", 24), Map.entry("RS", 22), Map.entry("SA", 24), Map.entry("SC", 31), Map.entry("SE", 24),
            Map.entry("SI", 19), Map.entry("SK", 24), Map.entry("SM", 27), Map.entry("ST", 25), Map.entry("SV", 28),
            Map.entry("TL", 23), Map.entry("TN", 24), Map.entry("TR", 26), Map.entry("UA", 29), Map.entry("VA", 22),
            Map.entry("VG", 24), Map.entry("XK", 20), Map.entry("BI", 27), Map.entry("DJ", 27), Map.entry("FK", 18),
            Map.entry("HN", 28), Map.entry("LY", 25), Map.entry("MN", 20), Map.entry("NI", 28), Map.entry("OM", 23),
            Map.entry("RU", 33), Map.entry("SD", 18), Map.entry("SO", 23), Map.entry("YE", 30));

    private static final String DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE";
    /** Values of characters at odd places of a codice fiscale, for 0–9 and A–Z. */
    private static final int[] CODICE_ODD = {
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21,
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23
    };

    private CheckDigits() {}

    /** An IBAN: the country's length and ISO 7064 MOD 97-10. */
    static boolean iban(String found) {
        Integer length = IBAN_LENGTHS.get(found.substring(0, 2).toUpperCase(Locale.ROOT));
        if (length == null) {
            return false;
        }
        String text = Finders.compact(found);
        if (text.length() != length) {
            return false;
        }
        int remainder = 0;
        for (int i = 0; i < text.length(); i++) {
            int value = Character.digit(text.charAt((i + 4) % text.length()), 36);
            remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
        }
        return remainder == 1;
    }

    /** A US social security number in groups: no area 000, 666 or 9xx, no group 00, no serial 0000. It has no check digit. */
    static boolean ssn(String found) {
        String digits = Finders.compact(found);
        String area = digits.substring(0, 3);
        return !area.equals("000") && !area.equals("666") && digits.charAt(0) != '9'
                && !digits.startsWith("00", 3) && !digits.endsWith("0000");
    }

    /** A British national insurance number: prefixes that are not given out are refused. It has no check digit. */
    static boolean nino(String found) {
        String text = Finders.compact(found);
        String prefix = text.substring(0, 2);
        return "DFIQUV".indexOf(prefix.charAt(0)) < 0 && "DFIOQUV".indexOf(prefix.charAt(1)) < 0
                && !Set.of("BG", "GB", "KN", "NK", "NT", "TN", "ZZ").contains(prefix);
    }

    /** A French NIR: 97 minus the number modulo 97; Corsica's 2A counts as 19, 2B as 18. */
    static boolean nir(String found) {
        String text = Finders.compact(found);
        String number = text.substring(0, 13).replace("2A", "19").replace("2B", "18");
        if (!number.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return false;
        }
        int month = Integer.parseInt(text.substring(3, 5));
        boolean plausible = month >= 1 && month <= 12 || month >= 20 && month <= 42 || month >= 50 && month <= 99;
        int key = 97 - new BigInteger(number).mod(BigInteger.valueOf(97)).intValue();
        return plausible && key == Integer.parseInt(text.substring(13));
    }

    /** A Spanish DNI or NIE: the letter is the number modulo 23. */
    static boolean dni(String found) {
        String text = Finders.compact(found);
        String number = switch (text.charAt(0)) {
            case 'X' -> "0" + text.substring(1, 8);
            case 'Y' -> "1" + text.substring(1, 8);
            case 'Z' -> "2" + text.substring(1, 8);
            default -> text.substring(0, 8);
        };
        return DNI_LETTERS.charAt(Integer.parseInt(number) % 23) == text.charAt(8);
    }

    /** An Italian codice fiscale: the sum of its characters' values by place, modulo 26. */
    static boolean codiceFiscale(String found) {
        String text = Finders.compact(found);
        int sum = 0;
        for (int i = 0; i < 15; i++) {
            int value = Character.digit(text.charAt(i), 36);
            sum += i % 2 == 0 ? CODICE_ODD[value] : value > 9 ? value - 10 : value;
        }
        return 'A' + sum % 26 == text.charAt(15);
    }

    /** A German tax number: of its first ten digits one occurs twice or three times, ISO 7064 MOD 11,10. */
    static boolean steuerId(String found) {
        String digits = Finders.compact(found);
        int[] counts = new int[10];
        int product = 10;
        for (int i = 0; i < 10; i++) {
            int digit = digits.charAt(i) - '0';
            counts[digit]++;
            int sum = (digit + product) % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }
        int repeated = 0;
        for (int count : counts) {
            if (count > 3) {
                return false;
            }
            repeated += count > 1 ? 1 : 0;
        }
        int check = 11 - product;
        return repeated == 1 && (check == 10 ? 0 : check) == digits.charAt(10) - '0';
    }

    /** A Dutch BSN by the eleven-test. */
    static boolean bsn(String found) {
        String digits = Finders.compact(found);
        int sum = 0;
        for (int i = 0; i < 8; i++) {
            sum += (9 - i) * (digits.charAt(i) - '0');
        }
        sum -= digits.charAt(8) - '0';
        return sum % 11 == 0 && !digits.equals("000000000");
    }

    /** A Polish PESEL: weights 1, 3, 7, 9 and a month that holds its century. */
    static boolean pesel(String found) {
        int[] weights = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1};
        int sum = 0;
        for (int i = 0; i < 11; i++) {
            sum += weights[i] * (found.charAt(i) - '0');
        }
        int month = Integer.parseInt(found.substring(2, 4)) % 20;
        int day = Integer.parseInt(found.substring(4, 6));
        return sum % 10 == 0 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
    }
}
