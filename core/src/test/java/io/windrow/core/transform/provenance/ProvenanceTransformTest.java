package io.windrow.core.transform.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Position;
import io.windrow.api.config.Origin;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.StreamPlan;
import io.windrow.api.transform.BoundTransform;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.plan.Steps;
import io.windrow.core.policy.ProvenancePolicy;
import io.windrow.core.policy.ProvenancePolicy.Fact;
import io.windrow.core.policy.ShapePolicy;
import io.windrow.core.transform.shape.ShapeTransform;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProvenanceTransformTest {
    private static final StreamName STREAM = StreamName.of("public.orders");
    private static final StreamSchema SCHEMA = new StreamSchema(
            STREAM, 3,
            List.of(
                    new Column(1, "id", new ColumnType.Int(64, true), false, "bigint"),
                    new Column(2, "email", new ColumnType.Text(), true, "text")),
            List.of("id"));
    private static final RunFacts FACTS = new RunFacts(
            "ab12", InstantSource.fixed(Instant.parse("2026-11-29T22:00:00.123456789Z")), HashKey.random());

    private final RootAllocator allocator = new RootAllocator(16 << 20);

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    private static ProvenancePolicy policy(List<Fact> fields, String prefix, Map<String, String> names) {
        return new ProvenancePolicy(fields, prefix, names, new Origin("pipeline.yaml:9:3 provenance"));
    }

    @Test
    void everyRowGetsTheFactsOfItsBatchAndKeepsItsOwnFieldsAndKey() {
        ProvenanceTransform step = new ProvenanceTransform(
                policy(List.of(Fact.values()), "_windrow_", Map.of("run", "load_id"))).begin(FACTS);
        BoundTransform bound = step.bind(SCHEMA);
        assertThat(bound.output().columns().stream().map(Column::name))
                .containsExactly("id", "email", "load_id", "_windrow_epoch", "_windrow_extracted_at", "_windrow_position");
        assertThat(bound.output().key()).containsExactly("id");
        assertThat(bound.policies()).containsOnlyKeys("provenance");
        bound.epoch(7);
        assertThat(cells(bound)).containsExactly("ab12", "7", "1795989600123456", "{\"rows\":2}");
        bound.epoch(8);
        assertThat(cells(bound).get(1)).isEqualTo("8");
    }

    /** The cells of the second of two rows, from the third column on; the account stays as it was. */
    private List<String> cells(BoundTransform bound) {
        try (BatchBuilder builder = new BatchBuilder(SCHEMA, allocator)) {
            builder.set("id", 1L).set("email", "a@example.com").endRow();
            builder.set("id", 2L).setNull("email").endRow();
            try (Batch batch = bound.apply(builder.build(new Position(1, "{\"rows\":2}")))) {
                assertThat(batch.schema()).isEqualTo(bound.output());
                assertThat(batch.account().read()).isEqualTo(2);
                assertThat(batch.arrow().getVector("email").getObject(0)).hasToString("a@example.com");
                List<String> cells = new ArrayList<>();
                for (int i = 2; i < batch.arrow().getFieldVectors().size(); i++) {
                    cells.add(String.valueOf(batch.arrow().getVector(i).getObject(1)));
                }
                return cells;
            }
        }
    }

    @Test
    void anEmptyBatchStaysEmptyAndTravelsOn() {
        BoundTransform bound = new ProvenanceTransform(policy(List.of(Fact.RUN, Fact.EPOCH), "_", Map.of())).begin(FACTS).bind(SCHEMA);
        try (BatchBuilder builder = new BatchBuilder(SCHEMA, allocator);
                Batch batch = bound.apply(builder.build(new Position(1, "{}")))) {
            assertThat(batch.rowCount()).isZero();
            assertThat(batch.schema()).isEqualTo(bound.output());
        }
    }

    @Test
    void aNameThatAFieldHasAlreadyIsRefusedWithThePlaceWhateverItsCase() {
        ProvenanceTransform step = new ProvenanceTransform(policy(List.of(Fact.RUN), "", Map.of("run", "EMAIL")));
        refused(ProvenanceError.NAME_TAKEN, () -> step.bind(SCHEMA), "EMAIL", "email", "public.orders", "pipeline.yaml:9:3");
        refused(
                ProvenanceError.NAME_TAKEN,
                () -> new ProvenanceTransform(policy(List.of(Fact.RUN, Fact.EPOCH), "_", Map.of("run", "x", "epoch", "X"))).bind(SCHEMA),
                "pipeline.yaml:9:3");
    }

    @Test
    void namesThatAreNoneAndFieldsThatAreTwiceAreRefused() {
        refused(
                ProvenanceError.BAD_NAME,
                () -> new ProvenanceTransform(policy(List.of(Fact.RUN, Fact.EPOCH), "_", Map.of("epochs", "e"))), "did you mean epoch");
        refused(
                ProvenanceError.BAD_NAME,
                () -> new ProvenanceTransform(policy(List.of(Fact.RUN), "_", Map.of("epoch", "e"))), "there is no field epoch");
        refused(ProvenanceError.BAD_NAME, () -> new ProvenanceTransform(policy(List.of(Fact.RUN), "_", Map.of("run", " "))), "empty");
        refused(ProvenanceError.NO_FIELDS, () -> new ProvenanceTransform(policy(List.of(), "_", Map.of())), "provenance.fields");
        refused(ProvenanceError.NO_FIELDS, () -> new ProvenanceTransform(policy(List.of(Fact.RUN, Fact.RUN), "_", Map.of())), "run, run");
    }

    private static void refused(ProvenanceError error, org.assertj.core.api.ThrowableAssert.ThrowingCallable doing, String... texts) {
        assertThatThrownBy(doing).isInstanceOfSatisfying(WindrowException.class, e -> {
            assertThat(e.errorCode()).isEqualTo(error);
            assertThat(e.getMessage() + e.place().orElse("")).contains(texts);
        });
    }

    /** I11: what the target does not get, it does not get by way of a position either. */
    @Test
    void aPositionThatHoldsWhatTheTargetDoesNotGetIsShownAsItsKeyedDigest() {
        ProvenanceTransform provenance = new ProvenanceTransform(policy(List.of(Fact.POSITION), "_", Map.of()));
        ShapePolicy dropsEmail = new ShapePolicy(
                Optional.empty(), Map.of(), List.of("id"), Map.of(), Map.of(), Origin.NONE);
        ShapePolicy renamesEmail = new ShapePolicy(
                Optional.empty(), Map.of(), List.of(), Map.of("email", "mail"), Map.of(), Origin.NONE);
        String shown = "{\"rows\":2}";
        String sealed = FACTS.key().digest(shown);
        assertThat(sealed).hasSize(32).isNotEqualTo(HashKey.random().digest(shown));
        assertThat(position(new Steps(List.of(provenance)), List.of("email"))).isEqualTo(shown);
        assertThat(position(new Steps(List.of(provenance)), List.of())).isEqualTo(shown);
        Steps dropped = new Steps(List.of(new ShapeTransform(Map.of(STREAM.toString(), dropsEmail)), provenance));
        assertThat(position(dropped, List.of("id"))).isEqualTo(shown);
        assertThat(position(dropped, List.of("id", "email"))).isEqualTo(sealed);
        Steps renamed = new Steps(List.of(new ShapeTransform(Map.of(STREAM.toString(), renamesEmail)), provenance));
        assertThat(position(renamed, List.of("email"))).as("sealed when in doubt").isEqualTo(sealed);
    }

    private String position(Steps steps, List<String> positionFields) {
        StreamPlan plan = new StreamPlan(
                SCHEMA, new Guarantee("snapshot", "", List.of(), List.of()), Optional.empty(), -1, -1, positionFields);
        List<BoundTransform> bound =
                steps.begin(FACTS).showing(steps.shownPositions(List.of(plan), FACTS.key())).bind(SCHEMA);
        try (BatchBuilder builder = new BatchBuilder(SCHEMA, allocator)) {
            builder.set("id", 2L).set("email", "x").endRow();
            Batch batch = builder.build(new Position(1, "{\"rows\":2}"));
            for (BoundTransform step : bound) {
                batch = step.apply(batch);
            }
            try (Batch done = batch) {
                return String.valueOf(done.arrow().getVector("_position").getObject(0));
            }
        }
    }

    @Test
    void rowsThatAreReadAgainToBeComparedHaveNoOrigin() {
        Steps steps = new Steps(List.of(new ProvenanceTransform(policy(List.of(Fact.RUN), "_", Map.of()))));
        assertThat(steps.repeatable().output(SCHEMA)).isEqualTo(SCHEMA);
        assertThat(steps.repeatable().policies(SCHEMA)).isEmpty();
        assertThat(steps.output(SCHEMA).columns()).hasSize(3);
    }
}
