package io.windrow.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.ChangeColumns;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.Presence;
import io.windrow.api.batch.RowHash;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.*;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RowHasherTest {
    private static final List<Column> ALL = List.of(
            column(1, new ColumnType.Bool()), column(2, new ColumnType.Int(8, true)),
            column(3, new ColumnType.Int(16, false)), column(4, new ColumnType.Int(32, true)),
            column(5, new ColumnType.Int(64, true)), column(6, new ColumnType.Float(32)),
            column(7, new ColumnType.Float(64)), column(8, new ColumnType.Decimal(38, 4)),
            column(9, new ColumnType.Text()), column(10, new ColumnType.Json()), column(11, new ColumnType.Bytes()),
            column(12, new ColumnType.Uuid()), column(13, new ColumnType.Date()), column(14, new ColumnType.Time()),
            column(15, new ColumnType.Timestamp(true)), column(16, new ColumnType.Interval()),
            column(17, new ColumnType.ListOf(column(1, new ColumnType.Text()))),
            column(18, new ColumnType.Struct(List.of(
                    column(1, new ColumnType.Int(32, true)),
                    column(2, new ColumnType.ListOf(column(1, new ColumnType.Float(64))))))));

    private final BufferAllocator allocator = new RootAllocator();
    private final RowHasher hasher = new RowHasher(7, 11);

    @AfterEach
    void nothingLeaks() {
        opened.forEach(Batch::close);
        allocator.close();
    }

    private static Column column(int id, ColumnType type) {
        return new Column(id, "c" + id, type, true, "t");
    }

    private Batch batch(List<Column> columns, List<List<Object>> rows) {
        StreamSchema schema = new StreamSchema(StreamName.of("s"), 1, columns, List.of());
        VectorSchemaRoot root = VectorSchemaRoot.create(ArrowTypes.schema(schema), allocator);
        root.allocateNew();
        for (int r = 0; r < rows.size(); r++) {
            for (int c = 0; c < columns.size(); c++) {
                set(root.getVector(c), r, rows.get(r).get(c));
            }
        }
        root.setRowCount(rows.size());
        return new Batch(schema, root, new Position(1, ""), Account.ofRead(rows.size()));
    }

    private static void set(FieldVector vector, int i, Object value) {
        if (value == null) {
            vector.setNull(i);
            return;
        }
        switch (vector) {
            case BitVector v -> v.setSafe(i, (Boolean) value ? 1 : 0);
            case TinyIntVector v -> v.setSafe(i, ((Number) value).intValue());
            case UInt2Vector v -> v.setSafe(i, ((Number) value).intValue());
            case UInt8Vector v -> v.setSafe(i, ((Number) value).longValue());
            case IntVector v -> v.setSafe(i, ((Number) value).intValue());
            case BigIntVector v -> v.setSafe(i, ((Number) value).longValue());
            case Float4Vector v -> v.setSafe(i, ((Number) value).floatValue());
            case Float8Vector v -> v.setSafe(i, ((Number) value).doubleValue());
            case DecimalVector v -> v.setSafe(i, (BigDecimal) value);
            case VarCharVector v -> v.setSafe(i, ((String) value).getBytes(StandardCharsets.UTF_8));
            case VarBinaryVector v -> v.setSafe(i, ((String) value).getBytes(StandardCharsets.UTF_8));
            case FixedSizeBinaryVector v -> v.setSafe(i, (byte[]) value);
            case DateDayVector v -> v.setSafe(i, ((Number) value).intValue());
            case TimeMicroVector v -> v.setSafe(i, ((Number) value).longValue());
            case TimeStampVector v -> v.setSafe(i, ((Number) value).longValue());
            case ListVector v -> {
                List<?> elements = (List<?>) value;
                int start = v.startNewValue(i);
                for (int e = 0; e < elements.size(); e++) {
                    set(v.getDataVector(), start + e, elements.get(e));
                }
                v.endValue(i, elements.size());
            }
            case StructVector v -> {
                v.setIndexDefined(i);
                List<?> parts = (List<?>) value;
                for (int p = 0; p < parts.size(); p++) {
                    set(v.getChildrenFromFields().get(p), i, parts.get(p));
                }
            }
            default -> throw new IllegalArgumentException(vector.getClass().toString());
        }
    }

    private RowHash hash(List<Column> columns, List<List<Object>> rows) {
        try (Batch batch = batch(columns, rows)) {
            return hasher.hash(batch);
        }
    }

    private RowHash one(ColumnType type, Object value) {
        return hash(List.of(column(1, type)), List.of(Collections.singletonList(value)));
    }

    private RowHash byValue(ColumnType type, Object value) {
        try (Batch batch = batch(List.of(column(1, type)), List.of(Collections.singletonList(value)))) {
            return new RowHasher(7, 11, Set.of(), HashForm.VALUE).hash(batch);
        }
    }

    private static ColumnType whole(int bits) {
        return new ColumnType.Int(bits, true);
    }

    private static ColumnType decimal(int precision, int scale) {
        return new ColumnType.Decimal(precision, scale);
    }

    private static ColumnType real(int bits) {
        return new ColumnType.Float(bits);
    }

    private static List<Object> row(int n) {
        return Arrays.asList(
                n % 2 == 0, n, 60_000 + n, -n, 1L << 40 | n, n / 3f, n / 7d,
                new BigDecimal(BigInteger.valueOf(n).pow(9), 4), "text number " + n, "{\"n\":" + n + "}", "b" + n,
                Arrays.copyOf(("uuid" + n).getBytes(StandardCharsets.UTF_8), 16), 20_000 + n, 1000L * n, -5L * n,
                List.of(n, -n, (long) n), Arrays.asList("a" + n, null, ""),
                Arrays.asList(n, List.of(n / 2d, Double.NaN)));
    }

    @Test
    void theSumDoesNotDependOnOrderOrOnTheBordersOfBatches() {
        List<List<Object>> rows = new ArrayList<>();
        for (int n = 0; n < 41; n++) {
            rows.add(n % 5 == 4 ? Collections.nCopies(ALL.size(), null) : row(n));
        }
        RowHash whole = hash(ALL, rows);
        RowHash parts = RowHash.ZERO;
        for (int from = 0; from < rows.size(); from += 6) {
            parts = parts.plus(hash(ALL, rows.subList(from, Math.min(rows.size(), from + 6))));
        }
        List<List<Object>> reversed = new ArrayList<>(rows);
        Collections.reverse(reversed);
        assertThat(parts).isEqualTo(whole);
        assertThat(hash(ALL, reversed)).isEqualTo(whole);
        assertThat(hash(ALL, List.of())).isEqualTo(RowHash.ZERO);
        assertThat(new RowHasher(7, 12).hash(close(batch(ALL, List.of(row(1)))))).isNotEqualTo(hash(ALL, List.of(row(1))));
    }

    private final List<Batch> opened = new ArrayList<>();

    private Batch close(Batch batch) {
        opened.add(batch);
        return batch;
    }

    @Test
    void everyChangeOfAnyValueChangesTheHash() {
        RowHash before = hash(ALL, List.of(row(4)));
        for (int c = 0; c < ALL.size(); c++) {
            for (List<Object> other : List.of(row(5), row(7), Collections.nCopies(ALL.size(), (Object) null))) {
                List<Object> changed = new ArrayList<>(row(4));
                changed.set(c, other.get(c));
                assertThat(hash(ALL, List.of(changed))).as("column " + ALL.get(c)).isNotEqualTo(before);
            }
        }
        assertThat(hash(ALL, List.of(row(4)))).isEqualTo(before);
    }

    @Test
    void valuesThatSwapRowsAreSeen() {
        List<Column> two = List.of(column(1, new ColumnType.Int(64, true)), column(2, new ColumnType.Int(64, true)));
        assertThat(hash(two, List.of(List.of(1, 2), List.of(3, 4))))
                .isNotEqualTo(hash(two, List.of(List.of(1, 4), List.of(3, 2))));
        assertThat(hash(two, List.of(List.of(1, 2)))).isNotEqualTo(hash(two, List.of(List.of(2, 1))));
    }

    @Test
    void nullEmptyZeroAndAbsentAreFourDifferentValues() {
        ColumnType text = new ColumnType.Text();
        ColumnType list = new ColumnType.ListOf(column(1, text));
        assertThat(new HashSet<>(List.of(
                        one(text, null), one(text, ""), one(text, "\0"), one(text, "\0\0"), one(text, "0"))))
                .hasSize(5);
        assertThat(new HashSet<>(List.of(
                        one(list, null), one(list, List.of()), one(list, Collections.singletonList(null)),
                        one(list, List.of("")), one(list, List.of("", "")))))
                .hasSize(5);
        assertThat(one(new ColumnType.Int(64, true), null)).isNotEqualTo(one(new ColumnType.Int(64, true), 0));
    }

    @Test
    void presenceTellsAbsentUnchangedAndNullApart() {
        Column key = column(1, new ColumnType.Int(64, true));
        Column other = column(2, new ColumnType.Text());
        Set<RowHash> hashes = new HashSet<>();
        for (Presence presence : Presence.values()) {
            VectorSchemaRoot root = batch(List.of(key, other), List.of(Arrays.asList(1, "x"))).arrow();
            TinyIntVector operations = new TinyIntVector("o", allocator);
            operations.setSafe(0, 0);
            operations.setValueCount(1);
            TinyIntVector present = new TinyIntVector("p", allocator);
            present.setSafe(0, presence.ordinal());
            present.setValueCount(1);
            ChangeColumns changes = new ChangeColumns(
                    operations, new BigIntVector("a", allocator), new BigIntVector("b", allocator),
                    new BigIntVector("c", allocator), new BigIntVector("d", allocator), new BigIntVector("e", allocator),
                    Map.of(2, present), Optional.empty());
            try (Batch batch = new Batch(
                    new StreamSchema(StreamName.of("s"), 1, List.of(key, other), List.of()), root, new Position(1, ""),
                    Account.ZERO, Map.of(), changes)) {
                hashes.add(hasher.hash(batch));
                if (presence == Presence.ABSENT) {
                    assertThat(hasher.hash(batch)).isEqualTo(hash(List.of(key), List.of(List.of(1))));
                }
                if (presence == Presence.PRESENT) {
                    assertThat(hasher.hash(batch)).isEqualTo(hash(List.of(key, other), List.of(List.of(1, "x"))));
                }
            }
        }
        assertThat(hashes).hasSize(4);
    }

    @Test
    void allNansAreOneAndMinusZeroIsKept() {
        ColumnType type = new ColumnType.Float(64);
        assertThat(one(type, Double.longBitsToDouble(0x7ff8000000000001L))).isEqualTo(one(type, Double.NaN));
        assertThat(one(type, Double.longBitsToDouble(0xfff8000000000000L))).isEqualTo(one(type, Double.NaN));
        assertThat(one(type, -0.0)).isNotEqualTo(one(type, 0.0));
        assertThat(one(new ColumnType.Float(32), -0.0f)).isNotEqualTo(one(new ColumnType.Float(32), 0.0f));
    }

    @Test
    void aFieldIsItsStableIdAndItsTypeNotItsNameOrPlace() {
        Column a = new Column(5, "a", new ColumnType.Int(64, true), true, "bigint");
        Column renamed = new Column(5, "b", new ColumnType.Int(64, true), false, "int8");
        Column x = column(9, new ColumnType.Text());
        assertThat(hash(List.of(a, x), List.of(List.of(1, "t")))).isEqualTo(hash(List.of(x, renamed), List.of(List.of("t", 1))));
        assertThat(one(new ColumnType.Text(), "1")).isNotEqualTo(one(new ColumnType.Json(), "1"));
        assertThat(one(new ColumnType.Int(64, true), 1)).isNotEqualTo(one(new ColumnType.Int(32, true), 1));
        assertThat(one(new ColumnType.Decimal(9, 2), new BigDecimal("1.50")))
                .isEqualTo(one(new ColumnType.Decimal(20, 2), new BigDecimal("1.50")));
        assertThat(one(new ColumnType.Decimal(9, 2), new BigDecimal("1.50")))
                .isNotEqualTo(one(new ColumnType.Decimal(9, 3), new BigDecimal("1.500")));
    }

    @Test
    void byValueANumberIsTheSameInEveryTypeThatHoldsIt() {
        for (long number : List.of(0L, 1L, -1L, 100L, -70L, 127L)) {
            RowHash expected = byValue(whole(64), number);
            assertThat(expected).as("what earlier versions saved").isEqualTo(one(whole(64), number));
            assertThat(List.of(
                            byValue(whole(8), number), byValue(whole(32), number), byValue(real(32), (float) number),
                            byValue(real(64), (double) number), byValue(decimal(12, 0), new BigDecimal(number)),
                            byValue(decimal(12, 2), new BigDecimal(number).setScale(2)),
                            byValue(decimal(38, 30), new BigDecimal(number).setScale(30))))
                    .containsOnly(expected);
        }
        assertThat(byValue(new ColumnType.Int(16, false), 60_000)).isEqualTo(byValue(whole(64), 60_000));
        BigInteger large = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.TEN);
        assertThat(byValue(new ColumnType.Int(64, false), large.longValue()))
                .isEqualTo(byValue(decimal(20, 0), new BigDecimal(large)))
                .isEqualTo(byValue(decimal(38, 6), new BigDecimal(large).setScale(6)))
                .isNotEqualTo(byValue(whole(64), -10L));
        for (String digits : List.of("1.5", "-0.01", "12345678901234567890123456789.5", "-98765432109876543210.25")) {
            assertThat(byValue(decimal(38, 8), new BigDecimal(digits).setScale(8)))
                    .isEqualTo(byValue(decimal(32, 2), new BigDecimal(digits).setScale(2)));
        }
        assertThat(byValue(real(32), 0.1f)).isEqualTo(byValue(real(64), (double) 0.1f));
        assertThat(byValue(real(64), Double.longBitsToDouble(0xfff8000000000000L))).isEqualTo(byValue(real(32), Float.NaN));
        ColumnType narrow = new ColumnType.ListOf(column(1, whole(32)));
        ColumnType wide = new ColumnType.ListOf(column(1, decimal(38, 6)));
        assertThat(byValue(narrow, List.of(1, -7)))
                .isEqualTo(byValue(wide, List.of(new BigDecimal("1.000000"), new BigDecimal("-7.000000"))));
        assertThat(byValue(whole(32), null)).isEqualTo(byValue(decimal(5, 1), null));
    }

    @Test
    void byValueDifferentNumbersAndOtherTypesAreToldApart() {
        List<RowHash> different = List.of(
                byValue(whole(32), 0), byValue(real(64), -0.0), byValue(whole(32), 1), byValue(decimal(5, 1), new BigDecimal("0.1")),
                byValue(decimal(5, 2), new BigDecimal("0.01")), byValue(decimal(5, 0), new BigDecimal("10")), byValue(real(64), 0.1),
                byValue(real(32), 0.1f), byValue(real(64), 0x1p63), byValue(real(64), -0x1p70), byValue(real(64), Double.NaN),
                byValue(real(64), Double.POSITIVE_INFINITY), byValue(whole(64), Long.MAX_VALUE), byValue(whole(64), Long.MIN_VALUE),
                byValue(new ColumnType.Text(), "1"), byValue(new ColumnType.Bool(), true), byValue(whole(32), null),
                byValue(new ColumnType.Timestamp(true), 1L), byValue(new ColumnType.Timestamp(false), 1L));
        assertThat(new HashSet<>(different)).hasSameSizeAs(different);
        ColumnType list = new ColumnType.ListOf(column(1, decimal(38, 2)));
        assertThat(byValue(list, List.of(new BigDecimal("1.50")))).isNotEqualTo(byValue(list, List.of(new BigDecimal("15.00"))));
    }

    @Test
    void onlyNumbersOtherThanWholeOnesOf64BitsHashOtherwiseByValue() {
        List<Object> row = row(4);
        for (int c = 0; c < ALL.size(); c++) {
            ColumnType type = ALL.get(c).type();
            boolean differs = HashForm.differ(List.of(ALL.get(c)));
            assertThat(differs).as(type.toString()).isEqualTo(!byValue(type, row.get(c)).equals(one(type, row.get(c))));
        }
        assertThat(HashForm.differ(List.of(ALL.get(4), ALL.get(8), ALL.get(11)))).isFalse();
    }

    @Test
    void theFastPathOfSipHashAgreesWithThePlainOne() {
        SipHash sip = new SipHash(3, 4);
        assertThat(sip.add(new long[] {5, 8}, new long[] {6, -1}, 2)).isEqualTo(sip.of(5, 6).plus(sip.of(8, -1)));
    }
}
