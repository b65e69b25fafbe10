package io.windrow.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.config.Origin;
import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import io.windrow.core.policy.ShapePolicy;
import io.windrow.core.registry.Registry;
import io.windrow.core.spec.DeliveryLevel;
import io.windrow.core.spec.Meadow;
import io.windrow.core.spec.PipelineFiles;
import io.windrow.core.transform.shape.ShapeError;
import io.windrow.core.transform.shape.ShapeTransform;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlannerTest {
    private static final Registry REGISTRY = Registry.of(List.of(new Meadow()));
    private static final StreamName ORDERS = new StreamName("public", "orders");

    private static Plan plan(String sink, String rest) {
        String text = "pipeline: p\nsource: {meadow: {url: x}}\nsink: {meadow: " + sink + "}\n" + rest;
        return new Planner(REGISTRY)
                .plan(PipelineFiles.of(REGISTRY).with(List.of()).parse(text, "p.yaml", Path.of("/tmp")));
    }

    private static void refused(Runnable what, ErrorCode code) {
        assertThatThrownBy(what::run)
                .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(code));
    }

    @Test
    void an_idempotent_sink_and_a_source_with_positions_deliver_exactly_once() {
        EffectiveGuarantee guarantee = plan("{path: o}", "").guarantee();
        assertThat(guarantee.level()).isEqualTo(DeliveryLevel.EXACTLY_ONCE);
        assertThat(guarantee.assumptions()).anyMatch(text -> text.contains("whole epochs"));
    }

    @Test
    void asking_for_more_than_can_be_kept_is_refused_before_the_first_read() {
        assertThat(plan("{path: o, idempotent: false}", "run: {require: at_least_once}").guarantee().level())
                .isEqualTo(DeliveryLevel.AT_LEAST_ONCE);
        refused(() -> plan("{path: o, idempotent: false}", "run: {require: exactly_once}"), PlanError.GUARANTEE_TOO_HIGH);
    }

    @Test
    void snapshots_replace_and_increments_append_unless_told_otherwise() {
        Plan plan = plan("{path: o}", "");
        assertThat(plan.writeMode(ORDERS, ReadMode.SNAPSHOT)).isEqualTo(WriteMode.REPLACE);
        assertThat(plan.writeMode(ORDERS, ReadMode.INCREMENTAL)).isEqualTo(WriteMode.APPEND);
        assertThat(plan("{path: o}", "write: {public.orders: append}").streams(Map.of(ORDERS, ReadMode.SNAPSHOT)))
                .containsExactly(new PlannedStream(ORDERS, ReadMode.SNAPSHOT, WriteMode.APPEND));
    }

    @Test
    void a_mirror_of_a_snapshot_replaces_and_one_of_increments_goes_by_key_and_says_what_it_does_not_see() {
        Plan plan = plan("{path: o}", "write: {public.orders: mirror}");
        assertThat(plan.writeMode(ORDERS, ReadMode.SNAPSHOT)).isEqualTo(WriteMode.REPLACE);
        assertThat(plan.writeMode(ORDERS, ReadMode.INCREMENTAL)).isEqualTo(WriteMode.MIRROR);
        assertThat(plan.guarantee().assumptions()).anyMatch(text -> text.contains("shows no deletes"));
        assertThat(plan("{path: o}", "write: {public.orders: upsert}").guarantee().assumptions())
                .anyMatch(text -> text.contains("upsert removes nothing"));
    }

    @Test
    void a_mode_by_key_is_refused_for_a_stream_without_one_and_history_for_one_without_changes() {
        StreamSchema keyless = new StreamSchema(ORDERS, 1, List.of(), List.of());
        for (WriteMode mode : List.of(WriteMode.UPSERT, WriteMode.MIRROR, WriteMode.HISTORY)) {
            refused(() -> new PlannedStream(ORDERS, ReadMode.CDC, mode).check(keyless, Steps.NONE), PlanError.KEY_MISSING);
        }
        new PlannedStream(ORDERS, ReadMode.CDC, WriteMode.APPEND).check(keyless, Steps.NONE);
        StreamSchema keyed = new StreamSchema(
                ORDERS, 1, List.of(new Column(1, "id", new ColumnType.Text(), false, "text")), List.of("id"));
        Steps cast = new Steps(List.of(new ShapeTransform(Map.of(ORDERS.toString(), new ShapePolicy(
                Optional.empty(), Map.of(), List.of(), Map.of("id", "number"), Map.of("number", "int32"), Origin.NONE)))));
        refused(() -> new PlannedStream(ORDERS, ReadMode.CDC, WriteMode.UPSERT).check(keyed, cast), ShapeError.KEY_NOT_INJECTIVE);
        new PlannedStream(ORDERS, ReadMode.CDC, WriteMode.APPEND).check(keyed, cast);
        new PlannedStream(ORDERS, ReadMode.CDC, WriteMode.UPSERT).check(keyed, Steps.NONE);
        Plan history = plan("{path: o}", "write: {public.orders: history}");
        refused(() -> history.writeMode(ORDERS, ReadMode.INCREMENTAL), PlanError.WRITE_MODE_NEEDS_CHANGES);
    }

    @Test
    void what_cannot_be_is_refused() {
        Plan plan = plan("{path: o}", "write: {public.orders: replace}");
        refused(() -> plan.streams(Map.of(ORDERS, ReadMode.INCREMENTAL)), PlanError.WRITE_MODE_LOSES);
        refused(() -> plan.streams(Map.of(ORDERS, ReadMode.CDC)), PlanError.READ_MODE_UNSUPPORTED);
        refused(() -> plan.streams(Map.of(StreamName.of("x"), ReadMode.SNAPSHOT)), PlanError.UNKNOWN_STREAM);
        refused(() -> plan.streams(Map.of()), PlanError.NO_STREAMS);
        refused(() -> plan.stream("ordrs", Map.of(ORDERS, ReadMode.SNAPSHOT)), PlanError.UNKNOWN_STREAM);
        assertThat(plan.stream("orders", Map.of(ORDERS, ReadMode.SNAPSHOT))).isEqualTo(ORDERS);
    }
}
