package io.windrow.core.transform.dedupe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.RowHash;
import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Origin;
import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.core.checkpoint.RememberedRows;
import io.windrow.core.ledger.HashForm;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.ledger.RowHasher;
import io.windrow.core.plan.Steps;
import io.windrow.core.policy.DedupePolicy;
import io.windrow.core.policy.ShapePolicy;
import io.windrow.core.transform.shape.ShapeTransform;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.util.Text;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DedupeTest {
    private static final StreamSchema SCHEMA = new StreamSchema(
            new StreamName("s", "t"), 1,
            List.of(
                    new Column(4, "id", new ColumnType.Int(64, true), false, "bigint"),
                    new Column(9, "name", new ColumnType.Text(), true, "text")),
            List.of("id"));

    private static final HashKey KEY = HashKey.of(Secret.of("of the meadow"));

    private final RootAllocator allocator = new RootAllocator(64 << 20);

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    private static DedupePolicy by(String... fields) {
        return new DedupePolicy(
                List.of(fields), 1000, new ByteSize(1 << 20), Optional.empty(), new Origin("orders.yaml:7:3"));
    }

    private static Dedupe dedupe(DedupePolicy policy) {
        return new Dedupe(Map.of("s.t", policy)).begin(KEY);
    }

    private Batch batch(Object... idsAndNames) {
        int rows = idsAndNames.length / 2;
        VectorSchemaRoot root = VectorSchemaRoot.create(ArrowTypes.schema(SCHEMA), allocator);
        BigIntVector ids = (BigIntVector) root.getVector("id");
        VarCharVector names = (VarCharVector) root.getVector("name");
        ids.allocateNew(rows);
        names.allocateNew();
        for (int i = 0; i < rows; i++) {
            ids.set(i, (Integer) idsAndNames[2 * i]);
            @Nullable Object name = idsAndNames[2 * i + 1];
            if (name == null) {
                names.setNull(i);
            } else {
                names.setSafe(i, new Text((String) name));
            }
        }
        root.setRowCount(rows);
        return new Batch(SCHEMA, root, new Position(1, "p"), Account.ofRead(rows));
    }

    private static List<String> rows(BoundTransform step, Batch batch) {
        try (Batch out = step.apply(batch)) {
            List<String> rows = new ArrayList<>();
            for (int i = 0; i < out.rowCount(); i++) {
                rows.add(out.arrow().getVector(0).getObject(i) + "" + out.arrow().getVector(1).getObject(i));
            }
            assertThat(out.account().plusWritten(out.rowCount()).balances()).as("I1").isTrue();
            assertThat(out.account().duplicates()).isEqualTo(out.account().read() - out.rowCount());
            return rows;
        }
    }

    @Test
    void theFirstRowOfEachKeyStaysForAllThatAreBoundTogether() {
        Dedupe dedupe = dedupe(by("id"));
        try (BoundTransform one = dedupe.bind(SCHEMA); BoundTransform two = dedupe.bind(SCHEMA)) {
            one.epoch(1);
            two.epoch(1);
            assertThat(rows(one, batch(1, "a", 2, "b", 1, "c"))).containsExactly("1a", "2b");
            assertThat(rows(two, batch(2, "d", 3, "e"))).containsExactly("3e");
            assertThat(rows(one, batch(3, "f"))).isEmpty();
            assertThat(rows(one, batch())).isEmpty();
        }
        try (BoundTransform later = dedupe.begin(KEY).bind(SCHEMA)) {
            later.epoch(1);
            assertThat(rows(later, batch(3, "f"))).as("another attempt remembers nothing").containsExactly("3f");
        }
    }

    @Test
    void wholeRowsAreComparedWithTheirNullsAndARowWithoutItsKeyIsNoRepetition() {
        try (BoundTransform whole = dedupe(by()).bind(SCHEMA); BoundTransform name = dedupe(by("name")).bind(SCHEMA)) {
            whole.epoch(1);
            name.epoch(1);
            assertThat(rows(whole, batch(1, "a", 1, null, 1, "a", 1, null, 1, ""))).containsExactly("1a", "1null", "1");
            assertThat(rows(name, batch(1, "a", 2, null, 3, "a", 4, null, 5, ""))).containsExactly("1a", "2null", "4null", "5");
        }
    }

    @Test
    void aRowThatNeverComesOutIsNotRemembered() {
        ShapeTransform shape = new ShapeTransform(Map.of("s.t", new ShapePolicy(
                Optional.of("id > 0"), Map.of(), List.of(), Map.of("id", "number"), Map.of("name", "int32"), Origin.NONE)));
        Steps steps = new Steps(List.of(shape.judging(stream -> true), dedupe(by("name")), shape));
        List<BoundTransform> bound = steps.bind(SCHEMA);
        bound.forEach(step -> step.epoch(1));
        Batch batch = batch(-1, "7", 1, "7", 2, "7", 3, "x", 4, "x", 5, "8");
        for (BoundTransform step : bound) {
            batch = step.apply(batch);
        }
        try (Batch out = batch) {
            assertThat(out.schema()).isEqualTo(steps.output(SCHEMA));
            assertThat(out.arrow().getVector("number").toString()).isEqualTo("[1, 5]");
            assertThat(out.account().filtered()).isOne();
            assertThat(out.account().quarantined()).isEqualTo(2);
            assertThat(out.account().duplicates()).isOne();
            assertThat(out.rejected().getFirst().schema()).isEqualTo(SCHEMA);
        }
        bound.forEach(BoundTransform::close);
    }

    /** A stream whose key is first narrow, then wide, then a decimal of another scale. */
    private static StreamSchema numbered(ColumnType type) {
        return new StreamSchema(SCHEMA.stream(), 1, List.of(new Column(4, "id", type, true, "")), List.of());
    }

    private int kept(BoundTransform step, ColumnType type, String... numbers) {
        StreamSchema schema = numbered(type);
        VectorSchemaRoot root = VectorSchemaRoot.create(ArrowTypes.schema(schema), allocator);
        root.allocateNew();
        for (int i = 0; i < numbers.length; i++) {
            switch (root.getVector(0)) {
                case IntVector ids -> ids.setSafe(i, Integer.parseInt(numbers[i]));
                case BigIntVector ids -> ids.setSafe(i, Long.parseLong(numbers[i]));
                case DecimalVector ids -> ids.setSafe(i, new BigDecimal(numbers[i]).setScale(ids.getScale()));
                default -> throw new IllegalArgumentException(type.toString());
            }
        }
        root.setRowCount(numbers.length);
        try (Batch out = step.apply(new Batch(schema, root, new Position(1, "p"), Account.ofRead(numbers.length)))) {
            return out.rowCount();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRowIsRepeatedAlsoAfterTheTypeOfItsKeyHasChanged(boolean byId) {
        Dedupe dedupe = dedupe(byId ? by("id") : by());
        ColumnType narrow = new ColumnType.Int(32, true);
        ColumnType wide = new ColumnType.Int(64, true);
        ColumnType scaled = new ColumnType.Decimal(12, 2);
        ColumnType finer = new ColumnType.Decimal(38, 6);
        try (BoundTransform one = dedupe.bind(numbered(narrow)); BoundTransform two = dedupe.bind(numbered(wide));
                BoundTransform three = dedupe.bind(numbered(scaled)); BoundTransform four = dedupe.bind(numbered(finer))) {
            List.of(one, two, three, four).forEach(step -> step.epoch(1));
            assertThat(kept(one, narrow, "1", "-7", "1")).isEqualTo(2);
            assertThat(kept(two, wide, "-7", "1", "5000000000")).isEqualTo(1);
            assertThat(kept(three, scaled, "1.00", "5000000000.00", "1.50")).isEqualTo(1);
            assertThat(kept(four, finer, "-7", "1.5", "1.500001")).isEqualTo(1);
            assertThat(kept(one, narrow, "1", "2")).as("and back").isEqualTo(1);
        }
    }

    @Test
    void whatAnEarlierVersionRememberedWithItsTypeIsRepeatedStill() {
        ColumnType type = new ColumnType.Int(32, true);
        Dedupe dedupe = dedupe(by("id"));
        StreamSchema schema = numbered(type);
        long[] low = new long[1];
        long[] high = new long[1];
        VectorSchemaRoot root = VectorSchemaRoot.create(ArrowTypes.schema(schema), allocator);
        root.allocateNew();
        ((IntVector) root.getVector(0)).setSafe(0, 7);
        root.setRowCount(1);
        try (Batch before = new Batch(schema, root, new Position(1, "p"), Account.ofRead(1))) {
            KEY.rowHasher(Set.of(4)).each(before, low, high);
        }
        byte[] hash = ByteBuffer.allocate(16).putLong(high[0]).putLong(low[0]).array();
        dedupe.memory(SCHEMA.stream()).orElseThrow()
                .restore(List.of(new RememberedRows(1, Instant.EPOCH, 1, HashForm.TYPED, hash)));
        try (BoundTransform step = dedupe.bind(schema)) {
            step.epoch(2);
            assertThat(kept(step, type, "7", "8", "7", "8")).isEqualTo(1);
        }
    }

    @Test
    void rowsOfAnotherStreamPassUntouched() {
        try (BoundTransform other = new Dedupe(Map.of("s.u", by())).bind(SCHEMA)) {
            assertThat(rows(other, batch(1, "a", 1, "a"))).hasSize(2);
        }
    }

    @Test
    void theHashesOfSingleRowsAddUpToThatOfTheBatch() {
        RowHasher hasher = new RowHasher(3, 4);
        try (Batch batch = batch(1, "a", 2, null, 3, "a long name that takes more than one word", 1, "a")) {
            long[] lows = new long[4];
            long[] highs = new long[4];
            hasher.each(batch, lows, highs);
            RowHash sum = RowHash.ZERO;
            for (int i = 0; i < 4; i++) {
                sum = sum.plus(new RowHash(highs[i], lows[i]));
            }
            assertThat(sum).isEqualTo(hasher.hash(batch));
            assertThat(lows[0]).isEqualTo(lows[3]).isNotEqualTo(lows[1]);
            assertThat(highs[0]).isEqualTo(highs[3]).isNotEqualTo(highs[1]);
        }
    }

    @Test
    void whatDoesNotFitIsRefusedWithItsPlace() {
        assertThatThrownBy(() -> dedupe(by("nmae")).bind(SCHEMA))
                .isInstanceOfSatisfying(WindrowException.class, e -> {
                    assertThat(e.errorCode()).isEqualTo(DedupeError.FIELD_UNKNOWN);
                    assertThat(e.getMessage()).contains("did you mean `name`");
                    assertThat(e.place()).contains("orders.yaml:7:3");
                });
        for (DedupePolicy empty : List.of(
                new DedupePolicy(List.of(), 0, new ByteSize(1 << 20), Optional.empty(), Origin.NONE),
                new DedupePolicy(List.of(), 5, new ByteSize(10), Optional.empty(), Origin.NONE),
                new DedupePolicy(List.of(), 5, new ByteSize(1 << 20), Optional.of(Duration.ZERO), Origin.NONE))) {
            assertThatThrownBy(() -> new Dedupe(Map.of("s.t", empty)))
                    .isInstanceOfSatisfying(WindrowException.class, e ->
                            assertThat(e.errorCode()).isEqualTo(DedupeError.WINDOW_EMPTY));
        }
    }
}
