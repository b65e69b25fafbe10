package io.windrow.api.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BatchBuilderTest {
    private static final Position HERE = new Position(1, "{}");

    private final RootAllocator allocator = new RootAllocator(64 << 20);

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    @Test
    void nullAndEmptyAndValueStayThreeDifferentThings() {
        try (BatchBuilder builder = builder(new ColumnType.Text())) {
            builder.set(0, "").endRow();
            builder.setNull(0).endRow();
            builder.set("c0", "ı").endRow();
            try (Batch batch = builder.build(HERE)) {
                VarCharVector vector = (VarCharVector) batch.arrow().getVector(0);
                assertThat(vector.getObject(0)).hasToString("");
                assertThat(vector.isNull(1)).isTrue();
                assertThat(vector.getObject(2)).hasToString("ı");
                assertThat(batch.account()).isEqualTo(Account.ofRead(3));
                assertThat(batch.changes()).isEmpty();
            }
        }
    }

    @Test
    void absentAndUnchangedAreToldApartFromNullByPresence() {
        try (BatchBuilder builder = builder(new ColumnType.Int(64, true))) {
            builder.set(0, 5L).endRow();
            builder.absent("c0").endRow();
            builder.unchanged("c0").endRow();
            builder.setNull("c0").endRow();
            try (Batch batch = builder.build(HERE)) {
                var presence = batch.changes().orElseThrow().presence().get(1);
                assertThat(IntStream.range(0, 4).mapToObj(row -> Presence.values()[presence.get(row)]))
                        .containsExactly(Presence.PRESENT, Presence.ABSENT, Presence.UNCHANGED, Presence.NULL);
            }
        }
    }

    @Test
    void changesCarryTheirOperation() {
        try (BatchBuilder builder = builder(new ColumnType.Int(64, true))) {
            builder.change(Operation.INSERT, 40, 0, 17, 3).set(0, 1).endRow();
            builder.change(Operation.DELETE, 40, 1, 17, 3).set(0, 1).endRow();
            builder.set(0, 2);
            assertThatThrownBy(builder::endRow).satisfies(error -> assertThat(code(error)).isEqualTo(BatchError.ROW_INCOMPLETE));
            builder.change(Operation.UPDATE, 41, 0, 18, 4).endRow();
            try (Batch batch = builder.build(HERE)) {
                var operations = batch.changes().orElseThrow().operations();
                assertThat(IntStream.range(0, 3).mapToObj(row -> Operation.values()[operations.get(row)]))
                        .containsExactly(Operation.INSERT, Operation.DELETE, Operation.UPDATE);
            }
        }
    }

    @Test
    void aCopiedRowHasNoTransactionAndAChangeOfKeyIsLinked() {
        try (BatchBuilder builder = builder(new ColumnType.Int(64, true))) {
            assertThatThrownBy(() -> builder.linked(1)).satisfies(error -> assertThat(code(error)).isEqualTo(BatchError.ROW_INCOMPLETE));
            builder.copied(39, 0).set(0, 1).endRow();
            builder.change(Operation.DELETE, 40, 0, 17, 3).linked(1).set(0, 1).endRow();
            builder.change(Operation.INSERT, 40, 1, 17, 3).linked(0).set(0, 2).endRow();
            try (Batch batch = builder.build(HERE)) {
                ChangeColumns changes = batch.changes().orElseThrow();
                assertThat(changes.operations().get(0)).isEqualTo((byte) Operation.INSERT.ordinal());
                assertThat(List.of(changes.transactions().isNull(0), changes.commitMicros().isNull(0), changes.links().isNull(0)))
                        .containsOnly(true);
                assertThat(List.of(changes.positions().get(0), changes.links().get(1), changes.links().get(2))).containsExactly(39L, 1L, 0L);
                assertThat(changes.transactions().get(1)).isEqualTo(3);
            }
        }
    }

    @Test
    void aRowThatLeavesAColumnUnsaidIsRefused() {
        try (BatchBuilder builder = builder(new ColumnType.Bool(), new ColumnType.Bool())) {
            builder.set(0, true);
            assertThatThrownBy(builder::endRow)
                    .isInstanceOf(WindrowException.class)
                    .hasMessageContaining("says nothing about column c1");
            assertThatThrownBy(() -> builder.set("c2", true)).satisfies(
                    error -> assertThat(code(error)).isEqualTo(BatchError.UNKNOWN_COLUMN));
        }
    }

    @ParameterizedTest
    @MethodSource("values")
    void everyTypeTakesItsValueAndGivesItBack(ColumnType type, Object value, String seen) {
        try (BatchBuilder builder = builder(type)) {
            for (int row = 0; row < 5_000; row++) {
                if (row % 3 == 1) {
                    builder.setNull(0).endRow();
                } else {
                    builder.set(0, value).endRow();
                }
            }
            assertThat(builder.bytes()).isPositive();
            try (Batch batch = builder.build(HERE)) {
                var vector = batch.arrow().getVector(0);
                for (int row : new int[] {0, 2, 4_998}) {
                    Object got = vector.getObject(row);
                    assertThat(got instanceof byte[] bytes ? Arrays.toString(bytes) : String.valueOf(got)).isEqualTo(seen);
                }
                assertThat(vector.isNull(4_999)).isTrue();
                assertThat(vector.getNullCount()).isEqualTo(1_667);
            }
            builder.set(0, value).endRow();
            try (Batch second = builder.build(HERE)) {
                assertThat(second.rowCount()).isOne();
            }
        }
    }

    static List<Object[]> values() {
        Map<String, Object> fields = new HashMap<>();
        fields.put("a", 7);
        fields.put("b", null);
        return List.of(
                new Object[] {new ColumnType.Bool(), true, "true"},
                new Object[] {new ColumnType.Int(8, true), -128, "-128"},
                new Object[] {new ColumnType.Int(16, false), 65_535, "\uffff"},
                new Object[] {new ColumnType.Int(32, true), (short) 5, "5"},
                new Object[] {new ColumnType.Int(32, false), 4_294_967_295L, "-1"},
                new Object[] {new ColumnType.Int(64, true), Long.MIN_VALUE, "-9223372036854775808"},
                new Object[] {new ColumnType.Text(), "a\ud83d\ude00é", "a\ud83d\ude00é"},
                new Object[] {new ColumnType.Int(64, false), new BigInteger("18446744073709551615"), "-1"},
                new Object[] {new ColumnType.Float(32), 1.5f, "1.5"},
                new Object[] {new ColumnType.Float(64), -0.0, "-0.0"},
                new Object[] {new ColumnType.Decimal(38, 2), new BigDecimal("-1.5"), "-1.50"},
                new Object[] {new ColumnType.Json(), "{\"n\":9007199254740993}", "{\"n\":9007199254740993}"},
                new Object[] {new ColumnType.Bytes(), new byte[] {0, -1}, "[0, -1]"},
                new Object[] {new ColumnType.Uuid(), new UUID(0, 1), "[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]"},
                new Object[] {new ColumnType.Date(), LocalDate.of(-44, 3, 15), "-735525"},
                new Object[] {new ColumnType.Time(), LocalTime.of(0, 0, 1), "1000000"},
                new Object[] {new ColumnType.Timestamp(true), Instant.ofEpochSecond(-1), "-1000000"},
                new Object[] {new ColumnType.Timestamp(true), Instant.EPOCH.minus(1, ChronoUnit.MICROS), "-1"},
                new Object[] {new ColumnType.Timestamp(true), Instant.EPOCH.plus(Long.MIN_VALUE, ChronoUnit.MICROS), "-9223372036854775808"},
                new Object[] {new ColumnType.Timestamp(true), Instant.EPOCH.plus(Long.MAX_VALUE, ChronoUnit.MICROS), "9223372036854775807"},
                new Object[] {new ColumnType.Timestamp(false), LocalDateTime.of(1970, 1, 1, 0, 0, 2), "1970-01-01T00:00:02"},
                new Object[] {new ColumnType.Interval(), Period.of(1, 2, 3), "{\"months\":14,\"days\":3,\"micros\":0}"},
                new Object[] {new ColumnType.Interval(), Duration.ofMillis(-1_500), "{\"months\":0,\"days\":0,\"micros\":-1500000}"},
                new Object[] {
                    new ColumnType.ListOf(new Column(1, "element", new ColumnType.Text(), true, "text")),
                    Arrays.asList("x", null), "[\"x\",null]"
                },
                new Object[] {
                    new ColumnType.Struct(List.of(
                            new Column(1, "a", new ColumnType.Int(32, true), true, "int"),
                            new Column(2, "b", new ColumnType.Text(), true, "text"))),
                    fields, "{\"a\":7}"
                });
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void whatDoesNotFitIsRefusedWithoutQuotingIt(ColumnType type, Object value) {
        try (BatchBuilder builder = builder(type)) {
            assertThatThrownBy(() -> builder.set(0, value)).satisfies(error -> {
                assertThat(code(error)).isEqualTo(BatchError.VALUE_DOES_NOT_FIT);
                assertThat(error).hasMessageContaining("c0").hasMessageNotContaining("4711");
            });
        }
    }

    static List<Object[]> misfits() {
        return List.of(
                new Object[] {new ColumnType.Bool(), "4711"},
                new Object[] {new ColumnType.Int(8, true), 4711},
                new Object[] {new ColumnType.Int(8, false), 256},
                new Object[] {new ColumnType.Int(8, false), (byte) -1},
                new Object[] {new ColumnType.Int(16, true), -32_769L},
                new Object[] {new ColumnType.Int(32, true), 2_147_483_648L},
                new Object[] {new ColumnType.Int(64, true), BigInteger.TWO.pow(63)},
                new Object[] {new ColumnType.Int(64, false), -4711L},
                new Object[] {new ColumnType.Int(32, true), 4711.0},
                new Object[] {new ColumnType.Decimal(4, 1), new BigDecimal("4711")},
                new Object[] {new ColumnType.Decimal(10, 1), new BigDecimal("4711.25")},
                new Object[] {new ColumnType.Text(), "4711\ud800"},
                new Object[] {new ColumnType.Text(), "\ude00\ud83d4711"},
                new Object[] {new ColumnType.Timestamp(true), Instant.EPOCH.plus(Long.MIN_VALUE, ChronoUnit.MICROS).minusSeconds(1)},
                new Object[] {new ColumnType.Timestamp(false), LocalDateTime.MAX},
                new Object[] {new ColumnType.Time(), LocalTime.of(0, 0, 0, 4711)},
                new Object[] {new ColumnType.Date(), LocalDate.MAX});
    }

    private static Object code(Throwable error) {
        return ((WindrowException) error).errorCode();
    }

    private BatchBuilder builder(ColumnType... types) {
        List<Column> columns = IntStream.range(0, types.length)
                .mapToObj(i -> new Column(i + 1, "c" + i, types[i], true, "test"))
                .toList();
        return new BatchBuilder(new StreamSchema(new StreamName("s", "t"), 1, columns, List.of()), allocator);
    }
}
