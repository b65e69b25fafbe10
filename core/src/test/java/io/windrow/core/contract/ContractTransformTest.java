package io.windrow.core.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Operation;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.Rejected;
import io.windrow.api.config.Origin;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.core.policy.ContractPolicy;
import io.windrow.core.policy.Drift;
import io.windrow.core.policy.FieldCheck;
import io.windrow.core.policy.StreamContract;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContractTransformTest {
    private static final StreamName STREAM = new StreamName("s", "t");

    private final RootAllocator allocator = new RootAllocator(64 << 20);

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    @Test
    void aRandomContractSetsAsideExactlyTheRowsThatASlowJudgeSetsAside() {
        long setAside = 0;
        long kept = 0;
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            List<Column> columns = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(5); i++) {
                columns.add(new Column(i + 1, "c" + i, SlowJudge.type(random), true, "any"));
            }
            StreamSchema schema = new StreamSchema(STREAM, 1, columns, List.of());
            List<FieldCheck> checks = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(4); i++) {
                checks.add(SlowJudge.check(columns.get(random.nextInt(columns.size())), random));
            }
            SlowJudge judge = new SlowJudge(schema, checks);
            List<String> expected = new ArrayList<>();
            int rows = random.nextInt(200);
            try (BatchBuilder builder = new BatchBuilder(schema, allocator);
                    BoundTransform bound = transform(checks).bind(schema)) {
                for (int row = 0; row < rows; row++) {
                    List<Object> values = new ArrayList<>();
                    for (int i = 0; i < columns.size(); i++) {
                        Object value = SlowJudge.value(columns.get(i).type(), random);
                        values.add(value);
                        if (value == null) {
                            builder.setNull(i);
                        } else {
                            builder.set(i, value);
                        }
                    }
                    builder.endRow();
                    int number = row;
                    judge.first(values).ifPresent(broken -> expected.add(number + " " + broken));
                }
                Batch batch = builder.build(new Position(1, "{}"));
                Batch judged = bound.apply(batch);
                try (judged) {
                    List<String> actual = judged.rejected().stream()
                            .flatMap(aside -> aside.reasons().stream())
                            .map(reason -> reason.ordinal() + " " + reason.field() + " " + reason.code())
                            .toList();
                    assertThat(actual).as("seed %s: %s over %s", seed, checks, columns).isEqualTo(expected);
                    assertThat(judged.rowCount()).isEqualTo(rows - expected.size());
                    assertThat(judged.account().plusWritten(judged.rowCount()).balances()).isTrue();
                    assertThat(judged == batch).isEqualTo(expected.isEmpty());
                }
                setAside += expected.size();
                kept += rows - expected.size();
            }
        }
        assertThat(setAside).isGreaterThan(5_000);
        assertThat(kept).isGreaterThan(3_000);
    }

    @Test
    void noReasonQuotesAValue() {
        StreamSchema schema = schema(new ColumnType.Text());
        List<FieldCheck> checks = List.of(
                check(Optional.of("int32"), null, null, "[a-z]+", List.of("x")),
                check(Optional.empty(), null, null, "[A-Z]+", List.of("X", "Y")));
        try (BoundTransform bound = transform(checks).bind(schema);
                Batch judged = bound.apply(batch(schema, "CANARY1", "CANARY2", "7"))) {
            assertThat(judged.rejected()).flatMap(Rejected::reasons).hasSize(3)
                    .allSatisfy(reason -> assertThat(reason.text()).doesNotContain("CANARY").doesNotContain("7"));
        }
    }

    @Test
    void aFieldThatTheSourceDidNotSendIsNotNull() {
        StreamSchema schema = schema(new ColumnType.Int(32, true));
        FieldCheck check = new FieldCheck(
                "c", Optional.empty(), true, Optional.of("5"), Optional.empty(), Optional.empty(), List.of(), Origin.NONE);
        Batch batch;
        try (BatchBuilder builder = new BatchBuilder(schema, allocator)) {
            for (int i = 0; i < 4; i++) {
                builder.change(Operation.INSERT, 1, i, 1, 1);
                switch (i) {
                    case 0 -> builder.unchanged("c");
                    case 1 -> builder.absent("c");
                    case 2 -> builder.setNull("c");
                    default -> builder.set("c", 7);
                }
                builder.endRow();
            }
            batch = builder.build(new Position(1, "{}"));
        }
        try (BoundTransform bound = transform(List.of(check)).bind(schema);
                Batch judged = bound.apply(batch)) {
            assertThat(judged.rejected()).flatMap(Rejected::reasons).extracting(Rejected.Reason::ordinal).containsExactly(2L);
        }
    }

    @Test
    void aDeletionIsNeverSetAsideWhateverTheRowHeldThatIsGone() {
        StreamSchema schema = schema(new ColumnType.Int(32, true));
        Batch batch;
        try (BatchBuilder builder = new BatchBuilder(schema, allocator)) {
            builder.change(Operation.UPDATE, 1, 0, 1, 1).set("c", 1).endRow();
            builder.change(Operation.DELETE, 1, 1, 1, 1).set("c", 1).endRow();
            batch = builder.build(new Position(1, "{}"));
        }
        try (BoundTransform bound = transform(List.of(check(Optional.empty(), "5", null, null, List.of()))).bind(schema);
                Batch judged = bound.apply(batch)) {
            assertThat(judged.rejected()).flatMap(Rejected::reasons).extracting(Rejected.Reason::ordinal).containsExactly(0L);
            assertThat(judged.changes().orElseThrow().operations().get(0)).isEqualTo((byte) Operation.DELETE.ordinal());
        }
    }

    @Test
    void anExpressionThatNeverEndsSetsItsRowAside() {
        StreamSchema schema = schema(new ColumnType.Text());
        try (BoundTransform bound = transform(List.of(check(Optional.empty(), null, null, "(x+x+)+y", List.of()))).bind(schema);
                Batch judged = bound.apply(batch(schema, "x".repeat(60), "xxy", "x".repeat(50_000)))) {
            assertThat(judged.rowCount()).isOne();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nmae  | text  |         |     |     |       | contract.unknown_field    | did you mean name?
            name  | text  | decmal  |     |     |       | contract.unknown_type     | there is no type
            name  | int32 | int64   |     |     |       | contract.type_differs     | the stream has int32
            name  | text  | bytes   |     |     |       | contract.unfit_check      | texts are not read as bytes
            name  | text  |         | 1   |     |       | contract.unfit_check      | a range does not fit the type text
            name  | uuid  |         |     | 1   |       | contract.unfit_check      | a range does not fit the type uuid
            name  | int32 |         | 9   | 8   |       | contract.empty_range      | min 9 is larger than max 8
            name  | uint64 |        | 9   | 8   |       | contract.empty_range      | min 9 is larger than max 8
            name  | float64 |       | 0.5 | 0.4 |       | contract.empty_range      | min 0.5 is larger
            name  | decimal(5,2) |  | 1.001 |   |       | contract.unreadable_value | no value of type decimal(5,2)
            name  | int8  |         | 200 |     |       | contract.unreadable_value | no value of type int8
            name  | date  |         | 2024-02-30 | |    | contract.unreadable_value | no value of type date
            name  | timestamptz |   | 2024-02-20 10:00 | | | contract.unreadable_value | no value of type timestamptz
            name  | int32 |         |     |     | a+    | contract.unfit_check      | a pattern does not fit the type int32
            name  | text  |         |     |     | (a    | contract.bad_pattern      | no regular expression
            """)
    void whatDoesNotFitIsRefusedWithItsPlace(
            String field, String type, String wanted, String min, String max, String pattern, String code, String text) {
        StreamSchema schema = new StreamSchema(
                STREAM, 1, List.of(new Column(1, "name", TypeNames.parse(type).orElseThrow(), true, "x")), List.of());
        FieldCheck check = new FieldCheck(
                field, Optional.ofNullable(wanted), false, Optional.ofNullable(min), Optional.ofNullable(max),
                Optional.ofNullable(pattern), List.of(), new Origin("p.yaml:7:5 contract.streams.s.t.fields[0]"));
        assertThatThrownBy(() -> transform(List.of(check)).bind(schema))
                .isInstanceOfSatisfying(WindrowException.class, e -> {
                    assertThat(e.errorCode().code()).isEqualTo(code);
                    assertThat(e.place()).hasValue("p.yaml:7:5 contract.streams.s.t.fields[0]");
                })
                .hasMessageContaining(text);
    }

    @Test
    void aMemberThatIsNotOfTheTypeIsRefused() {
        for (String type : List.of("int8", "decimal(5,2)", "bool", "uuid", "date", "time", "timestamp", "float32")) {
            StreamSchema schema = schema(TypeNames.parse(type).orElseThrow());
            assertThatThrownBy(() -> transform(List.of(check(Optional.empty(), null, null, null, List.of("1e9x")))).bind(schema))
                    .as(type)
                    .hasMessageContaining("no value of type " + type);
        }
    }

    @Test
    void boundsAreExactAtTheEndsOfWideTypes() {
        StreamSchema wide = schema(new ColumnType.Decimal(38, 0));
        BigDecimal edge = new BigDecimal(BigInteger.ONE.shiftLeft(64));
        try (BoundTransform bound = transform(List.of(check(Optional.empty(), edge.negate().toString(), edge.toString(), null, List.of())))
                        .bind(wide);
                Batch judged = bound.apply(batch(wide, edge, edge.add(BigDecimal.ONE), edge.negate(), edge.negate().subtract(BigDecimal.ONE)))) {
            assertThat(judged.rejected()).flatMap(Rejected::reasons).extracting(Rejected.Reason::ordinal).containsExactly(1L, 3L);
        }
        StreamSchema unsigned = schema(new ColumnType.Int(64, false));
        BigInteger top = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
        try (BoundTransform bound = transform(List.of(check(Optional.empty(), "5", top.subtract(BigInteger.ONE).toString(), null, List.of())))
                        .bind(unsigned);
                Batch judged = bound.apply(batch(unsigned, BigInteger.valueOf(4), BigInteger.TWO.pow(63), top))) {
            assertThat(judged.rejected()).flatMap(Rejected::reasons).extracting(Rejected.Reason::ordinal).containsExactly(0L, 2L);
        }
    }

    @Test
    void theVersionChangesWithTheContractAndNotWithItsPlace() {
        FieldCheck check = check(Optional.empty(), "1", "2", null, List.of());
        FieldCheck elsewhere = new FieldCheck(
                "c", Optional.empty(), false, Optional.of("1"), Optional.of("2"), Optional.empty(), List.of(), new Origin("x:9:9"));
        String version = transform(List.of(check)).version(STREAM);
        assertThat(version).hasSize(16).isEqualTo(transform(List.of(elsewhere)).version(STREAM));
        assertThat(version)
                .isNotEqualTo(transform(List.of(check(Optional.empty(), "1", "3", null, List.of()))).version(STREAM));
        StreamContract mine = new StreamContract(Optional.empty(), List.of(check), Origin.NONE);
        StreamContract other = new StreamContract(Optional.of(Drift.STOP), List.of(), Origin.NONE);
        assertThat(new ContractTransform(new ContractPolicy(
                                Drift.EVOLVE, Map.of(STREAM.toString(), mine, "another.stream", other), Origin.NONE))
                        .version(STREAM))
                .isEqualTo(version);
    }

    private static StreamSchema schema(ColumnType type) {
        return new StreamSchema(STREAM, 1, List.of(new Column(1, "c", type, true, "x")), List.of());
    }

    private Batch batch(StreamSchema schema, Object... values) {
        try (BatchBuilder builder = new BatchBuilder(schema, allocator)) {
            for (Object value : values) {
                builder.set(0, value).endRow();
            }
            return builder.build(new Position(1, "{}"));
        }
    }

    private static FieldCheck check(Optional<String> type, String min, String max, String pattern, List<String> in) {
        return new FieldCheck(
                "c", type, false, Optional.ofNullable(min), Optional.ofNullable(max), Optional.ofNullable(pattern), in, Origin.NONE);
    }

    private static ContractTransform transform(List<FieldCheck> checks) {
        return new ContractTransform(new ContractPolicy(
                Drift.EVOLVE, Map.of("s.t", new StreamContract(Optional.empty(), checks, Origin.NONE)), Origin.NONE));
    }
}
