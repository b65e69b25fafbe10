package io.windrow.core.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Operation;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.Presence;
import io.windrow.api.batch.Rejected;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.TinyIntVector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeptSchemasTest {
    private static final StreamName STREAM = new StreamName("s", "t");
    private static final StreamSchema ACCEPTED = new StreamSchema(
            STREAM, 3, List.of(column(1, "id", new ColumnType.Int(64, true), false), column(2, "name", new ColumnType.Text(), false)),
            List.of("id"));
    private static final StreamSchema NOW = new StreamSchema(
            STREAM, 1,
            List.of(
                    column(3, "secret", new ColumnType.Text(), true), column(2, "title", new ColumnType.Text(), true),
                    column(1, "id", new ColumnType.Int(64, true), false)),
            List.of("id"));

    private final RootAllocator allocator = new RootAllocator(16 << 20);

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    private static Column column(int id, String name, ColumnType type, boolean nullable) {
        return new Column(id, name, type, nullable, "x");
    }

    private Batch batch() {
        try (BatchBuilder builder = new BatchBuilder(NOW, allocator)) {
            builder.setNull("secret").set("title", "a").set("id", 1).endRow();
            builder.set("secret", "CANARY").set("title", "b").set("id", 2).endRow();
            builder.setNull("secret").setNull("title").set("id", 3).endRow();
            builder.setNull("secret").set("title", "d").set("id", 4).endRow();
            return builder.build(new Position(1, "{}"));
        }
    }

    @Test
    void rowsThatDoNotFitAreSetAsideWithoutTheNewField() {
        try (BoundTransform bound = keep(SchemaGate.Misfits.SET_ASIDE).bind(NOW);
                Batch fitted = bound.apply(batch())) {
            assertThat(bound.output()).isEqualTo(ACCEPTED);
            assertThat(fitted.schema()).isEqualTo(ACCEPTED);
            assertThat(fitted.arrow().contentToTSVString()).isEqualTo("id\tname\n1\ta\n4\td\n");
            assertThat(fitted.account().plusWritten(2).balances()).isTrue();
            Rejected aside = fitted.rejected().getFirst();
            assertThat(aside.reasons()).extracting(Rejected.Reason::ordinal).containsExactly(1L, 2L);
            assertThat(aside.reasons()).extracting(Rejected.Reason::field).containsExactly("secret", "name");
            assertThat(aside.reasons()).extracting(Rejected.Reason::code).containsOnly("contract.drifted_row");
            assertThat(aside.rows().contentToTSVString()).isEqualTo("id\tname\n2\tb\n3\tnull\n");
            assertThat(aside.schema().columns()).extracting(Column::nullable).containsExactly(false, true);
        }
    }

    @Test
    void aNewFieldIsLeftOutAndARenamedOneKeepsItsAcceptedName() {
        StreamSchema strict = new StreamSchema(
                STREAM, 1, List.of(NOW.columns().get(0), column(2, "title", new ColumnType.Text(), false), NOW.columns().get(2)), List.of("id"));
        Batch batch;
        try (BatchBuilder builder = new BatchBuilder(strict, allocator)) {
            builder.set("secret", "CANARY").set("title", "b").set("id", 2).endRow();
            batch = builder.build(new Position(1, "{}"));
        }
        try (BoundTransform bound = keep(SchemaGate.Misfits.CUT).bind(strict);
                Batch fitted = bound.apply(batch)) {
            assertThat(fitted.rejected()).isEmpty();
            assertThat(fitted.arrow().contentToTSVString()).isEqualTo("id\tname\n2\tb\n");
        }
    }

    @Test
    void whatAChangeDoesNotHoldBreaksNoRuleAndStaysKnownAsNotSent() {
        StreamSchema restored = new StreamSchema(
                STREAM, 1,
                List.of(
                        column(1, "name", new ColumnType.Text(), true),
                        column(3, "id", new ColumnType.Int(64, true), false)),
                List.of("id"));
        Batch batch;
        try (BatchBuilder builder = new BatchBuilder(restored, allocator)) {
            builder.change(Operation.DELETE, 9, 0, 1, 4).set("id", 1).absent("name").endRow();
            builder.change(Operation.UPDATE, 9, 1, 1, 4).set("id", 2).unchanged("name").endRow();
            builder.change(Operation.UPDATE, 9, 2, 1, 4).set("id", 3).setNull("name").endRow();
            batch = builder.build(new Position(1, "{}"));
        }
        try (BoundTransform bound = keep(SchemaGate.Misfits.SET_ASIDE).bind(restored);
                Batch fitted = bound.apply(batch)) {
            assertThat(fitted.arrow().contentToTSVString()).isEqualTo("id\tname\n1\tnull\n2\tnull\n");
            TinyIntVector name = fitted.changes().orElseThrow().presence().get(2);
            assertThat(name.get(0)).isEqualTo((byte) Presence.ABSENT.ordinal());
            assertThat(name.get(1)).isEqualTo((byte) Presence.UNCHANGED.ordinal());
            assertThat(fitted.rejected().getFirst().reasons()).extracting(Rejected.Reason::ordinal).containsExactly(2L);
        }
    }

    private static KeptSchemas keep(SchemaGate.Misfits misfits) {
        return new KeptSchemas(Map.of(STREAM, new SchemaGate.Kept(ACCEPTED, misfits)));
    }
}
