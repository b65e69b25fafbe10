package io.windrow.core.transform.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.core.policy.MaskRule.Detector;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FindersTest {
    @ParameterizedTest
    @CsvSource({
        "EMAIL, ada.lovelace+x@example.co.uk",
        "EMAIL, ıŞık@örnek.com.tr",
        "EMAIL, a@xn--bcher-kva.xn--p1ai",
        "EMAIL, jose\u0301@x.com",
        "EMAIL, a@b.c.d.e.f.g.museum",
        "EMAIL, mary.o'brien@example.com",
        "EMAIL, ada!#$%*+^_`~'x-@example.com",
        "CARD, 4111 1111 1111 1111",
        "CARD, 5500-0000-0000-0004",
        "CARD, 378282246310005",
        "CARD, 4111\u00a01111\u00a01111\u00a01111",
        "IBAN, DE89370400440532013000",
        "IBAN, GB29 NWBK 6016 1331 9268 19",
        "IBAN, no9386011117947",
        "IBAN, NO93 8601 1117 947",
        "IBAN, ES9121000418450200051332",
        "IBAN, ES91\u202f2100\u202f0418\u202f4502\u202f0005\u202f1332",
        "IBAN, BE68539007547034",
        "PHONE, +49 30 901820",
        "PHONE, +1 (650) 253-0000",
        "IP, 192.168.0.1",
        "IP, 2001:db8::8a2e:370:7334",
        "IP, ::ffff:10.0.0.1",
        "SSN, 536-90-4399",
        "NINO, AB 12 34 56 C",
        "NIR, 1 85 05 78 006 084 91",
        "NIR, 180032A00200163",
        "NIR, 4 85 05 78 006 084 38",
        "DNI, 12345678Z",
        "DNI, X1234567L",
        "DNI, 12.345.678-Z",
        "DNI, 12345678 Z",
        "DNI, 12 345 678 z",
        "DNI, X 1234567 L",
        "DNI, X-1.234.567-L",
        "CODICE_FISCALE, RSSMRA85T10A562S",
        "CODICE_FISCALE, RSSMRA85T10A56NH",
        "CODICE_FISCALE, RSSMRAURTMLARSNL",
        "CODICE_FISCALE, RSS MRA 85T10 A562 S",
        "CODICE_FISCALE, RSSMRA 85T10A562S",
        "STEUER_ID, 86095742719",
        "STEUER_ID, 47 036 892 816",
        "BSN, 111222333",
        "BSN, 1234 56 782",
        "BSN, 1234.56.782",
        "BSN, 123-456-782",
        "PESEL, 44051401359"
    })
    void aGoodOneIsFoundAloneAndInsideASentence(Detector detector, String good) {
        Finder finder = Finders.of(detector, Optional.empty());
        assertThat(finder.find(good)).containsExactly(new Finder.Span(0, good.length()));
        String sentence = "paid by (" + good + "), thanks";
        assertThat(finder.find(sentence)).containsExactly(new Finder.Span(9, 9 + good.length()));
        for (String after : List.of("", ".", " 12/27", " 123", " 4", " paid", " to", " a b c", ":8080", "-old", "_", " 5500-0000-0000-0004")) {
            for (String before : List.of("", "nr.", "Nr. ", "client:", "12 ", "x=")) {
                if (detector != Detector.PHONE || after.isEmpty() || after.equals(".") || after.startsWith(" p")) {
                    assertThat(finder.find(before + good + after)).as("<%s> %s <%s>", before, good, after).anyMatch(span ->
                            span.start() <= before.length() && span.end() >= before.length() + good.length());
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "CARD, 4111111111111111", "PESEL, 44051401359", "BSN, 111222333", "STEUER_ID, 86095742719", "NIR, 185057800608491"
    })
    void aDateOrAVersionBehindADotMakesNoDecimals(Detector detector, String good) {
        for (String after : List.of(".12/26", ".04.2027", ".1-2")) {
            assertThat(Finders.of(detector, Optional.empty()).find(good + after)).as(after).contains(new Finder.Span(0, good.length()));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "EMAIL, ada@localhost",
        "EMAIL, @example.com",
        "CARD, 4111 1111 1111 1112",
        "CARD, 0000 0000 0000 0000",
        "CARD, 41111111111111111111111111",
        "CARD, 0.4111111111111111",
        "IBAN, DE88370400440532013000",
        "IBAN, DE8937040044053201300",
        "PHONE, 030 901820",
        "PHONE, 12345",
        "IP, 256.1.1.1",
        "IP, 1.2.3.4.5",
        "IP, 12:30:45",
        "IP, std::vector",
        "IP, a1.2.3.4:x",
        "IP, node::std::vector",
        "SSN, 666-90-4399",
        "SSN, 536-00-4399",
        "SSN, 536904399",
        "NINO, BG123456A",
        "NINO, AB123456E",
        "NIR, 1 85 05 78 006 084 92",
        "DNI, 12345678A",
        "DNI, 12.345.678-A",
        "DNI, 112.345.678-Z",
        "CODICE_FISCALE, RSSMRA85T10A562T",
        "CODICE_FISCALE, RSSMRAURTMLARSNM",
        "STEUER_ID, 86095742718",
        "STEUER_ID, 12345678903",
        "BSN, 111222334",
        "BSN, 1234.56.783",
        "CODICE_FISCALE, RSS MRA 85T10 A562 T",
        "PESEL, 44051401358",
        "PESEL, 44131401351",
        "PESEL, 3.44051401359",
        "PESEL, 44051401359.5",
        "BSN, 0.123456782",
        "BSN, 123456782.50",
        "BSN, -123456782.50",
        "STEUER_ID, 3.86095742719",
        "STEUER_ID, 86095742719.00",
        "NIR, 0.185057800608491",
        "NIR, 185057800608491.25",
        "CARD, 400000000002.50",
        "CARD, 4111111111111111.00"
    })
    void whatOnlyLooksLikeItIsLeftAlone(Detector detector, String bad) {
        assertThat(Finders.of(detector, Optional.empty()).find(bad)).isEmpty();
        assertThat(Finders.of(detector, Optional.empty()).find("x " + bad + " y")).isEmpty();
    }

    @Test
    void aNumberWithoutCountryCodeIsAPhoneNumberInItsRegion() {
        assertThat(Finders.of(Detector.PHONE, Optional.of("de")).find("call 030 901820 now"))
                .containsExactly(new Finder.Span(5, 15));
    }

    @Test
    void aQuoteBeforeANameEnclosesItAndALabelMayTouchAnIban() {
        assertThat(Finders.of(Detector.EMAIL, Optional.empty()).find("'ada@example.com'")).containsExactly(new Finder.Span(1, 16));
        assertThat(Finders.of(Detector.IBAN, Optional.empty()).find("IBANDE89370400440532013000"))
                .containsExactly(new Finder.Span(4, 26));
    }

    @Test
    void severalAreAllFound() {
        assertThat(Finders.of(Detector.EMAIL, Optional.empty()).find("a@b.de, c@d.de;e@f.de"))
                .isEqualTo(List.of(new Finder.Span(0, 6), new Finder.Span(8, 14), new Finder.Span(15, 21)));
    }

    @ParameterizedTest
    @CsvSource({
        "https://x.com/?email=ann.lee%40example.com&b=2, ann.lee%40example.com",
        "https://x.com/?to=https%3A%2F%2Fy.com%2F%3Fmail%3Dann%2Blee%40example.co.uk%26b, ann%2Blee%40example.co.uk",
        "mailto:ann.lee%40example.com, ann.lee%40example.com",
        "j%C3%BCrgen%40example.com, j%C3%BCrgen%40example.com"
    })
    void anAddressOfAUrlIsFoundWithItsAtSignEscaped(String url, String address) {
        int start = url.indexOf(address);
        assertThat(Finders.of(Detector.EMAIL, Optional.empty()).find(url))
                .contains(new Finder.Span(start, start + address.length()));
        for (String none : List.of("100%40 of", "50%401.5", "%40example.com", "a%40", "a%4")) {
            assertThat(Finders.of(Detector.EMAIL, Optional.empty()).find(none)).as(none).isEmpty();
        }
    }

    /** What a token is made of may not hang on what stands around it. */
    @ParameterizedTest
    @ValueSource(strings = {
        "user=%s", "to==%s", "user='%s'", "?email=%s", "?a=1&email=%s&b=2", "a|%s|b", "{%s}", "**%s**", "`%s`", "inbox/%s", "#%s",
        "c@d.de=%s", "c@d.de/%s|e@f.de"
    })
    void anAddressIsTheSameWhateverSeparatesIt(String around) {
        for (String address : List.of("bob@x.com", "mary.o'brien@example.com")) {
            String text = around.formatted(address);
            int start = text.indexOf(address);
            assertThat(Finders.of(Detector.EMAIL, Optional.empty()).find(text))
                    .contains(new Finder.Span(start, start + address.length()));
        }
    }

    @Test
    void whatStandsBeforeAnEqualsSignStaysUnlessItMayBeHalfOfAnAddress() {
        Finder finder = Finders.of(Detector.EMAIL, Optional.empty());
        assertThat(finder.find("user=bob@x.com")).containsExactly(new Finder.Span(5, 14));
        assertThat(finder.find("bounces+bob=x.com@list.com")).containsExactly(new Finder.Span(0, 11), new Finder.Span(12, 26));
        assertThat(finder.find("SRS0=HH=TT=x.com=bob@y.com")).containsExactly(new Finder.Span(0, 16), new Finder.Span(17, 26));
        assertThat(finder.find("bob=@x.com")).containsExactly(new Finder.Span(0, 10));
    }

    /** What a text costs is how often a finder looks at a character of it, copies included. */
    @Tag("slow")
    @ParameterizedTest
    @EnumSource(Detector.class)
    void theCostOfHostileTextGrowsAsItsLength(Detector detector) {
        Finder finder = Finders.of(detector, Optional.of("US"));
        for (String unit : List.of(
                "1", "a", "1 ", "a@", "1:", "A1", "1-", "@", "a.", "a@a.", "::a1.2.3.4 ", ":", ".", "f:", "(", "+", "+1",
                "DE12 ", "4111 1111 1111 1111 ", "1 85 05 78 006 084 9", "AB 12 34 56 ", "RSSMRA85T10", "12345678-", "X",
                "2012-01-02 08", "2012-01-02 08 x ", "1/1/1 ", "650 253-000", "1 x 1 ", "\u00a01", "a@" + "b.".repeat(40))) {
            long once = cost(finder, unit, LENGTH);
            long twice = cost(finder, unit, 2 * LENGTH);
            assertThat(twice).as("%s in %s", detector, unit).isBetween(once, once * 22 / 10 + LENGTH);
            assertThat(once).as("%s in %s", detector, unit).isLessThan(LENGTH * LOOKS);
        }
    }

    private static final int LENGTH = 10_000;
    private static final int LOOKS = 2_000;

    private static long cost(Finder finder, String unit, int length) {
        AtomicLong looks = new AtomicLong();
        Counted text = new Counted(unit.repeat(length / unit.length() + 1).substring(0, length), looks);
        assertThat(finder.find(text)).hasSizeLessThan(length / 2);
        return looks.get();
    }

    /** A text that counts how many of its characters are asked for. */
    private record Counted(String text, AtomicLong looks) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            looks.incrementAndGet();
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            looks.addAndGet(end - start);
            return new Counted(text.substring(start, end), looks);
        }

        @Override
        public String toString() {
            looks.addAndGet(text.length());
            return text;
        }
    }

    @Test
    void aPhoneNumberIsFoundWhereverItStandsInALongText() {
        Finder finder = Finders.of(Detector.PHONE, Optional.of("DE"));
        String number = "+49 30 901820";
        for (String filler : List.of("word ", "7 ", "-", "x", "\uD835\uDFCF", "(")) {
            for (int before : List.of(0, 2_040, 4_080, 4_090, 4_096, 4_099, 5_110, 8_190, 9_000)) {
                String start = filler.repeat(before / filler.length() + 1).substring(0, before);
                String text = start + " at " + number + " or " + filler.repeat(3_000);
                int at = start.length() + 4;
                assertThat(finder.find(text)).as("after %d of %s", before, filler).anyMatch(
                        span -> span.start() <= at && span.end() >= at + number.length());
            }
        }
    }

    /** Each document that breaks off is searched once as its parts, and once more as it is written. */
    @Test
    void theCostOfDocumentsInDocumentsGrowsAsTheirLengthTimesTheirDepth() {
        String document = "x".repeat(1_000);
        for (int depth = 1; depth < 12; depth++) {
            document = "[\"" + document.replace("\\", "\\\\").replace("\"", "\\\"") + "\", \"y\"";
            AtomicLong searched = new AtomicLong();
            JsonTexts.of(document, part -> {
                searched.addAndGet(part.length());
                return Optional.of(part);
            });
            assertThat(searched.get()).as("depth %d", depth).isBetween((long) document.length(), (depth + 1L) * document.length());
        }
    }
}
