package io.windrow.core.transform.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionTest {
    static final StreamSchema SCHEMA = new StreamSchema(
            new StreamName("s", "t"), 1,
            List.of(
                    column(1, "n", new ColumnType.Int(64, true)),
                    column(2, "m", new ColumnType.Int(16, false)),
                    column(3, "u", new ColumnType.Int(64, false)),
                    column(4, "f", new ColumnType.Float(64)),
                    column(5, "d", new ColumnType.Decimal(12, 2)),
                    column(6, "w", new ColumnType.Decimal(38, 4)),
                    column(7, "s", new ColumnType.Text()),
                    column(8, "b", new ColumnType.Bool()),
                    column(9, "at", new ColumnType.Timestamp(true)),
                    column(10, "day", new ColumnType.Date()),
                    column(11, "raw", new ColumnType.Bytes()),
                    column(12, "id", new ColumnType.Uuid()),
                    column(13, "type", new ColumnType.Text()),
                    column(14, "nothing", new ColumnType.Text()),
                    column(15, "local", new ColumnType.Timestamp(false))),
            List.of());

    static final Map<String, Object> ROW = Map.ofEntries(
            Map.entry("n", 7L), Map.entry("m", 300), Map.entry("u", new BigInteger("18446744073709551615")),
            Map.entry("f", 2.5), Map.entry("d", new BigDecimal("12.50")), Map.entry("w", new BigDecimal("100000000000000000000.0001")),
            Map.entry("s", "Straße 😀"), Map.entry("b", true), Map.entry("at", Instant.parse("2024-02-29T12:00:00Z")),
            Map.entry("day", LocalDate.of(2024, 2, 29)), Map.entry("raw", new byte[] {1, -1}),
            Map.entry("id", UUID.randomUUID()), Map.entry("type", "x"),
            Map.entry("local", java.time.LocalDateTime.of(2024, 2, 29, 12, 0)));

    private final RootAllocator allocator = new RootAllocator(64 << 20);

    static Column column(int id, String name, ColumnType type) {
        return new Column(id, name, type, true, name);
    }

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "n == 7", "n != 8", "n > 6 && n < 8", "n >= 7 && n <= 7", "m == 300", "u == 18446744073709551615u", "u > 5u",
        "f > 2.0", "f == 2.5", "d == 12.5 || true", "d > 12", "12 < d", "d == decimal('12.5')", "d * 2 == 25", "d + d == 25",
        "d - 1 == decimal('11.5')", "-d < 0", "w > decimal('100000000000000000000')", "w * 1 == w", "w + d > w",
        "d in [decimal('12.5'), decimal('1')]", "double(d) == 12.5", "double(n) == 7.0", "s == 'Straße 😀'",
        "s.startsWith('Stra')", "s.endsWith('😀')", "s.contains('ß')", "!s.contains('z')", "s.matches('^S.*e')",
        "size(s) == 8", "s.size() == 8", "size(raw) == 2", "raw == b'\\x01\\xff'", "s + '!' == 'Straße 😀!'",
        "s > 'Strap'", "b", "!!b", "b == true", "n in [1, 7]", "!(n in [1, 2])", "s in ['a', 'Straße 😀']", "!(n in [])",
        "at == timestamp('2024-02-29T13:00:00+01:00')", "at + duration('1h30m') > timestamp('2024-02-29T13:29:59Z')",
        "at - timestamp('2024-02-29T11:00:00Z') == duration('60m')", "day == date('2024-02-29')", "day < date('2024-03-01')",
        "local == datetime('2024-02-29T12:00:00')", "(b ? n : 0) == 7", "(b ? null : n) == null", "nothing == null",
        "null == nothing", "n != null", "id != null", "!(id == null)", "type == 'x'", "n + 1 == 8", "n * n == 49",
        "n / 2 == 3", "-n / 2 == -3", "n % 4 == 3", "u - 1u < u", "f / 0.0 > f", "f * 2.0 == 5.0",
        "true || n / 0 == 1", "!(false && n / 0 == 1)", "(nothing == 'a' ? n : n) == null", "(true || nothing == 'a')",
        "!(false && nothing == 'a')", "(true && nothing == 'a' ? n : n) == null", "(nothing == 'a' ? n : null) == null",
        "(nothing in ['a'] ? n : n) == null", "(nothing + 'a' == 'a' ? n : n) == null", "(b ? d : w) == 12 + decimal('0.5')"
    })
    void theseAreTrue(String text) {
        // CEL's own rule for a float and a whole number: it is refused.
        if (text.equals("d == 12.5 || true")) {
            assertThat(refusal(text).getMessage()).contains("does not go with (decimal, double)");
            return;
        }
        Expression expression = Expression.of(text, SCHEMA, "here").condition();
        try (Batch batch = one()) {
            Outcome outcome = expression.over(batch.arrow());
            assertThat(outcome.error(0)).isNull();
            assertThat(outcome.isTrue(0)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "n + 9223372036854775807 > 0", "n * 9223372036854775807 > 0", "u + 1u > 0u", "u * 2u > 0u", "0u - u == 1u",
        "n - 9223372036854775807 - 9 > 0", "w * w > 0",
        "at + duration('2562047788h') + duration('2562047788h') + duration('2562047788h') > at"
    })
    void arithmeticThatDoesNotFitIsAnErrorOfItsRow(String text) {
        assertThat(errorOf(text)).isEqualTo(ExpressionError.OVERFLOW);
    }

    @ParameterizedTest
    @ValueSource(strings = {"n / 0 > 1", "n % 0 > 1", "u / 0u > 1u", "b && n / 0 > 1", "(n / 0 > 1 ? n : n) == null"})
    void divisionOfWholeNumbersByZeroIsAnErrorOfItsRow(String text) {
        assertThat(errorOf(text)).isEqualTo(ExpressionError.DIVISION_BY_ZERO);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "amount > 0 | 1 | there is no field or function amount",
        "n > 1 && dya == date('2024-01-01') | 10 | did you mean day?",
        "s.startWith('a') | 12 | did you mean startsWith?",
        "n > 1.0 | 3 | : > does not go with (int, double); a float is compared with 1.0 or double(field)",
        "u > 5 | 3 | : > does not go with (uint, int); an unsigned field goes with numbers such as 5u",
        "n + s | 3 | does not go with (int, string)",
        "n > | 4 | mismatched input",
        "string(n) == 'a' | 7 | string() is not evaluated by Windrow",
        "timestamp(n) > at | 10 | timestamp() of int is not evaluated",
        "timestamp('yesterday') > at | 10 | is not of its form",
        "day > date('2024-02-30') | 11 | is not of its form",
        "duration('1x') == duration('1s') | 9 | is not of its form",
        "at > timestamp('2024-01-01T00:00:00.000000001Z') | 15 | a microsecond is the finest unit",
        "n in [n] | 7 | anything but constants",
        "[1, 2] == [1] | 1 | a list",
        "{'a': 1} == {'a': 1} | 1 | a map",
        "s.matches(s) | 10 | a pattern that is not a constant",
        "s.matches('(') | 10 | no RE2 pattern",
        "s.matches('((a{100}){100}){100}') | 10 | repetitions multiply",
        "id == id | 4 | a comparison of these types",
        "w * w * w * w * w * w * w * w * w * w > 0 | 35 | more than 38 digits",
        "dyn(n) == 1 | 4 | dyn() is not evaluated",
        "type(n) == int | 5 | type() is not evaluated"
    })
    void whatIsNotEvaluatedIsRefusedWithItsPlace(String text, int character, String why) {
        WindrowException refusal = refusal(text);
        assertThat(refusal).hasMessageContaining(why).hasMessageContaining("at character " + character + ":");
        assertThat(refusal.place()).contains("orders.yaml:3:5 transform.s.t.filter, character " + character);
    }

    @Test
    void aConditionIsTrueOrFalseAndAFieldHasAType() {
        assertThat(catchThrowableOfType(WindrowException.class, () -> Expression.of("n + 1", SCHEMA, "here").condition()))
                .hasMessageContaining("must be true or false");
        assertThat(Expression.of("d * 3", SCHEMA, "here").type()).isEqualTo(new ColumnType.Decimal(13, 2));
        assertThat(Expression.of("m + 1", SCHEMA, "here").type()).isEqualTo(new ColumnType.Int(64, true));
        assertThat(catchThrowableOfType(WindrowException.class, () -> Expression.of("at - at", SCHEMA, "here").type()))
                .hasMessageContaining("no field of the expression's type duration");
        assertThat(catchThrowableOfType(WindrowException.class, () -> Expression.of("null", SCHEMA, "here").type()))
                .hasMessageContaining("no field of the expression's type null");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "''.getClass()", "s.getClass().forName('java.lang.Runtime')", "T(java.lang.Runtime).getRuntime().exec('id')",
        "#{T(java.lang.Runtime)}", "${jndi:ldap://x/a}", "{{ ''.__class__.__mro__ }}", "''.__class__.__base__.__subclasses__()",
        "s.constructor.constructor('return process')()", "java.lang.System.exit(1)", "new java.io.File('/etc/passwd')",
        "google.protobuf.Any{type_url: 'x'}", "google.protobuf.Struct{}", "Runtime", "java.lang.Runtime", "self", "this",
        "class", "getClass", "n.class", "s['class']", "s.bytes", "[].map(x, x)", "[1].all(x, x > 0)", "[1].exists(x, true)",
        "has(s.class)", "dyn(s).getClass()", "type(s)", "int", "eval('1')", "exec('id')", "import os", "`id`", "$(id)",
        "s; drop table t", "__import__('os')", "s.matches('(a+)+$') && cel.bind(x, 1, x)", "@in(1, [1])", "_[_](s, 0)",
        "_+_(1, 2)", "@not_strictly_false(true)", "s.format([n])", "<%= 7 * 7 %>", "", " ", "\u0000", "\uD800"
    })
    @Tag("H11")
    void noPayloadIsAnythingButRefused(String text) {
        WindrowException refusal = refusal(text);
        assertThat(refusal.errorCode()).isIn(ExpressionError.INVALID, ExpressionError.UNSUPPORTED);
    }

    @Test
    @Tag("H11")
    void noPayloadIsTooLargeOrTooDeepToRefuse() {
        for (String text : List.of(
                "(".repeat(100_000) + "1" + ")".repeat(100_000), "!".repeat(3000) + "b", "-".repeat(2000) + "n > 0",
                "n > 0 && ".repeat(1000) + "b", "n" + " + n".repeat(900) + " > 0", "[".repeat(2000), "b ? b : ".repeat(400) + "b",
                "s.matches('" + "a{1000}".repeat(100) + "')", "s.matches('" + "(".repeat(900) + ")".repeat(900) + "')")) {
            try {
                Expression.of(text, SCHEMA, "here");
            } catch (WindrowException e) {
                assertThat(e.errorCode()).isIn(ExpressionError.INVALID, ExpressionError.UNSUPPORTED);
            }
        }
    }

    @Test
    @Tag("H11")
    void aPatternTakesTimeThatGrowsWithItsText() {
        Expression expression = Expression.of("type.matches('^(a+)+$')", SCHEMA, "here");
        try (BatchBuilder builder = new BatchBuilder(SCHEMA, allocator)) {
            SCHEMA.columns().forEach(column -> builder.setNull(column.name()));
            builder.set("type", "a".repeat(100_000) + "!").endRow();
            try (Batch batch = builder.build(new Position(1, "{}"))) {
                assertThat(expression.over(batch.arrow()).isTrue(0)).isFalse();
            }
        }
    }

    @Test
    void valuesComeOutAsVectors() {
        try (Batch batch = one()) {
            for (String text : List.of("n + 1", "u", "f", "d * d", "w + 1", "s + s", "b", "at", "day", "raw", "local", "nothing")) {
                Expression expression = Expression.of(text, SCHEMA, "here");
                try (FieldVector vector = expression.over(batch.arrow())
                        .vector(column(99, "x", expression.type()), allocator)) {
                    assertThat(vector.getValueCount()).isEqualTo(1);
                    assertThat(vector.isNull(0)).isEqualTo(text.equals("nothing"));
                    if (List.of("u", "f", "b", "at", "day", "raw", "local").contains(text)) {
                        assertThat(vector.getObject(0)).isEqualTo(batch.arrow().getVector(text).getObject(0));
                    }
                }
            }
        }
    }

    /** Nothing of CEL is asked for until an expression is: its classes are looked up through a loader that writes down names. */
    @Test
    void withoutAnExpressionNothingOfCelIsLoaded() throws Exception {
        List<String> asked = new ArrayList<>();
        java.net.URL[] path = java.util.Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
                .map(entry -> {
                    try {
                        return Path.of(entry).toUri().toURL();
                    } catch (java.net.MalformedURLException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                })
                .toArray(java.net.URL[]::new);
        try (java.net.URLClassLoader loader = new java.net.URLClassLoader(path, ClassLoader.getPlatformClassLoader()) {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                asked.add(name);
                return super.findClass(name);
            }
        }) {
            Runnable renames = (Runnable) loader.loadClass("io.windrow.core.transform.shape.RenameOnly")
                    .getDeclaredConstructor().newInstance();
            renames.run();
            assertThat(asked).contains("io.windrow.core.transform.shape.ShapeTransform")
                    .noneMatch(name -> name.startsWith("dev.cel.") || name.startsWith("com.google."));
        }
    }

    private ExpressionError errorOf(String text) {
        try (Batch batch = one()) {
            Outcome outcome = Expression.of(text, SCHEMA, "here").over(batch.arrow());
            assertThat(outcome.isTrue(0)).isFalse();
            return outcome.error(0);
        }
    }

    private static WindrowException refusal(String text) {
        return catchThrowableOfType(
                WindrowException.class, () -> Expression.of(text, SCHEMA, "orders.yaml:3:5 transform.s.t.filter"));
    }

    private Batch one() {
        try (BatchBuilder builder = new BatchBuilder(SCHEMA, allocator)) {
            builder.setNull("nothing");
            ROW.forEach(builder::set);
            builder.endRow();
            return builder.build(new Position(1, "{}"));
        }
    }
}
