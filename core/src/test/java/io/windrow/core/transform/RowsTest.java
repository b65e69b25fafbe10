package io.windrow.core.transform;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Operation;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.Rejected;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RowsTest {
    private static final StreamSchema SCHEMA = new StreamSchema(
            new StreamName("s", "t"), 1,
            List.of(
                    column(1, "id", new ColumnType.Int(64, true)),
                    column(2, "day", new ColumnType.Date()),
                    column(3, "price", new ColumnType.Decimal(20, 2)),
                    column(4, "name", new ColumnType.Text()),
                    column(5, "open", new ColumnType.Bool()),
                    column(6, "tags", new ColumnType.ListOf(column(1, "element", new ColumnType.Text())))),
            List.of("id"));

    private final RootAllocator allocator = new RootAllocator(64 << 20);

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    @Test
    void pickedRowsAreTheRowsThatWerePickedWithTheirNulls() {
        Random random = new Random(7);
        try (Batch batch = batch(3_000, random)) {
            List<String> all = texts(batch.arrow());
            int[] picked = IntStream.range(0, 3_000).filter(i -> random.nextInt(5) == 0).toArray();
            try (VectorSchemaRoot some = Rows.pick(batch.arrow(), picked, picked.length)) {
                assertThat(texts(some)).isEqualTo(IntStream.of(picked).mapToObj(all::get).toList());
            }
            try (VectorSchemaRoot none = Rows.pick(batch.arrow(), picked, 0)) {
                assertThat(none.getRowCount()).isZero();
            }
        }
    }

    @Test
    void rowsSetAsideLeaveTheBatchAndStandInItsBooks() {
        Batch batch = batch(10, new Random(1));
        List<String> all = texts(batch.arrow());
        Rejected.Reason reason = new Rejected.Reason(3, "contract.null", "name", "is null");
        try (Batch parted = Rows.setAside(batch, new int[] {0, 1, 2, 4, 5, 6, 7, 8, 9}, 9, new int[] {3}, List.of(reason))) {
            assertThat(texts(parted.arrow())).hasSize(9).doesNotContain(all.get(3));
            assertThat(parted.rejected()).hasSize(1);
            assertThat(texts(parted.rejected().getFirst().rows())).containsExactly(all.get(3));
            assertThat(parted.account().plusWritten(9).balances()).isTrue();
            assertThat(parted.account().quarantined()).isOne();
        }
    }

    @Test
    void changesStayAlignedWithTheRowsThatAreKept() {
        Batch batch;
        try (BatchBuilder builder = new BatchBuilder(
                new StreamSchema(SCHEMA.stream(), 1, SCHEMA.columns().subList(0, 1), List.of("id")), allocator)) {
            for (int i = 0; i < 6; i++) {
                builder.change(i % 2 == 0 ? Operation.INSERT : Operation.DELETE, 1, i, 100 + i, 7);
                if (i == 4) {
                    builder.unchanged("id").endRow();
                } else {
                    builder.set(0, i).endRow();
                }
            }
            batch = builder.build(new Position(1, "{}"));
        }
        try (Batch kept = Rows.keep(batch, new int[] {1, 4}, 2, dropped -> new Account(0, 0, 0, 0, 0, 0, dropped, 0, 0, 0, 0))) {
            var changes = kept.changes().orElseThrow();
            assertThat(changes.operations().get(0)).isEqualTo((byte) Operation.DELETE.ordinal());
            assertThat(changes.ordinals().get(1)).isEqualTo(4);
            assertThat(changes.presence().get(1).getValueCount()).isEqualTo(2);
            assertThat(kept.account().filtered()).isEqualTo(4);
        }
    }

    private Batch batch(int rows, Random random) {
        try (BatchBuilder builder = new BatchBuilder(SCHEMA, allocator)) {
            for (int i = 0; i < rows; i++) {
                builder.set(0, (long) i);
                put(builder, 1, LocalDate.ofEpochDay(random.nextInt(20_000)), random);
                put(builder, 2, BigDecimal.valueOf(random.nextLong(1L << 40), 2), random);
                put(builder, 3, "n".repeat(random.nextInt(20)) + i, random);
                put(builder, 4, random.nextBoolean(), random);
                put(builder, 5, List.of("a" + i), random);
                builder.endRow();
            }
            return builder.build(new Position(1, "{}"));
        }
    }

    private static void put(BatchBuilder builder, int column, Object value, Random random) {
        if (random.nextInt(4) == 0) {
            builder.setNull(column);
        } else {
            builder.set(column, value);
        }
    }

    private static List<String> texts(VectorSchemaRoot rows) {
        List<String> texts = new ArrayList<>();
        for (int row = 0; row < rows.getRowCount(); row++) {
            StringBuilder text = new StringBuilder();
            for (var vector : rows.getFieldVectors()) {
                text.append(vector.isNull(row) ? "∅" : vector.getObject(row)).append('|');
            }
            texts.add(text.toString());
        }
        return texts;
    }

    private static Column column(int id, String name, ColumnType type) {
        return new Column(id, name, type, true, "test");
    }
}
