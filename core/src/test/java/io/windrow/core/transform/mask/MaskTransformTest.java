package io.windrow.core.transform.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Operation;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.Presence;
import io.windrow.api.batch.Rejected;
import io.windrow.api.config.Origin;
import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.NamedIds;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.core.contract.SchemaDiff;
import io.windrow.core.policy.MaskRule;
import io.windrow.core.policy.MaskRule.Alphabet;
import io.windrow.core.policy.MaskRule.Detector;
import io.windrow.core.policy.MaskRule.Method;
import io.windrow.core.policy.MaskRule.Truncation;
import io.windrow.core.transform.PolicyDigest;
import io.windrow.core.transform.Hiding;
import io.windrow.core.transform.Rows;
import io.windrow.core.transform.detect.PersonalData;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.bouncycastle.crypto.fpe.FPEFF1Engine;
import org.bouncycastle.crypto.params.FPEParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MaskTransformTest {
    private static final String KEY = "0123456789abcdef0123456789abcdef";
    private static final StreamSchema SCHEMA = new StreamSchema(
            new StreamName("shop", "people"), 1,
            List.of(
                    column(1, "id", new ColumnType.Int(64, true), false),
                    column(2, "email", new ColumnType.Text(), true),
                    column(3, "born", new ColumnType.Date(), true),
                    column(4, "seen", new ColumnType.Timestamp(true), true),
                    column(5, "balance", new ColumnType.Decimal(12, 2), true),
                    column(6, "note", new ColumnType.Text(), true),
                    column(7, "score", new ColumnType.Float(64), true)),
            List.of("id"));

    private final RootAllocator allocator = new RootAllocator(64 << 20);

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    @Test
    void hmacIsTheHmacThatEveryOtherToolComputes() throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(KEY.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        byte[] expected = mac.doFinal("ada@example.com".getBytes(StandardCharsets.UTF_8));
        assertThat(masked("email", rule("email", Method.HMAC))).containsExactly(HexFormat.of().formatHex(expected), null);
        assertThat(masked("email", rule("email", Method.TOKEN)))
                .containsExactly(Base64.getUrlEncoder().withoutPadding().encodeToString(java.util.Arrays.copyOf(expected, 16)), null);
    }

    @Test
    void aValueGivesTheSameTokenWhateverItsType() {
        byte[] target = new byte[Hmac.LENGTH];
        for (String[] expected : new String[][] {
            {"id", "7"}, {"balance", "12.5"}, {"born", "1815-12-10"}, {"seen", "2024-02-29T12:30:00.250Z"}
        }) {
            byte[] text = expected[1].getBytes(StandardCharsets.UTF_8);
            new Hmac(KEY.getBytes(StandardCharsets.UTF_8)).of(text, text.length, target);
            assertThat(masked(expected[0], rule(expected[0], Method.HMAC)).getFirst())
                    .isEqualTo(HexFormat.of().formatHex(target));
        }
    }

    @Test
    void withAPreviousKeyBothTokensAreDelivered() {
        MaskRule rule = rule("email", Method.TOKEN);
        MaskRule rotated = new MaskRule(
                rule.field(), List.of(), Method.TOKEN, Optional.of(Secret.of("another key of 32 bytes, longer.")),
                rule.key(), 0, 4, Truncation.MONTH, Alphabet.DIGITS, "***", Optional.empty(), Origin.NONE);
        assertThat(masked("email_previous", rotated)).isEqualTo(masked("email", rule));
        assertThat(masked("email", rotated)).isNotEqualTo(masked("email", rule));
    }

    @Test
    void redactNullPartialAndTruncateLeaveNothingOfTheValueButWhatTheySay() {
        assertThat(masked("email", rule("email", Method.REDACT))).containsExactly("***", null);
        assertThat(masked("balance", rule("balance", Method.REDACT))).containsExactly("***", null);
        assertThat(masked("score", rule("score", Method.NULL))).containsExactly(null, null);
        assertThat(masked("email", rule("*.email", Method.PARTIAL))).containsExactly("***********.com", null);
        assertThat(masked("born", rule("shop.people.born", Method.TRUNCATE))).containsExactly("-56279", null);
        assertThat(masked("seen", rule("se*", Method.TRUNCATE))).containsExactly("1706745600000000", null);
    }

    @Test
    void aShortTextKeepsNothing() {
        assertThat(new Partial(0, 4).of("1234567")).isEqualTo("*******");
        assertThat(new Partial(1, 4).of("𝒜123456789B")).isEqualTo("𝒜******789B");
    }

    @Test
    void formatPreservingKeepsTheFormAndCanBeToldApart() {
        FormatPreserving digits = new FormatPreserving(Alphabet.DIGITS, KEY.getBytes(StandardCharsets.UTF_8));
        assertThat(digits.of("4111-1111 1111/1111")).matches("\\d{4}-\\d{4} \\d{4}/\\d{4}").isNotEqualTo("4111-1111 1111/1111");
        assertThat(java.util.stream.IntStream.range(0, 2_000).mapToObj(i -> digits.of("00" + (1_000_000 + i))).distinct())
                .hasSize(2_000);
    }

    /** What is outside of the alphabet would stay as it is: of a name with a number all but the number. */
    @Test
    void formatPreservingRefusesLettersAndDigitsOutsideOfItsAlphabet() {
        byte[] key = KEY.getBytes(StandardCharsets.UTF_8);
        FormatPreserving digits = new FormatPreserving(Alphabet.DIGITS, key);
        FormatPreserving lower = new FormatPreserving(Alphabet.LOWER_ALPHANUMERIC, key);
        for (String text : List.of("John Smith 1234567", "1234567x", "1234567 \u0667", "1234567\u00bd", "1234567\u0301", "1234567 \ud835\udc9c")) {
            assertThatThrownBy(() -> digits.of(text)).as(text).isInstanceOf(WindrowException.class)
                    .hasMessageContaining("outside of the alphabet digits").hasMessageNotContaining("1234567");
        }
        assertThatThrownBy(() -> lower.of("ada Lovelace")).hasMessageContaining("lower_alphanumeric");
        assertThat(digits.of("+49 (30) 1234-567/8.9_\u00a0#\u20ac")).matches("\\+\\d\\d \\(\\d\\d\\) \\d{4}-\\d{3}/\\d\\.\\d_\u00a0#\u20ac");
        assertThat(lower.of("ada lovelace, 1815!")).matches("[a-z0-9]{3} [a-z0-9]{8}, [a-z0-9]{4}!");
    }

    @Test
    void aLongTextIsEncryptedInBlocksAndCanBeToldApartInEach() {
        FormatPreserving digits = new FormatPreserving(Alphabet.DIGITS, KEY.getBytes(StandardCharsets.UTF_8));
        String text = "1234567890".repeat(200);
        String one = digits.of(text);
        assertThat(one).hasSize(2_000).matches("\\d+");
        assertThat(one.substring(0, 500)).as("equal blocks").isNotEqualTo(one.substring(500, 1_000));
        for (int at : List.of(0, 499, 500, 1_999)) {
            String other = digits.of(text.substring(0, at) + "5" + text.substring(at + 1));
            assertThat(other.equals(one)).as("changed at %d", at).isEqualTo(text.charAt(at) == '5');
        }
    }

    @Test
    void aValueTooShortForItsFormatSetsItsRowAsideMasked() {
        try (BoundTransform bound = new MaskTransform(List.of(with("email", Method.FPE))).bind(SCHEMA);
                Batch batch = bound.apply(people())) {
            assertThat(batch.rowCount()).isOne();
            assertThat(batch.rejected()).hasSize(1);
            Rejected aside = batch.rejected().getFirst();
            assertThat(aside.reasons().getFirst().code()).isEqualTo("mask.outside_alphabet");
            assertThat(texts(aside.rows(), aside.schema().indexOf("email"))).containsExactly((String) null);
            assertThat(batch.account().quarantined()).isOne();
        }
    }

    @Test
    void contentIsFoundAndReplacedInsideText() {
        MaskRule rule = detect(Method.REDACT, Detector.EMAIL, Detector.CARD);
        assertThat(masked("note", rule)).containsExactly("pay *** to ***!", "nothing here");
        assertThat(masked("note", detect(Method.NULL, Detector.CARD))).containsExactly(null, "nothing here");
        assertThat(masked("note", detect(Method.PARTIAL, Detector.CARD)))
                .containsExactly("pay ***************1111 to bob@example.com!", "nothing here");
        assertThat(masked("note", detect(Method.FPE, Detector.CARD)).getFirst())
                .matches("pay \\d{4} \\d{4} \\d{4} \\d{4} to bob@example.com!").doesNotContain("4111 1111");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"mail\":\"j\\u00fcrgen@example.com\"} | {\"mail\":\"***\"}",
        "{\"m\" : \"john\\u0040acme.com\", \"n\": [1.50, 2e3, true, null]} | {\"m\":\"***\",\"n\":[1.50,2e3,true,null]}",
        "{\"pan\":4111111111111111} | {\"pan\":\"***\"}",
        "{\"to a@b.de\":[{\"x\":\"at a@b.de, 5500-0000-0000-0004\"}]} | {\"to ***\":[{\"x\":\"at ***, ***\"}]}",
        "\"a@b.de\" | \"***\"",
        "{\"kept\" :  \"7 \\u00e4\", \"n\": 1.0 } | {\"kept\" :  \"7 \\u00e4\", \"n\": 1.0 }",
        "{\"cut\": \"a@b.de | {\"cut\": \"***",
        "{\"in\":\"{\\\"mail\\\":\\\"john\\\\u0040acme.com\\\"}\"} | {\"in\":\"{\\\"mail\\\":\\\"***\\\"}\"}",
        "{\"in\":\"[\\\"{\\\\\\\"pan\\\\\\\":4111111111111111}\\\"]\"} | {\"in\":\"[\\\"{\\\\\\\"pan\\\\\\\":\\\\\\\"***\\\\\\\"}\\\"]\"}",
        "[\"{\\\"kept\\\" : \\\"\\\\u0040\\\"}\"] | [\"{\\\"kept\\\" : \\\"\\\\u0040\\\"}\"]",
        "[\"[0] 4111 1111 1111 1111\"] | [\"[0] ***\"]",
        "[0] 4111 1111 1111 1111 | [0] ***"
    })
    void aJsonDocumentIsSearchedAsWhatItSaysAndComesOutAsJson(String document, String masked) {
        assertThat(nested("doc", document, detect(Method.REDACT, Detector.EMAIL, Detector.CARD))).isEqualTo(masked);
        assertThat(nested("doc", document, detect(Method.NULL, Detector.EMAIL, Detector.CARD)))
                .isEqualTo(masked.contains("***") ? "null" : masked);
    }

    /** A mask and what proposes one look at the same texts. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "doc | {\"m\":\"john\\u0040acme.com\"} | EMAIL",
        "doc | {\"in\":\"{\\\"mail\\\":\\\"john\\\\u0040acme.com\\\"}\"} | EMAIL",
        "doc | {\"a\":\"4111 1111\",\"b\":\"1111 1111\"} | ",
        "doc | {\"a@b.de\":1} | EMAIL",
        "note | {\"m\":\"john\\u0040acme.com\"} | EMAIL",
        "note | \\u0040 a@b.de | EMAIL",
        "tags | john@acme.com | EMAIL",
        "person | john@acme.com | EMAIL"
    })
    void whatProposesAMaskSeesWhatTheMaskSees(String field, String text, @Nullable String found) {
        try (BatchBuilder builder = new BatchBuilder(NESTED, allocator);
                Batch batch = nested(builder, text)) {
            PersonalData data = new PersonalData(Optional.empty());
            data.add(batch, 1);
            assertThat(data.found().stream().filter(one -> one.column().equals(field)).map(one -> one.detector().name()))
                    .isEqualTo(found == null ? List.of() : List.of(found));
        }
    }

    @Test
    void aDocumentOfAnyDepthIsSearchedAsWhatItSays() {
        String deep = "[".repeat(5_000) + "\"john\\u0040acme.com\"" + "]".repeat(5_000);
        assertThat(nested("doc", deep, detect(Method.REDACT, Detector.EMAIL))).contains("[\"***\"]").doesNotContain("acme");
    }

    /** I12: a depth costs as little as five characters for each backslash, and each holds a copy of all that is inside it. */
    @ParameterizedTest
    @CsvSource({"16, ", "17, detect.too_nested", "20, detect.too_nested", "400, detect.too_nested"})
    void documentsInsideEachOtherAreSearchedUpToADepthAndRefusedBeyond(int depth, @Nullable String code) {
        String text = documents(depth);
        for (String field : List.of("doc", "tags", "person", "note")) {
            MaskRule rule = new MaskRule(
                    Optional.of(field), List.of(Detector.EMAIL), Method.REDACT, Optional.empty(), Optional.empty(), 0, 4,
                    Truncation.MONTH, Alphabet.DIGITS, "***", Optional.empty(), Origin.NONE);
            try (BatchBuilder builder = new BatchBuilder(NESTED, allocator);
                    BoundTransform bound = new MaskTransform(List.of(rule)).bind(NESTED);
                    Batch batch = bound.apply(nested(builder, text))) {
                assertThat(batch.rejected().stream().flatMap(aside -> aside.reasons().stream()).map(Rejected.Reason::code))
                        .as(field).isEqualTo(code == null ? List.of() : List.of(code));
                for (Rejected aside : batch.rejected()) {
                    assertThat(aside.reasons().toString()).doesNotContain("acme");
                    assertThat(String.valueOf(texts(aside.rows(), aside.schema().indexOf(field)).getFirst())).doesNotContain("acme");
                }
                if (code == null) {
                    assertThat(texts(batch.arrow(), batch.schema().indexOf(field)).getFirst()).contains("***").doesNotContain("acme");
                }
            }
        }
        try (BatchBuilder builder = new BatchBuilder(NESTED, allocator);
                Batch batch = nested(builder, text)) {
            PersonalData data = new PersonalData(Optional.empty());
            data.add(batch, 1);
            assertThat(data.tooNested().keySet())
                    .isEqualTo(code == null ? Set.of() : Set.of("doc", "tags", "person", "note"));
            assertThat(data.found()).hasSize(code == null ? 4 : 0);
        }
    }

    private static String documents(int depth) {
        String document = "[\"john@acme.com\"]";
        for (int i = 1; i < depth; i++) {
            document = "[\"" + document.replace("\\", "\\u005c").replace("\"", "\\u0022") + "\"]";
        }
        return document;
    }

    @Test
    void textsInsideListsAndStructuresAreSearchedToo() {
        MaskRule rule = detect(Method.REDACT, Detector.EMAIL);
        assertThat(nested("tags", "", rule)).isEqualTo("[\"a\",\"to ***\",null,\"***\"]");
        assertThat(nested("person", "", rule)).isEqualTo("{\"mail\":\"***\",\"age\":7}");
        assertThat(nested("tags", "", detect(Method.NULL, Detector.EMAIL))).isEqualTo("[\"a\",null,null,null]");
        assertThat(nested("tags", "", new MaskRule(
                        Optional.of("tags"), List.of(Detector.EMAIL), Method.FPE, Optional.of(Secret.of(KEY)), Optional.empty(), 0,
                        4, Truncation.MONTH, Alphabet.DIGITS, "***", Optional.empty(), Origin.NONE)))
                .as("the row is set aside").isEmpty();
    }

    private static final StreamSchema NESTED = new StreamSchema(
            new StreamName("app", "nested"), 1,
            List.of(
                    column(1, "id", new ColumnType.Int(64, true), false),
                    column(2, "doc", new ColumnType.Json(), true),
                    column(3, "tags", new ColumnType.ListOf(column(1, "element", new ColumnType.Text(), true)), true),
                    column(4, "person", new ColumnType.Struct(List.of(
                            column(1, "mail", new ColumnType.Text(), true),
                            column(2, "age", new ColumnType.Int(32, true), true))), true),
                    column(5, "note", new ColumnType.Text(), true)),
            List.of("id"));

    private static Batch nested(BatchBuilder builder, String text) {
        builder.set("id", 4_111_111_111_111_111L).set("doc", text).set("tags", List.of("a", text))
                .set("person", Map.of("mail", text, "age", 7)).set("note", text).endRow();
        return builder.build(new Position(1, "{}"));
    }

    private String nested(String column, String document, MaskRule rule) {
        try (BatchBuilder builder = new BatchBuilder(NESTED, allocator);
                BoundTransform bound = new MaskTransform(List.of(rule)).bind(NESTED)) {
            builder.set("id", 1L).setNull("doc").setNull("tags").setNull("person").setNull("note").endRow();
            builder.set("id", 2L).set("doc", document).set("tags", Arrays.asList("a", "to b@c.de", null, "d@e.fr"))
                    .set("person", Map.of("mail", "f@g.it", "age", 7)).set("note", document).endRow();
            try (Batch batch = bound.apply(builder.build(new Position(1, "{}")))) {
                assertThat(batch.schema()).isEqualTo(bound.output());
                List<String> texts = texts(batch.arrow(), batch.schema().indexOf(column));
                assertThat(texts.getFirst()).isNull();
                return texts.size() == 1 ? "" : String.valueOf(texts.getLast());
            }
        }
    }

    @Test
    void aPatternThatFitsNoFieldIsMisspelt() {
        MaskTransform mask = new MaskTransform(List.of(rule("*.emial", Method.REDACT)));
        assertThatThrownBy(() -> mask.check(List.of(SCHEMA), List::of)).isInstanceOfSatisfying(WindrowException.class, error -> {
            assertThat(error.errorCode()).isEqualTo(MaskError.FIELD_UNKNOWN);
            assertThat(error.getMessage()).contains("*.emial", "the nearest is email");
        });
        new MaskTransform(List.of(rule("*.email", Method.REDACT), rule("*o*e", Method.REDACT))).check(List.of(SCHEMA), List::of);
    }

    @Test
    void aFieldThatARuleMissesByTheCaseOfLettersAloneIsRefused() {
        List<Column> columns = new ArrayList<>(SCHEMA.columns());
        columns.add(new Column(90, "EMail", new ColumnType.Text(), true, "text"));
        StreamSchema schema = new StreamSchema(SCHEMA.stream(), 1, columns, SCHEMA.key());
        String stream = SCHEMA.stream().toString();
        for (String field : List.of("email", "*.email", "e*l", SCHEMA.stream().name() + ".email")) {
            assertThatThrownBy(() -> new MaskTransform(List.of(rule(field, Method.REDACT))).check(List.of(schema), List::of))
                    .as(field)
                    .isInstanceOfSatisfying(WindrowException.class, error -> {
                        assertThat(error.errorCode()).isEqualTo(MaskError.FIELD_CASE);
                        assertThat(error.getMessage()).contains(field + " does not name the field " + stream + ".EMail");
                        assertThat(error.remedy()).contains("`field: " + stream + ".EMail`");
                    });
            new MaskTransform(List.of(rule(field, Method.REDACT), rule("*.EMail", Method.NULL))).check(List.of(schema), List::of);
        }
        new MaskTransform(List.of(rule(stream + ".email", Method.REDACT))).check(List.of(schema), List::of);
    }

    @Test
    void aRuleForAStreamThatCannotBeDescribedNowIsTakenForRightAndOneThatNamesNoStreamIsNot() {
        StreamSchema unreadable = new StreamSchema(new StreamName("public", "gone"), 1, List.of(), List.of());
        new MaskTransform(List.of(rule("public.gone.iban", Method.REDACT))).check(List.of(SCHEMA), () -> List.of(unreadable));
        for (String field : List.of("iban", "*.iban", "public.gone", "public.gone2.iban")) {
            MaskTransform mask = new MaskTransform(List.of(rule(field, Method.REDACT)));
            assertThatThrownBy(() -> mask.check(List.of(SCHEMA), () -> List.of(unreadable))).isInstanceOfSatisfying(
                    WindrowException.class, error -> assertThat(error.errorCode()).isEqualTo(MaskError.FIELD_UNKNOWN));
        }
    }

    @Test
    void ofFindsThatOverlapTheFirstRuleTakesTheWhole() {
        BatchBuilder builder = new BatchBuilder(SCHEMA, allocator);
        builder.set("id", 7L).setNull("email").setNull("born").setNull("seen").setNull("balance")
                .set("note", "to DE89 3704 0044 0532 0130 00 now").setNull("score").endRow();
        MaskRule part = detect(Method.REDACT, Detector.BSN, Detector.STEUER_ID, Detector.PHONE, Detector.IBAN);
        try (builder;
                BoundTransform bound = new MaskTransform(List.of(part)).bind(SCHEMA);
                Batch batch = bound.apply(builder.build(new Position(1, "{}")))) {
            assertThat(texts(batch.arrow(), batch.schema().indexOf("note"))).containsExactly("to *** now");
        }
    }

    @Test
    void aCodeWhoseDigitsWereAllReplacedByLettersIsFoundToo() {
        BatchBuilder builder = new BatchBuilder(SCHEMA, allocator);
        builder.set("id", 7L).setNull("email").setNull("born").setNull("seen").setNull("balance")
                .set("note", "code RSSMRAURTMLARSNL of hers").setNull("score").endRow();
        try (builder;
                BoundTransform bound = new MaskTransform(List.of(detect(Method.REDACT, Detector.CODICE_FISCALE))).bind(SCHEMA);
                Batch batch = bound.apply(builder.build(new Position(1, "{}")))) {
            assertThat(texts(batch.arrow(), batch.schema().indexOf("note"))).containsExactly("code *** of hers");
        }
    }

    /** The samples of FF1 that NIST publishes with SP 800-38G: numbers 1, 3 and 7. */
    @ParameterizedTest
    @CsvSource({
        "2B7E151628AED2A6ABF7158809CF4F3C, '', 10, 0123456789, 2433477484",
        "2B7E151628AED2A6ABF7158809CF4F3C, 3737373770717273373737, 36, 0123456789abcdefghi, a9tv40mll9kdu509eum",
        "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94, '', 10, 0123456789, 6657667009"
    })
    void theEngineGivesThePublishedSamples(String key, String tweak, int radix, String plain, String cipher) {
        FPEFF1Engine engine = new FPEFF1Engine();
        engine.init(true, new FPEParameters(
                new KeyParameter(HexFormat.of().parseHex(key)), radix, HexFormat.of().parseHex(tweak)));
        byte[] numerals = new byte[plain.length()];
        for (int i = 0; i < numerals.length; i++) {
            numerals[i] = (byte) Character.digit(plain.charAt(i), radix);
        }
        byte[] encrypted = new byte[numerals.length];
        engine.processBlock(numerals, 0, numerals.length, encrypted, 0);
        StringBuilder text = new StringBuilder();
        for (byte numeral : encrypted) {
            text.append(Character.forDigit(numeral, radix));
        }
        assertThat(text.toString()).isEqualTo(cipher);
    }

    @Test
    void rowsThatWereSetAsideAreMaskedLikeTheOthers() {
        try (BoundTransform bound = new MaskTransform(List.of(rule("email", Method.REDACT))).bind(SCHEMA)) {
            Batch parted = Rows.setAside(people(), new int[] {1}, 1, new int[] {0},
                    List.of(new Rejected.Reason(0, "contract.pattern", "email", "does not match")));
            try (Batch batch = bound.apply(parted)) {
                Rejected aside = batch.rejected().getFirst();
                assertThat(aside.schema()).isEqualTo(bound.output());
                assertThat(texts(aside.rows(), 1)).containsExactly("***");
            }
        }
    }

    @Test
    void aStreamThatNoRuleConcernsPassesUntouched() {
        try (BoundTransform bound = new MaskTransform(List.of(rule("other.email", Method.REDACT))).bind(SCHEMA);
                Batch people = people()) {
            assertThat(bound.output()).isSameAs(SCHEMA);
            assertThat(bound.apply(people)).isSameAs(people);
            assertThat(bound.policies()).as("no column has a mask").isEqualTo(Map.of(MaskTransform.COLUMNS, "-:1..7"));
        }
    }

    @Test
    void theVersionOfThePolicyTellsAnotherKeyAndNeverTheKey() {
        MaskRule other = new MaskRule(
                Optional.of("email"), List.of(), Method.HMAC, Optional.of(Secret.of("x".repeat(32))), Optional.empty(), 0, 4,
                Truncation.MONTH, Alphabet.DIGITS, "***", Optional.empty(), Origin.NONE);
        try (BoundTransform first = new MaskTransform(List.of(rule("email", Method.HMAC))).bind(SCHEMA);
                BoundTransform again = new MaskTransform(List.of(rule("email", Method.HMAC))).bind(SCHEMA);
                BoundTransform second = new MaskTransform(List.of(other)).bind(SCHEMA)) {
            assertThat(first.policies()).isEqualTo(again.policies()).isNotEqualTo(second.policies());
            assertThat(first.policies().toString()).doesNotContain(KEY);
        }
    }

    @Test
    void aColumnThatComesOrGoesChangesNoMaskAndOneThatIsTreatedOtherwiseDoes() {
        MaskRule detect = detect(Method.REDACT, Detector.EMAIL);
        Map<String, String> before = policies(SCHEMA.columns(), detect);
        Map<String, String> fewer = policies(SCHEMA.columns().subList(0, 5), detect);
        Map<String, String> none = policies(List.of(SCHEMA.columns().getFirst()), detect);
        for (Map<String, String> delivered : List.of(before, fewer, none)) {
            for (Map<String, String> now : List.of(before, fewer, none)) {
                MaskTransform.continues(SCHEMA.stream(), delivered, now, Optional.empty());
                assertThat(MaskTransform.isSame(delivered, now)).isTrue();
            }
        }
        for (MaskRule other : List.of(rule("email", Method.REDACT), detect(Method.NULL, Detector.EMAIL), rule("born", Method.REDACT))) {
            Map<String, String> changed = policies(SCHEMA.columns(), other);
            refused(MaskError.CHANGED, () -> MaskTransform.continues(SCHEMA.stream(), before, changed, Optional.empty()));
            refused(MaskError.CHANGED, () -> MaskTransform.continues(SCHEMA.stream(), changed, fewer, Optional.empty()));
        }
        refused(MaskError.CHANGED, () -> MaskTransform.continues(SCHEMA.stream(), Map.of(), before, Optional.empty()));
        refused(MaskError.CHANGED, () -> MaskTransform.continues(SCHEMA.stream(), before, Map.of(), Optional.empty()));
        Map<String, String> old = Map.of("mask", before.get("mask"), "mask.previous", before.get("mask.previous"));
        MaskTransform.continues(SCHEMA.stream(), old, before, Optional.empty());
        refused(MaskError.CHANGED, () -> MaskTransform.continues(SCHEMA.stream(), old, fewer, Optional.empty()));
    }

    /** They hold letters in clear where the value had some outside of the alphabet. */
    @Test
    void rowsThatFpeMaskedBeforeItRefusedForeignLettersFollowAnotherMask() {
        Map<String, String> now = policies(SCHEMA.columns(), rule("note", Method.FPE));
        String version = new FormatPreserving(Alphabet.DIGITS, KEY.getBytes(StandardCharsets.UTF_8)).version();
        String former = "fpe digits " + version.substring(version.lastIndexOf(' ') + 1);
        String columns = now.get(MaskTransform.COLUMNS);
        assertThat(columns).contains(PolicyDigest.of(version) + ":6");
        Map<String, String> then = Map.of(
                MaskTransform.POLICY, PolicyDigest.of("as it was"), MaskTransform.COLUMNS,
                columns.replace(PolicyDigest.of(version), PolicyDigest.of(former)));
        assertThat(MaskTransform.isSame(then, now)).isFalse();
        refused(MaskError.CHANGED, () -> MaskTransform.continues(SCHEMA.stream(), then, now, Optional.empty()));
    }

    @Test
    void afterAChangeOfKeyAColumnThatComesChangesNoMaskEither() {
        MaskRule first = rule("email", Method.TOKEN);
        MaskRule second = new MaskRule(
                Optional.of("email"), List.of(), Method.TOKEN, Optional.of(Secret.of("x".repeat(32))), Optional.of(Secret.of(KEY)), 0, 4,
                Truncation.MONTH, Alphabet.DIGITS, "***", Optional.empty(), Origin.NONE);
        Map<String, String> before = policies(SCHEMA.columns().subList(0, 3), first);
        Map<String, String> now = policies(SCHEMA.columns(), second);
        MaskTransform.continues(SCHEMA.stream(), before, now, Optional.empty());
        assertThat(MaskTransform.isSame(before, now)).isFalse();
        refused(MaskError.CHANGED, () -> MaskTransform.continues(SCHEMA.stream(), now, before, Optional.empty()));
    }

    @Test
    void aFormerTokenThatWouldHaveTheNameOfAnotherFieldIsRefusedWithThePlaceOfItsRule() {
        MaskRule rotated = new MaskRule(
                Optional.of("email"), List.of(), Method.TOKEN, Optional.of(Secret.of("x".repeat(32))), Optional.of(Secret.of(KEY)), 0, 4,
                Truncation.MONTH, Alphabet.DIGITS, "***",
                Optional.empty(), new Origin("p.yaml:3:5"));
        List<Column> columns = new ArrayList<>(SCHEMA.columns());
        columns.add(new Column(99, "email_previous", new ColumnType.Text(), true, "text"));
        assertThatThrownBy(() -> new MaskTransform(List.of(rotated)).bind(new StreamSchema(SCHEMA.stream(), 1, columns, SCHEMA.key())))
                .isInstanceOfSatisfying(WindrowException.class, e -> {
                    assertThat(e.errorCode()).isEqualTo(MaskError.PREVIOUS_KEY_UNFIT);
                    assertThat(e.place()).contains("p.yaml:3:5");
                })
                .hasMessageContaining("email_previous");
    }

    private static Map<String, String> policies(List<Column> columns, MaskRule rule) {
        try (BoundTransform bound = new MaskTransform(List.of(rule))
                .bind(new StreamSchema(SCHEMA.stream(), 1, columns, List.of("id")))) {
            return bound.policies();
        }
    }

    @Test
    void whatCannotBeFollowedIsRefusedBeforeTheFirstRow() {
        refused(MaskError.RULE_AMBIGUOUS, () -> new MaskTransform(List.of(new MaskRule(
                Optional.empty(), List.of(), Method.REDACT, Optional.empty(), Optional.empty(), 0, 4, Truncation.MONTH,
                Alphabet.DIGITS, "***", Optional.empty(), Origin.NONE))));
        refused(MaskError.KEY_MISSING, () -> new MaskTransform(List.of(without("email", Method.HMAC))));
        refused(MaskError.KEY_WEAK, () -> new MaskTransform(List.of(new MaskRule(
                Optional.of("email"), List.of(), Method.TOKEN, Optional.of(Secret.of("short")), Optional.empty(), 0, 4,
                Truncation.MONTH, Alphabet.DIGITS, "***", Optional.empty(), Origin.NONE))));
        refused(MaskError.TYPE_UNSUITABLE, () -> bind(rule("balance", Method.PARTIAL)));
        refused(MaskError.TYPE_UNSUITABLE, () -> bind(rule("score", Method.HMAC)));
        refused(MaskError.TYPE_UNSUITABLE, () -> bind(rule("email", Method.TRUNCATE)));
        refused(MaskError.KEY_NOT_INJECTIVE, () -> bind(rule("id", Method.REDACT)));
    }

    @Test
    void aDetectorThatNamesAFieldLooksThereOnlyAndAFieldOfNumbersIsRefusedWithTheNearestOfText() {
        try (BoundTransform bound = new MaskTransform(List.of(within("email"), within("*a*"))).bind(SCHEMA)) {
            assertThat(((Hiding) bound).hidden()).contains("email").doesNotContain("balance");
        }
        assertThatThrownBy(() -> bind(within("balance"))).isInstanceOfSatisfying(WindrowException.class, error -> {
            assertThat(error.errorCode()).isEqualTo(MaskError.TYPE_UNSUITABLE);
            assertThat(error.getMessage()).contains("Looking for card in field balance", "email");
        });
    }

    @Test
    void rulesThatLookInsideTheSameFieldAllCountAndOneForTheWholeGoesBeforeThemWhereverItStands() {
        assertThat(masked("note", within("note"), within("note", Detector.EMAIL)))
                .containsExactly("pay *** to ***!", "nothing here");
        assertThat(masked("note", within("*"), within("n*", Detector.EMAIL), detect(Method.NULL, Detector.EMAIL)))
                .containsExactly("pay *** to ***!", "nothing here");
        assertThat(masked("email", within("*"), rule("email", Method.HMAC), rule("email", Method.REDACT)))
                .isEqualTo(masked("email", rule("email", Method.HMAC)));
        assertThat(masked("balance", within("balance"), rule("balance", Method.REDACT))).containsExactly("***", null);
    }

    @Test
    void aFieldMayNotTakeANameOfWhichTheRulesHideLess() {
        StreamSchema renamed = new StreamSchema(
                SCHEMA.stream(), 2,
                SCHEMA.columns().stream()
                        .map(column -> column.name().equals("email")
                                ? new Column(column.id(), "contact", column.type(), column.nullable(), column.sourceType())
                                : column)
                        .toList(),
                SCHEMA.key());
        Map<String, String> oldNames = Map.of("contact", "email");
        for (List<MaskRule> weaker : List.of(
                List.of(rule("email", Method.REDACT)),
                List.of(rule("email", Method.REDACT), within("contact")),
                List.of(within("email"), within("email", Detector.EMAIL), within("contact", Detector.EMAIL)))) {
            refused(MaskError.RENAMED_AWAY, () -> new MaskTransform(weaker).checkRenames(SCHEMA, renamed, oldNames));
        }
        for (List<MaskRule> enough : List.of(
                List.of(within("*"), rule("email", Method.REDACT), rule("contact", Method.HMAC)),
                List.of(within("email"), within("contact", Detector.EMAIL, Detector.CARD)),
                List.<MaskRule>of(detect(Method.REDACT, Detector.EMAIL)))) {
            new MaskTransform(enough).checkRenames(SCHEMA, renamed, oldNames);
        }
    }

    @Test
    void aFieldThatIsKeptUnderAnAcceptedNameMayNotBeHiddenByItsOwnAlone() {
        StreamSchema accepted = named("contact", 2);
        StreamSchema offered = named("email", 2);
        Map<String, String> oldNames = Map.of("id", "id", "email", "contact");
        refused(MaskError.RENAMED_AWAY, () -> new MaskTransform(List.of(rule("*mail", Method.REDACT)))
                .checkKept(accepted, offered, oldNames));
        new MaskTransform(List.of(rule("contact", Method.REDACT))).checkKept(accepted, offered, oldNames);
        new MaskTransform(List.of(rule("*", Method.HMAC))).checkKept(accepted, offered, oldNames);
    }

    /** Of a source that has nothing but names. */
    @Test
    void aMaskedFieldThatIsGoneMayBeTheOneThatIsNew() {
        StreamSchema accepted = named("work_email", NamedIds.of("work_email", new HashSet<>()));
        StreamSchema offered = named("work_mail", NamedIds.of("work_mail", new HashSet<>()));
        Map<String, String> oldNames = SchemaDiff.acceptedNames(accepted, offered);
        refused(MaskError.RENAMED_AWAY, () -> new MaskTransform(List.of(rule("*email", Method.REDACT)))
                .checkRenames(accepted, offered, oldNames));
        new MaskTransform(List.of(rule("*mail", Method.REDACT))).checkRenames(accepted, offered, oldNames);
        new MaskTransform(List.of(rule("work_mail", Method.REDACT))).checkRenames(accepted, offered, oldNames);
        // The way that the remedy names: a run without both, and then the new one.
        assertThat(MaskError.RENAMED_AWAY.remedy()).contains("leave both out, run, and add it then");
        StreamSchema neither = new StreamSchema(SCHEMA.stream(), 1, accepted.columns().subList(0, 1), List.of("id"));
        MaskTransform mask = new MaskTransform(List.of(rule("*email", Method.REDACT)));
        mask.checkRenames(accepted, neither, SchemaDiff.acceptedNames(accepted, neither));
        mask.checkRenames(neither, offered, SchemaDiff.acceptedNames(neither, offered));
        // Where ids are the source's own, it is another field.
        StreamSchema numbered = named("work_email", 2);
        StreamSchema other = named("work_mail", 3);
        new MaskTransform(List.of(rule("*email", Method.REDACT)))
                .checkRenames(numbered, other, SchemaDiff.acceptedNames(numbered, other));
    }

    /** An id, and a text of this name and id. */
    private static StreamSchema named(String name, int id) {
        int first = id < 100 ? 1 : NamedIds.of("id", new HashSet<>());
        return new StreamSchema(
                SCHEMA.stream(), 1,
                List.of(column(first, "id", new ColumnType.Int(64, true), false), column(id, name, new ColumnType.Text(), true)),
                List.of("id"));
    }

    @Test
    void aFormerKeyIsRefusedWhereItIsOfNoUseOrTearsRowsApart() {
        refused(MaskError.PREVIOUS_KEY_UNFIT, () -> new MaskTransform(List.of(rotated(Optional.of("email"), Method.FPE, KEY))));
        refused(MaskError.PREVIOUS_KEY_UNFIT, () -> new MaskTransform(List.of(rotated(Optional.of("email"), Method.REDACT, KEY))));
        refused(MaskError.PREVIOUS_KEY_UNFIT, () ->
                new MaskTransform(List.of(rotated(Optional.empty(), Method.TOKEN, KEY, Detector.EMAIL))));
        refused(MaskError.KEY_WEAK, () -> new MaskTransform(List.of(rotated(Optional.of("email"), Method.TOKEN, "short"))));
        MaskTransform ofKey = new MaskTransform(List.of(rotated(Optional.of("id"), Method.HMAC, KEY)));
        refused(MaskError.PREVIOUS_KEY_UNFIT, () -> ofKey.checkKey(SCHEMA));
        new MaskTransform(List.of(rotated(Optional.of("email"), Method.HMAC, KEY))).checkKey(SCHEMA);
    }

    private static MaskRule rotated(Optional<String> field, Method method, String previous, Detector... detectors) {
        return new MaskRule(
                field, List.of(detectors), method, Optional.of(Secret.of("x".repeat(32))), Optional.of(Secret.of(previous)), 0, 4,
                Truncation.MONTH, Alphabet.DIGITS, "***", Optional.empty(), Origin.NONE);
    }

    @Test
    void aFormerTokenThatWasNotSentIsKnownAsSuchAndHasAnIdOfItsOwn() {
        try (BoundTransform bound = new MaskTransform(List.of(rotated(Optional.of("email"), Method.TOKEN, KEY))).bind(SCHEMA);
                BatchBuilder builder = new BatchBuilder(SCHEMA, allocator)) {
            builder.change(Operation.UPDATE, 1, 0, 1, 5).set("id", 7L).unchanged("email").setNull("born").setNull("seen")
                    .setNull("balance").setNull("note").setNull("score").endRow();
            Column previous = bound.output().columns().get(bound.output().indexOf("email_previous"));
            assertThat(previous.id()).isGreaterThan(0x3fff_ffff);
            try (Batch batch = bound.apply(builder.build(new Position(1, "{}")))) {
                Map<Integer, TinyIntVector> presence = batch.changes().orElseThrow().presence();
                assertThat(presence.get(2).get(0)).isEqualTo((byte) Presence.UNCHANGED.ordinal());
                assertThat(presence.get(previous.id()).get(0)).isEqualTo((byte) Presence.UNCHANGED.ordinal());
            }
        }
    }

    @Test
    void aValueThatWasNotSentAndIsMaskedToNullIsKnownToBeNull() {
        for (Method method : List.of(Method.NULL, Method.REDACT)) {
            try (BoundTransform bound = new MaskTransform(List.of(with("email", method))).bind(SCHEMA);
                    BatchBuilder builder = new BatchBuilder(SCHEMA, allocator)) {
                builder.change(Operation.UPDATE, 1, 0, 1, 5).set("id", 7L).unchanged("email").setNull("born").setNull("seen")
                        .setNull("balance").setNull("note").setNull("score").endRow();
                try (Batch batch = bound.apply(builder.build(new Position(1, "{}")))) {
                    Presence email = method == Method.NULL ? Presence.NULL : Presence.UNCHANGED;
                    assertThat(batch.changes().orElseThrow().presence().get(2).get(0)).isEqualTo((byte) email.ordinal());
                }
            }
        }
    }

    @Test
    void aDeletionIsNotSetAsideForAValueThatCannotBeMaskedUnlessItIsOfTheKey() {
        StreamSchema byText = new StreamSchema(SCHEMA.stream(), 1, SCHEMA.columns(), List.of("email"));
        for (StreamSchema schema : List.of(SCHEMA, byText)) {
            try (BoundTransform bound = new MaskTransform(List.of(with("email", Method.FPE))).bind(schema);
                    BatchBuilder builder = new BatchBuilder(schema, allocator)) {
                for (Operation operation : List.of(Operation.DELETE, Operation.UPDATE)) {
                    builder.change(operation, 1, operation.ordinal(), 1, 5).set("id", 7L).set("email", "ada").setNull("born")
                            .setNull("seen").setNull("balance").setNull("note").setNull("score").endRow();
                }
                try (Batch batch = bound.apply(builder.build(new Position(1, "{}")))) {
                    assertThat(batch.rowCount()).isEqualTo(schema.equals(SCHEMA) ? 1 : 0);
                    assertThat(batch.account().quarantined()).isEqualTo(schema.equals(SCHEMA) ? 1 : 2);
                    if (batch.rowCount() == 1) {
                        assertThat(batch.arrow().getVector("email").isNull(0)).isTrue();
                        assertThat(batch.changes().orElseThrow().presence().get(2).get(0)).isEqualTo((byte) Presence.ABSENT.ordinal());
                    }
                }
            }
        }
    }

    private static MaskRule within(String field, Detector... detectors) {
        return new MaskRule(
                Optional.of(field), List.of(detectors), Method.REDACT, Optional.empty(), Optional.empty(), 0, 4,
                Truncation.MONTH, Alphabet.DIGITS, "***", Optional.empty(), Origin.NONE);
    }

    private static MaskRule within(String field) {
        return within(field, Detector.CARD);
    }

    @ParameterizedTest
    @EnumSource(value = Method.class, names = {"HMAC", "TOKEN"})
    void aKeyFieldMayBeMaskedInjectively(Method method) {
        try (BoundTransform bound = new MaskTransform(List.of(rule("id", method))).bind(SCHEMA)) {
            assertThat(bound.output().key()).containsExactly("id");
        }
    }

    private void bind(MaskRule rule) {
        new MaskTransform(List.of(rule)).bind(SCHEMA).close();
    }

    private static void refused(MaskError code, org.assertj.core.api.ThrowableAssert.ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(
                WindrowException.class, error -> assertThat(error.errorCode()).isEqualTo(code));
    }

    private List<String> masked(String column, MaskRule... rules) {
        try (BoundTransform bound = new MaskTransform(List.of(rules)).bind(SCHEMA);
                Batch batch = bound.apply(people())) {
            assertThat(batch.schema()).isEqualTo(bound.output());
            return texts(batch.arrow(), batch.schema().indexOf(column));
        }
    }

    private static List<String> texts(VectorSchemaRoot rows, int column) {
        List<String> texts = new ArrayList<>();
        for (int row = 0; row < rows.getRowCount(); row++) {
            var vector = rows.getVector(column);
            texts.add(vector.isNull(row) ? null : vector.getObject(row).toString());
        }
        return texts;
    }

    private Batch people() {
        try (BatchBuilder builder = new BatchBuilder(SCHEMA, allocator)) {
            builder.set("id", 7L).set("email", "ada@example.com").set("born", LocalDate.of(1815, 12, 10))
                    .set("seen", Instant.parse("2024-02-29T12:30:00.25Z")).set("balance", new BigDecimal("12.50"))
                    .set("note", "pay 4111 1111 1111 1111 to bob@example.com!").set("score", 1.5).endRow();
            builder.set("id", 8L).setNull("email").setNull("born").setNull("seen").setNull("balance")
                    .set("note", "nothing here").setNull("score").endRow();
            return builder.build(new Position(1, "{}"));
        }
    }

    private static MaskRule rule(String field, Method method) {
        return method == Method.HMAC || method == Method.TOKEN || method == Method.FPE ? with(field, method) : without(field, method);
    }

    private static MaskRule with(String field, Method method) {
        return new MaskRule(
                Optional.of(field), List.of(), method, Optional.of(Secret.of(KEY)), Optional.empty(), 0, 4,
                Truncation.MONTH, Alphabet.DIGITS, "***", Optional.empty(), Origin.NONE);
    }

    private static MaskRule without(String field, Method method) {
        return new MaskRule(
                Optional.of(field), List.of(), method, Optional.empty(), Optional.empty(), 0, 4, Truncation.MONTH,
                Alphabet.DIGITS, "***", Optional.empty(), Origin.NONE);
    }

    private static MaskRule detect(Method method, Detector... detectors) {
        return new MaskRule(
                Optional.empty(), List.of(detectors), method, Optional.of(Secret.of(KEY)), Optional.empty(), 0, 4,
                Truncation.MONTH, Alphabet.DIGITS, "***", Optional.empty(), Origin.NONE);
    }

    private static Column column(int id, String name, ColumnType type, boolean nullable) {
        return new Column(id, name, type, nullable, "test");
    }
}
