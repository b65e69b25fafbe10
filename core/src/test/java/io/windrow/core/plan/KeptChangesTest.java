package io.windrow.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Operation;
import io.windrow.api.batch.Position;
import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Origin;
import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import io.windrow.api.transform.BoundTransform;
import io.windrow.api.transform.Transform;
import io.windrow.core.contract.ContractTransform;
import io.windrow.core.policy.ContractPolicy;
import io.windrow.core.policy.DedupePolicy;
import io.windrow.core.policy.Drift;
import io.windrow.core.policy.FieldCheck;
import io.windrow.core.policy.MaskRule;
import io.windrow.core.policy.SamplePolicy;
import io.windrow.core.policy.ShapePolicy;
import io.windrow.core.policy.StreamContract;
import io.windrow.core.policy.WatermarkPolicy;
import io.windrow.core.transform.change.ChangeLogError;
import io.windrow.core.transform.dedupe.Dedupe;
import io.windrow.core.transform.mask.MaskTransform;
import io.windrow.core.transform.sample.SampleTransform;
import io.windrow.core.transform.shape.ShapeTransform;
import io.windrow.core.transform.watermark.WatermarkTransform;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Steps that take a change for a row lose changes, or judge by values that are not there: they are refused at plan. */
class KeptChangesTest {
    private static final StreamName STREAM = new StreamName("public", "orders");
    private static final Origin HERE = new Origin("p.yaml:9:3");
    private static final PlannedStream CHANGES = new PlannedStream(STREAM, ReadMode.CDC, WriteMode.APPEND);
    private static final StreamSchema SCHEMA = new StreamSchema(
            STREAM, 1,
            List.of(
                    new Column(1, "id", new ColumnType.Int(64, true), false, "bigint"),
                    new Column(2, "note", new ColumnType.Text(), false, "text")),
            List.of("id"));

    static Stream<Transform> unfit() {
        String stream = STREAM.toString();
        return Stream.of(
                new Dedupe(Map.of(stream, new DedupePolicy(
                        List.of("id"), 10, ByteSize.parse("1MiB"), Optional.empty(), HERE))),
                new SampleTransform(Map.of(stream, new SamplePolicy(50, List.of(), List.of(), HERE))),
                new WatermarkTransform(Map.of(
                        stream, new WatermarkPolicy("at", Duration.ZERO, Duration.ofHours(1), "UTC", HERE))),
                new ShapeTransform(Map.of(stream, new ShapePolicy(
                        Optional.of("id > 1"), Map.of(), List.of(), Map.of(), Map.of(), HERE))),
                new ShapeTransform(Map.of(stream, new ShapePolicy(
                        Optional.empty(), Map.of("twice", "id * 2"), List.of(), Map.of(), Map.of(), HERE))));
    }

    @ParameterizedTest
    @MethodSource("unfit")
    void aStepThatNeedsWholeRowsIsRefusedForAStreamOfChangesWithItsPlaceHoweverItIsWritten(Transform step) {
        Steps steps = new Steps(List.of(step));
        for (WriteMode write : List.of(WriteMode.APPEND, WriteMode.UPSERT, WriteMode.MIRROR, WriteMode.HISTORY)) {
            assertThatThrownBy(() -> steps.keepingChanges(List.of(new PlannedStream(STREAM, ReadMode.CDC, write))))
                    .isInstanceOfSatisfying(WindrowException.class, e -> {
                        assertThat(e.errorCode()).isEqualTo(ChangeLogError.STEP_UNFIT);
                        assertThat(e.place()).contains("p.yaml:9:3");
                    });
        }
    }

