package io.windrow.core.transform.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Operation;
import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is said of a change becomes columns, and the four kinds of nothing stay four. */
class ChangeLogTest {
    private static final StreamName S = StreamName.of("s");
    private static final StreamSchema SCHEMA = new StreamSchema(
            S, 1,
            List.of(
                    new Column(1, "id", new ColumnType.Int(64, true), false, "bigint"),
                    new Column(2, "v", new ColumnType.Text(), true, "text"),
                    new Column(3, "w", new ColumnType.Text(), true, "text")),
            List.of("id"));

    @Test
    @Tag("D01")
    @Tag("D22")
    void absentUnchangedNullAndEmptyAreFourDifferentThingsInTheLog() {
        try (RootAllocator allocator = new RootAllocator();
                BatchBuilder builder = new BatchBuilder(SCHEMA, allocator);
                BoundTransform log = new ChangeLog(Set.of(S)).bind(SCHEMA)) {
            builder.change(Operation.INSERT, 40, 0, 17, 3).set("id", 1L).set("v", "").setNull("w").endRow();
            builder.change(Operation.UPDATE, 40, 1, 17, 3).set("id", 1L).unchanged("v").set("w", "x").endRow();
            builder.change(Operation.DELETE, 41, 0, 18, 4).set("id", 1L).absent("v").absent("w").endRow();
            builder.change(Operation.TRUNCATE, 42, 0, 19, 5).absent("id").absent("v").absent("w").endRow();
            try (Batch batch = log.apply(builder.build(new Position(1, "{}")))) {
                assertThat(batch.changes()).isEmpty();
                assertThat(batch.schema()).isEqualTo(log.output());
                assertThat(batch.schema().columns()).extracting(Column::name).containsExactly(
                        "id", "v", "w", "_op", "_position", "_ordinal", "_transaction", "_committed_at", "_linked", "_unchanged", "_absent");
                assertThat(batch.account().balances() || batch.account().read() == 4).isTrue();
                List<String> rows = new ArrayList<>();
                for (int row = 0; row < 4; row++) {
                    StringBuilder text = new StringBuilder();
                    for (FieldVector vector : batch.arrow().getFieldVectors()) {
                        text.append(vector.getObject(row)).append('|');
                    }
                    rows.add(text.toString());
                }
                assertThat(rows).containsExactly(
                        "1||null|insert|40|0|3|17|null|null|null|",
                        "1|null|x|update|40|1|3|17|null|[\"v\"]|null|",
                        "1|null|null|delete|41|0|4|18|null|null|[\"v\",\"w\"]|",
                        "null|null|null|truncate|42|0|5|19|null|null|[\"id\",\"v\",\"w\"]|");
            }
        }
    }

    @Test
    void aColumnOfTheSameNameIsRefusedBeforeTheFirstRow() {
        StreamSchema taken = new StreamSchema(
                S, 1, List.of(new Column(1, "_op", new ColumnType.Text(), true, "text")), List.of());
        assertThatThrownBy(() -> new ChangeLog(Set.of(S)).bind(taken)).isInstanceOfSatisfying(
                WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(ChangeLogError.NAME_TAKEN));
        assertThat(new ChangeLog(Set.of()).bind(taken).output()).isEqualTo(taken);
    }
}
