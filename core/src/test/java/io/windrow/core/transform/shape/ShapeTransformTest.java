package io.windrow.core.transform.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Operation;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.Presence;
import io.windrow.api.batch.Rejected;
import io.windrow.api.config.Origin;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.core.policy.ShapePolicy;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShapeTransformTest {
    private static final StreamSchema SCHEMA = new StreamSchema(
            new StreamName("public", "orders"), 3,
            List.of(
                    column(1, "id", new ColumnType.Int(64, true)),
                    column(2, "customer", new ColumnType.Text()),
                    column(3, "price", new ColumnType.Decimal(10, 2)),
                    column(4, "quantity", new ColumnType.Int(32, true)),
                    column(5, "note", new ColumnType.Text())),
            List.of("id"));

    private final RootAllocator allocator = new RootAllocator(64 << 20);

    private static Column column(int id, String name, ColumnType type) {
        return new Column(id, name, type, true, name);
    }

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    @Test
    void rowsAreFilteredComputedSelectedRenamedAndCastAsARowByRowReadingSays() {
        Random random = new Random(11);
        ShapePolicy policy = new Policy()
                .filter("quantity > 2 && customer != 'test'")
                .compute("total", "price * quantity")
                .compute("share", "100 / (quantity - 5)")
                .select("total", "id", "note", "share")
                .rename("total", "total_eur").rename("id", "order")
                .cast("total_eur", "decimal(9,2)").cast("note", "int32").made();
        try (BoundTransform bound = bind(policy)) {
            assertThat(bound.output().columns()).extracting(Column::name)
                    .containsExactly("total_eur", "order", "note", "share");
            assertThat(bound.output().key()).containsExactly("order");
            assertThat(bound.output().columns().get(1).id()).isEqualTo(1);
            for (int round = 0; round < 20; round++) {
                List<Map<String, Object>> rows = IntStream.range(0, random.nextInt(400)).mapToObj(i -> row(i, random)).toList();
                List<List<Object>> wanted = new ArrayList<>();
                List<String> bad = new ArrayList<>();
                int filtered = 0;
                for (Map<String, Object> row : rows) {
                    Integer quantity = (Integer) row.get("quantity");
                    Object customer = row.get("customer");
                    if (quantity == null || quantity <= 2 || customer == null || customer.equals("test")) {
                        filtered++;
                        continue;
                    }
                    BigDecimal price = (BigDecimal) row.get("price");
                    BigDecimal total = price == null ? null : price.multiply(BigDecimal.valueOf(quantity));
                    Object note = row.get("note");
                    if (total != null && total.abs().compareTo(new BigDecimal("10000000")) >= 0) {
                        bad.add("shape.cast_range total_eur");
                    } else if (note != null && !note.toString().matches("-?\\d+")) {
                        bad.add("shape.cast_form note");
                    } else if (quantity == 5) {
                        bad.add("expression.division_by_zero share");
                    } else {
                        List<Object> cells = new ArrayList<>();
                        cells.add(total);
                        cells.add(row.get("id"));
                        cells.add(note == null ? null : Integer.valueOf(note.toString()));
                        cells.add(100L / (quantity - 5));
                        wanted.add(cells);
                    }
                }
                try (Batch out = bound.apply(batch(rows, builder -> {}))) {
                    assertThat(cells(out)).isEqualTo(wanted);
                    assertThat(out.account().filtered()).isEqualTo(filtered);
                    assertThat(out.account().quarantined()).isEqualTo(bad.size());
                    assertThat(out.account().plusWritten(out.rowCount()).balances()).isTrue();
                    List<String> reasons = out.rejected().stream()
                            .flatMap(aside -> aside.reasons().stream())
                            .map(reason -> reason.code() + " " + reason.field())
                            .toList();
                    assertThat(reasons).containsExactlyInAnyOrderElementsOf(bad);
                    assertThat(out.rejected()).allMatch(aside -> aside.schema().equals(SCHEMA));
                }
            }
        }
    }

    @Test
    void aRowWhoseFilterCannotBeComputedIsSetAsideAndTheOthersStayInOrder() {
        ShapePolicy policy = new Policy().filter("100 / quantity > 10").made();
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            rows.add(Map.of("id", (long) i, "quantity", i % 4 * 5));
        }
        try (BoundTransform bound = bind(policy); Batch out = bound.apply(batch(rows, builder -> {}))) {
            assertThat(out.schema()).isEqualTo(SCHEMA);
            assertThat(cells(out)).extracting(cells -> cells.get(0)).containsExactly(1L, 5L, 9L);
            assertThat(out.account().filtered()).isEqualTo(6);
            Rejected aside = out.rejected().getFirst();
            assertThat(aside.reasons()).extracting(Rejected.Reason::ordinal).containsExactly(0L, 4L, 8L);
            assertThat(aside.rows().getVector("id").getObject(2)).isEqualTo(8L);
        }
    }

    @Test
    void aStreamWithoutItsWholeKeyHasNone() {
        try (BoundTransform bound = bind(new Policy().select("customer", "price").made())) {
            assertThat(bound.output().key()).isEmpty();
        }
    }

    @Test
    void anAddedFieldHasTheSameIdInEachRunAndNoOthers() {
        ShapePolicy policy = new Policy().compute("total", "price * 2").compute("twice", "quantity * 2").made();
        try (BoundTransform one = bind(policy); BoundTransform other = bind(policy)) {
            assertThat(one.output()).isEqualTo(other.output());
            assertThat(one.output().columns()).extracting(Column::id).doesNotHaveDuplicates();
        }
    }

    @Test
    void theFactsOfChangesStayWithTheirRowsAndColumns() {
        ShapePolicy policy = new Policy().filter("quantity > 1").select("id", "note").made();
        List<Map<String, Object>> rows = List.of(
                Map.of("id", 1L, "quantity", 1), Map.of("id", 2L, "quantity", 2), Map.of("id", 3L, "quantity", 3));
        try (BoundTransform bound = bind(policy); Batch out = bound.apply(batch(rows, builder -> {
            builder.change(Operation.UPDATE, 1, builder.rowCount(), 5, 6);
            builder.unchanged("note");
            builder.absent("customer");
        }))) {
            var changes = out.changes().orElseThrow();
            assertThat(changes.ordinals().get(0)).isEqualTo(1);
            assertThat(changes.ordinals().get(1)).isEqualTo(2);
            assertThat(changes.presence()).containsOnlyKeys(5);
        }
    }

    @Test
    void aDeletionIsNotSetAsideForAValueThatCannotBeCastUnlessItIsOfTheKey() {
        ShapePolicy policy = new Policy().cast("note", "int32").cast("id", "int8").made();
        try (BoundTransform bound = bind(policy); BatchBuilder builder = new BatchBuilder(SCHEMA, allocator)) {
            for (long id : List.of(1L, 1000L)) {
                for (Operation operation : List.of(Operation.DELETE, Operation.UPDATE)) {
                    builder.change(operation, 1, id + operation.ordinal(), 1, 5).set("id", id).setNull("customer").setNull("price")
                            .setNull("quantity").set("note", id == 1 ? "no number" : "7").endRow();
                }
            }
            try (Batch out = bound.apply(builder.build(new Position(1, "{}")))) {
                assertThat(cells(out)).containsExactly(Arrays.<Object>asList((byte) 1, null, null, null, null));
                assertThat(out.account().quarantined()).isEqualTo(3);
                assertThat(out.changes().orElseThrow().presence().get(5).get(0)).isEqualTo((byte) Presence.ABSENT.ordinal());
            }
        }
    }

    @Test
    void aStreamWithoutAPolicyPassesUntouched() {
        try (BoundTransform bound = new ShapeTransform(Map.of("public.other", new Policy().made())).bind(SCHEMA);
                Batch batch = batch(List.of(Map.of("id", 1L)), builder -> {})) {
            assertThat(bound.apply(batch)).isSameAs(batch);
            assertThat(bound.output()).isSameAs(SCHEMA);
        }
    }

    @Test
    void whatDoesNotFitIsRefusedWithItsPlaceAndTheNearestName() {
        refused(new Policy().select("id", "custmer"), "transform.public.orders.select", "did you mean customer?");
        refused(new Policy().select("id", "id"), "transform.public.orders.select", "selected twice");
        refused(new Policy().select("id").rename("note", "n"), "transform.public.orders.rename.note", "there is no field note");
        refused(new Policy().rename("note", "id"), "transform.public.orders.rename", "two fields named id");
        refused(new Policy().compute("note", "1"), "transform.public.orders.compute.note", "a field named note already");
        refused(new Policy().compute("x", "quantity * pricee"), "compute.x, character 12", "did you mean price?");
        refused(new Policy().cast("note", "int33"), "cast.note", "did you mean int32?");
        refused(new Policy().cast("quantity", "date"), "cast.quantity", "is never cast to date");
        refused(new Policy().filter("quantity + 1"), "transform.public.orders.filter", "must be true or false");
    }

    private void refused(Policy policy, String place, String why) {
        WindrowException refusal = catchThrowableOfType(WindrowException.class, () -> bind(policy.made()));
        assertThat(refusal).hasMessageContaining(why);
        assertThat(refusal.place().orElseThrow()).contains("orders.yaml:4:3").contains(place);
    }

    private static BoundTransform bind(ShapePolicy policy) {
        return new ShapeTransform(Map.of("public.orders", policy)).bind(SCHEMA);
    }

    private static Map<String, Object> row(int id, Random random) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", (long) id);
        if (random.nextInt(6) > 0) {
            row.put("customer", List.of("test", "a", "ß").get(random.nextInt(3)));
        }
        if (random.nextInt(6) > 0) {
            row.put("price", BigDecimal.valueOf(random.nextInt(400_000_000), 2));
        }
        if (random.nextInt(6) > 0) {
            row.put("quantity", random.nextInt(10));
        }
        if (random.nextInt(6) > 0) {
            row.put("note", List.of("1", "-20", "x", "300").get(random.nextInt(4)));
        }
        return row;
    }

    private Batch batch(List<Map<String, Object>> rows, Consumer<BatchBuilder> change) {
        try (BatchBuilder builder = new BatchBuilder(SCHEMA, allocator)) {
            for (Map<String, Object> row : rows) {
                SCHEMA.columns().forEach(column -> {
                    if (row.containsKey(column.name())) {
                        builder.set(column.name(), row.get(column.name()));
                    } else {
                        builder.setNull(column.name());
                    }
                });
                change.accept(builder);
                builder.endRow();
            }
            return builder.build(new Position(1, "{}"));
        }
    }

    private static List<List<Object>> cells(Batch batch) {
        List<List<Object>> rows = new ArrayList<>();
        for (int row = 0; row < batch.rowCount(); row++) {
            List<Object> cells = new ArrayList<>();
            for (FieldVector vector : batch.arrow().getFieldVectors()) {
                Object value = vector.getObject(row);
                cells.add(value instanceof Number || value == null ? value : value.toString());
            }
            rows.add(cells);
        }
        return rows;
    }

    /** Writes a policy down. */
    private static final class Policy {
        private String filter;
        private final Map<String, String> compute = new LinkedHashMap<>();
        private List<String> select = List.of();
        private final Map<String, String> rename = new LinkedHashMap<>();
        private final Map<String, String> cast = new LinkedHashMap<>();

        Policy filter(String text) {
            filter = text;
            return this;
        }

        Policy compute(String name, String text) {
            compute.put(name, text);
            return this;
        }

        Policy select(String... names) {
            select = List.of(names);
            return this;
        }

        Policy rename(String from, String to) {
            rename.put(from, to);
            return this;
        }

        Policy cast(String name, String type) {
            cast.put(name, type);
            return this;
        }

        ShapePolicy made() {
            return new ShapePolicy(
                    Optional.ofNullable(filter), compute, select, rename, cast,
                    new Origin("orders.yaml:4:3 transform.public.orders"));
        }
    }
}