    @Test
    void aTargetThatGoesByKeysDoesNotHearOfRowsThatLeaveAFilterOrASample() {
        List<Transform> leavingOut = List.of(
                new SampleTransform(Map.of(STREAM.toString(), new SamplePolicy(50, List.of(), List.of(), HERE))),
                new ShapeTransform(Map.of(STREAM.toString(), new ShapePolicy(
                        Optional.of("id > 1"), Map.of(), List.of(), Map.of(), Map.of(), HERE))));
        PlannedStream byKey = new PlannedStream(STREAM, ReadMode.INCREMENTAL, WriteMode.UPSERT);
        for (Transform step : leavingOut) {
            assertThat(new Steps(List.of(step)).unheard(byKey)).isPresent();
            assertThat(new Steps(List.of(step)).unheard(new PlannedStream(STREAM, ReadMode.INCREMENTAL, WriteMode.APPEND)))
                    .isEmpty();
        }
        assertThat(Steps.NONE.unheard(byKey)).isEmpty();
    }

    
    void norOfChangesThatAreSetAside() {
        FieldCheck check = new FieldCheck("id", Optional.empty(), true, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), HERE);
        List<Transform> settingAside = List.of(
                new ContractTransform(new ContractPolicy(
                        Drift.EVOLVE, Map.of(STREAM.toString(), new StreamContract(Optional.empty(), List.of(check), HERE)), HERE)),
                new ContractTransform(new ContractPolicy(Drift.QUARANTINE, Map.of(), HERE)),
                new MaskTransform(List.of(new MaskRule(
                        Optional.of("phone"), List.of(), MaskRule.Method.FPE, Optional.of(Secret.of("x".repeat(32))), Optional.empty(), 0, 4,
                        MaskRule.Truncation.MONTH, MaskRule.Alphabet.DIGITS, "***", Optional.empty(), HERE))),
                new ShapeTransform(Map.of(STREAM.toString(), new ShapePolicy(
                        Optional.empty(), Map.of(), List.of(), Map.of(), Map.of("n", "int8"), HERE))));
        PlannedStream byKey = new PlannedStream(STREAM, ReadMode.CDC, WriteMode.MIRROR);
        for (Transform step : settingAside) {
            assertThat(new Steps(List.of(step)).unheard(byKey)).get().asString().contains("set aside");
        }
        assertThat(new Steps(List.of(new ContractTransform(new ContractPolicy(Drift.FREEZE, Map.of(), HERE)))).unheard(byKey)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("unfit")
    void aStreamOfRowsMayHaveAnyStep(Transform step) {
        Steps steps = new Steps(List.of(step));
        assertThat(steps.keepingChanges(List.of(new PlannedStream(STREAM, ReadMode.INCREMENTAL, WriteMode.APPEND))))
                .isEqualTo(steps);
    }

    @Test
    void selectedRenamedAndCastFieldsOfChangesStayKnownAsNotSent() {
        ShapePolicy shape = new ShapePolicy(
                Optional.empty(), Map.of(), List.of("note", "id"), Map.of("note", "remark"), Map.of("id", "int32"), HERE);
        Steps steps = new Steps(List.of(new ShapeTransform(Map.of(STREAM.toString(), shape))))
                .keepingChanges(List.of(CHANGES));
        try (RootAllocator allocator = new RootAllocator(16 << 20);
                BatchBuilder builder = new BatchBuilder(SCHEMA, allocator)) {
            builder.change(Operation.UPDATE, 7, 0, 1, 5).set("id", 1).unchanged("note").endRow();
            builder.change(Operation.DELETE, 7, 1, 1, 5).set("id", 2).absent("note").endRow();
            List<BoundTransform> bound = steps.bind(SCHEMA);
            Batch batch = builder.build(new Position(1, "{}"));
            for (BoundTransform step : bound) {
                batch = step.apply(batch);
            }
            try (Batch log = batch) {
                assertThat(log.arrow().getVector("remark").getNullCount()).isEqualTo(2);
                assertThat(log.arrow().getVector("_unchanged").getObject(0)).hasToString("[\"remark\"]");
                assertThat(log.arrow().getVector("_absent").getObject(1)).hasToString("[\"remark\"]");
                assertThat(log.arrow().getVector("_absent").isNull(0)).isTrue();
            }
            bound.forEach(BoundTransform::close);
        }
    }
}
