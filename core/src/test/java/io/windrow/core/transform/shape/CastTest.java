package io.windrow.core.transform.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Position;
import io.windrow.api.config.Origin;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.core.contract.TextForm;
import io.windrow.core.policy.ShapePolicy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CastTest {
    private static final ColumnType TEXT = new ColumnType.Text();

    private final RootAllocator allocator = new RootAllocator(64 << 20);

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    @Test
    void whatFitsIsCast() {
        assertThat(cast(300, integer(32), "int16")).isEqualTo("300");
        assertThat(cast(300, integer(32), "uint32")).isEqualTo("300");
        assertThat(cast(300, integer(32), "decimal(5,2)")).isEqualTo("300.00");
        assertThat(cast(300, integer(32), "text")).isEqualTo("300");
        assertThat(cast(300, integer(32), "float32")).isEqualTo("300.0");
        assertThat(cast(1, integer(32), "bool")).isEqualTo("true");
        assertThat(cast(true, new ColumnType.Bool(), "int8")).isEqualTo("1");
        assertThat(cast(false, new ColumnType.Bool(), "text")).isEqualTo("false");
        assertThat(cast(new BigInteger("18446744073709551615"), new ColumnType.Int(64, false), "text"))
                .isEqualTo("18446744073709551615");
        assertThat(cast("18446744073709551615", TEXT, "uint64")).isIn("-1", "18446744073709551615");
        assertThat(cast(new BigDecimal("12.00"), new ColumnType.Decimal(9, 2), "int8")).isEqualTo("12");
        assertThat(cast(new BigDecimal("12.50"), new ColumnType.Decimal(9, 2), "decimal(3,1)")).isEqualTo("12.5");
        assertThat(cast(new BigDecimal("12.50"), new ColumnType.Decimal(9, 2), "text")).isEqualTo("12.50");
        assertThat(cast(new BigDecimal("0.10"), new ColumnType.Decimal(9, 2), "float64")).isEqualTo("0.1");
        assertThat(cast(0.1, new ColumnType.Float(64), "decimal(5,2)")).isEqualTo("0.10");
        assertThat(cast(2.0, new ColumnType.Float(64), "int32")).isEqualTo("2");
        assertThat(cast(0.5, new ColumnType.Float(64), "float32")).isEqualTo("0.5");
        assertThat(cast(0.1f, new ColumnType.Float(32), "text")).isEqualTo("0.1");
        assertThat(cast("-7", TEXT, "int8")).isEqualTo("-7");
        assertThat(cast("+1.50", TEXT, "decimal(4,2)")).isEqualTo("1.50");
        assertThat(cast("1e3", TEXT, "float64")).isEqualTo("1000.0");
        assertThat(cast("NaN", TEXT, "float32")).isEqualTo("NaN");
        assertThat(cast("true", TEXT, "bool")).isEqualTo("true");
        assertThat(cast("2024-02-29", TEXT, "date")).isEqualTo("19782");
        assertThat(cast(LocalDate.of(2024, 2, 29), new ColumnType.Date(), "text")).isEqualTo("2024-02-29");
        assertThat(cast(LocalDate.of(1970, 1, 2), new ColumnType.Date(), "timestamp")).isEqualTo("1970-01-02T00:00");
        assertThat(cast(LocalDateTime.of(1970, 1, 2, 0, 0), new ColumnType.Timestamp(false), "date")).isEqualTo("1");
        assertThat(cast(LocalTime.of(9, 5), new ColumnType.Time(), "text")).isEqualTo("09:05:00");
        assertThat(cast("09:05", TEXT, "time")).isEqualTo("32700000000");
        assertThat(cast("+5881580-07-11", TEXT, "date")).isEqualTo(Integer.toString(Integer.MAX_VALUE));
        assertThat(cast("09:05:00.5", TEXT, "time")).isEqualTo("32700500000");
        assertThat(cast("2024-02-29 09:05:00", TEXT, "timestamp")).isEqualTo("2024-02-29T09:05");
        assertThat(cast("1970-01-01T01:00:00.000001+01:00", TEXT, "timestamptz")).isEqualTo("1");
        assertThat(cast(Instant.ofEpochSecond(0, 500_000_000), new ColumnType.Timestamp(true), "text"))
                .isEqualTo("1970-01-01T00:00:00.5Z");
        assertThat(cast(LocalDateTime.of(1970, 1, 1, 0, 0), new ColumnType.Timestamp(false), "text"))
                .isEqualTo("1970-01-01T00:00:00");
        UUID uuid = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
        assertThat(cast(uuid, new ColumnType.Uuid(), "text")).isEqualTo(uuid.toString());
        assertThat(cast("ß".getBytes(java.nio.charset.StandardCharsets.UTF_8), new ColumnType.Bytes(), "text")).isEqualTo("ß");
    }

    @Test
    void whatDoesNotFitSetsItsRowAside() {
        assertThat(cast(300, integer(32), "int8")).isEqualTo("shape.cast_range");
        assertThat(cast(-1, integer(32), "uint32")).isEqualTo("shape.cast_range");
        assertThat(cast(2, integer(32), "bool")).isEqualTo("shape.cast_range");
        assertThat(cast(1000, integer(32), "decimal(5,2)")).isEqualTo("shape.cast_range");
        assertThat(cast((1L << 53) + 1, integer(64), "float64")).isEqualTo("shape.cast_inexact");
        assertThat(cast(new BigDecimal("12.50"), new ColumnType.Decimal(9, 2), "int8")).isEqualTo("shape.cast_inexact");
        assertThat(cast(new BigDecimal("1200.50"), new ColumnType.Decimal(9, 2), "int8"))
                .as("outside of the range comes before a fraction")
                .isEqualTo("shape.cast_range");
        assertThat(cast(new BigDecimal("0.1234567890123456789"), new ColumnType.Decimal(30, 19), "float64"))
                .isEqualTo("shape.cast_inexact");
        assertThat(cast(0.1, new ColumnType.Float(64), "float32")).isEqualTo("shape.cast_inexact");
        assertThat(cast(1e300, new ColumnType.Float(64), "float32")).isEqualTo("shape.cast_range");
        assertThat(cast(1e300, new ColumnType.Float(64), "int64")).isEqualTo("shape.cast_range");
        assertThat(cast(Double.NaN, new ColumnType.Float(64), "decimal(5,2)")).isEqualTo("shape.cast_range");
        for (String text : List.of("", " 1", "1 ", "x", "0x10", "1_000", "1e3", "١")) {
            assertThat(cast(text, TEXT, "int32")).as(text).isEqualTo("shape.cast_form");
        }
        assertThat(cast("1.5", TEXT, "int32")).isEqualTo("shape.cast_inexact");
        assertThat(cast("1.234", TEXT, "decimal(9,2)")).isEqualTo("shape.cast_inexact");
        assertThat(cast("TRUE", TEXT, "bool")).isEqualTo("shape.cast_form");
        assertThat(cast("2023-02-29", TEXT, "date")).isEqualTo("shape.cast_form");
        assertThat(cast("+5881580-07-12", TEXT, "date")).isEqualTo("shape.cast_range");
        assertThat(cast("+10000000-01-01", TEXT, "date")).isEqualTo("shape.cast_range");
        for (String text : List.of("24:00:00", "24:00", "12", "12:00:60", "9:05")) {
            assertThat(cast(text, TEXT, "time")).as(text).isEqualTo("shape.cast_form");
        }
        assertThat(cast("2024-01-01T24:00:00", TEXT, "timestamp")).isEqualTo("shape.cast_form");
        assertThat(cast("2024-01-01T00:00:00Z", TEXT, "timestamp")).isEqualTo("shape.cast_form");
        assertThat(cast("2024-01-01T00:00:00", TEXT, "timestamptz")).isEqualTo("shape.cast_form");
        assertThat(cast("2024-01-01T00:00:00.0000001Z", TEXT, "timestamptz")).isEqualTo("shape.cast_inexact");
        assertThat(cast("0-0-0-0-0", TEXT, "uuid")).isEqualTo("shape.cast_form");
        assertThat(cast(new byte[] {-1}, new ColumnType.Bytes(), "text")).isEqualTo("shape.cast_form");
        assertThat(cast(LocalDateTime.of(1970, 1, 2, 1, 0), new ColumnType.Timestamp(false), "date"))
                .isEqualTo("shape.cast_inexact");
    }

    /** A contract that demands a type lets a text pass, and a cast reads it, or neither does. */
    @Test
    void whatAContractTakesForReadableIsWhatACastReads() {
        List<String> types = List.of("bool", "int8", "int64", "uint16", "uint64", "decimal(5,2)", "decimal(38,10)", "float32", "float64", "uuid",
                "date", "time", "timestamp", "timestamptz");
        List<String> texts = new ArrayList<>(List.of(
                "", " 1", "1 ", "x", "1", "+1", "-1", "-0", "007", "1.", ".5", "-.5", "5.0", ".0", ".", "-", "+.", "1..2", "1.5", "1.50", "999.99",
                "999.995", "1000", "127", "128", "-129", "65535", "65536", "18446744073709551615", "18446744073709551616", "1e3", "1E+3", "1e-3", "1e",
                ".5e2", "5.e2", "1e999", "1e0005", "1e39", "0x10", "١", "NaN", "nan", "Infinity", "+Infinity", "-Infinity", "true", "TRUE", "false",
                "00112233-4455-6677-8899-AABBCCDDEEFF", "0-0-0-0-0", "1".repeat(61), "0".repeat(60) + "1", "0." + "1".repeat(61), "9".repeat(401),
                "2024-02-29", "2023-02-29", "2024-1-1", "0000-01-01", "-0000-01-01", "-0044-03-15", "-0100-02-29", "12024-01-01", "+2024-01-01",
                "+12024-02-29", "+5881580-07-11", "+5881580-07-12", "+1000000000-01-01", "09:05", "9:05", "24:00", "09:05:60", "09:05:00.", "09:05:00.5",
                "09:05:00.1234560", "09:05:00.1234567", "09:05:00.1234560000"));
        for (String date : List.of("2024-01-31", "+12024-01-31", "-0044-01-31", "+292277-01-09", "+292278-01-09", "+999999999-12-31")) {
            for (String time : List.of("T10:00", " 10:00:00", "t10:00:00.5", "T10:00:00.0000001", "T24:00", "  10:00")) {
                for (String zone : List.of("", "Z", "z", "+00", "-05", "+0530", "+05:30", "+05:30:15", "+053015", "+18:00", "-18:01", "+1", "+05:", "+05:60", "[UTC]")) {
                    texts.add(date + time + zone);
                }
            }
        }
        for (String name : types) {
            ColumnType type = TypeNames.of(name).orElseThrow();
            TextForm form = TextForm.of(type).orElseThrow();
            Cast cast = Cast.between(TEXT, type).orElseThrow();
            for (String text : texts) {
                byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                Optional<ShapeError> misfit = misfit(cast, text);
                boolean reads = misfit.isEmpty() || type instanceof ColumnType.Float && misfit.get() == ShapeError.CAST_INEXACT;
                assertThat(form.fits(utf8, utf8.length)).as("<%s> as %s: %s", text, name, misfit).isEqualTo(reads);
            }
        }
    }

    private static Optional<ShapeError> misfit(Cast cast, String text) {
        try {
            cast.of(text);
            return Optional.empty();
        } catch (Cast.Misfit e) {
            return Optional.of(e.error);
        }
    }

    @Test
    void whereDifferentValuesBecomeTheSameACastIsNotInjective() {
        for (String to : List.of("int32", "decimal(9,2)", "float64", "uuid", "date", "time", "timestamp", "timestamptz")) {
            assertThat(Cast.isInjective(TEXT, TypeNames.of(to).orElseThrow())).as(to).isFalse();
        }
        assertThat(Cast.isInjective(TEXT, new ColumnType.Bytes())).isTrue();
        assertThat(Cast.isInjective(integer(64), TEXT)).isTrue();
        assertThat(Cast.isInjective(integer(64), integer(8))).isTrue();
        assertThat(Cast.isInjective(new ColumnType.Float(64), integer(8))).as("two zeros").isFalse();
        // 2^60 and the float's shortest text.
        assertThat(cast(1152921504606846976L, integer(64), "float64")).isEqualTo(cast(1152921504606847000L, integer(64), "float64"));
        assertThat(Cast.isInjective(integer(64), new ColumnType.Float(64))).isFalse();
        assertThat(Cast.isInjective(integer(32), new ColumnType.Float(64))).isTrue();
    }

    @Test
    void aTimestampWithoutAZoneIsNeverGivenOne() {
        assertThat(catchThrowableOfType(WindrowException.class, () ->
                        cast(LocalDateTime.of(1970, 1, 2, 1, 0), new ColumnType.Timestamp(false), "timestamptz")))
                .hasMessageContaining("is never cast to timestamptz");
    }

    @Test
    void textAndBackGivesTheSameNumber() {
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            long whole = random.nextLong() >> random.nextInt(64);
            assertThat(cast(cast(whole, integer(64), "text"), TEXT, "int64")).isEqualTo("" + whole);
            double number = Double.longBitsToDouble(random.nextLong());
            assertThat(cast(cast(number, new ColumnType.Float(64), "text"), TEXT, "float64")).isEqualTo("" + number);
            float small = Float.intBitsToFloat(random.nextInt());
            assertThat(cast(cast(small, new ColumnType.Float(32), "text"), TEXT, "float32")).isEqualTo("" + small);
        }
    }

    private static ColumnType integer(int bits) {
        return new ColumnType.Int(bits, true);
    }

    /** The value after its cast as text, or the code of why its row was set aside. */
    private String cast(Object value, ColumnType from, String to) {
        StreamSchema schema = new StreamSchema(
                new StreamName("s", "t"), 1, List.of(new Column(1, "v", from, true, "source")), List.of());
        ShapePolicy policy = new ShapePolicy(Optional.empty(), Map.of(), List.of(), Map.of(), Map.of("v", to), Origin.NONE);
        try (BatchBuilder builder = new BatchBuilder(schema, allocator);
                var bound = new ShapeTransform(Map.of("s.t", policy)).bind(schema)) {
            builder.set("v", value).endRow();
            builder.setNull("v").endRow();
            try (Batch out = bound.apply(builder.build(new Position(1, "{}")))) {
                assertThat(out.arrow().getVector(0).isNull(out.rowCount() - 1)).isTrue();
                return out.rejected().isEmpty()
                        ? String.valueOf(out.arrow().getVector(0).getObject(0))
                        : out.rejected().getFirst().reasons().getFirst().code();
            }
        }
    }
}
