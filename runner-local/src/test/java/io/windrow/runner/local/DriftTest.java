package io.windrow.runner.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.config.Origin;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.contract.Compatibility;
import io.windrow.core.contract.ContractError;
import io.windrow.core.contract.SchemaBook;
import io.windrow.core.contract.SchemaRules;
import io.windrow.core.contract.SchemaVersion;
import io.windrow.core.observe.Outcome;
import io.windrow.core.observe.RunResult;
import io.windrow.core.policy.ContractPolicy;
import io.windrow.core.policy.Drift;
import io.windrow.core.policy.MaskRule;
import io.windrow.core.policy.StreamContract;
import io.windrow.core.transform.mask.MaskError;
import io.windrow.core.transform.mask.MaskTransform;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class DriftTest {
    private static final StreamName C = StreamName.of("c");

    @TempDir
    Path folder;

    private Bench bench;

    @BeforeEach
    void open() {
        bench = new Bench(folder);
        bench.stream("c", 300, ReadMode.INCREMENTAL, WriteMode.APPEND);
    }

    @AfterEach
    void everyBufferAndConnectionIsGivenBack() {
        assertThat(bench.upstream.connections).hasValue(0);
        assertThat(bench.target.connections).hasValue(0);
        bench.close();
    }

    private void policy(Drift drift, Map<String, StreamContract> streams) {
        bench.schemas = new SchemaRules("p.yaml", Optional.of(new ContractPolicy(drift, streams, Origin.NONE)), "team");
    }

    private static StreamSchema plus(StreamSchema schema, ColumnType type) {
        List<Column> columns = new ArrayList<>(schema.columns());
        columns.add(new Column(2, "more", type, true, "x"));
        return new StreamSchema(schema.stream(), 1, columns, schema.key());
    }

    private static StreamSchema renamed(StreamSchema schema) {
        return new StreamSchema(schema.stream(), 1, List.of(new Column(1, "number", schema.columns().getFirst().type(), false, "x")), List.of("number"));
    }

    private List<SchemaBook.Entry> versions() {
        try (StateStore store = bench.store()) {
            return new SchemaBook(store, "bench").accepted().getOrDefault(C, List.of());
        }
    }

    @Test
    void withoutAContractEveryVersionIsRecordedAndFollowed() {
        bench.run();
        bench.run();
        assertThat(versions()).hasSize(1);
        bench.upstream.with("c", 500);
        bench.upstream.schema = schema -> plus(schema, new ColumnType.Text());
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        bench.upstream.schema = schema -> plus(schema, new ColumnType.Date());
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(versions()).extracting(entry -> entry.version().schema().version()).containsExactly(1, 2, 3);
        assertThat(bench.target.visible("c")).isEqualTo(Bench.numbers(500));
    }

    @Test
    void aStreamThatHasDriftedTooFarStopsBeforeItsFirstRowAndGoesOnOnceItIsAccepted() {
        bench.stream("d", 100, ReadMode.INCREMENTAL, WriteMode.APPEND);
        policy(Drift.EVOLVE, Map.of("c", new StreamContract(Optional.of(Drift.STOP), List.of(), Origin.NONE)));
        bench.run();
        bench.upstream.with("c", 500).with("d", 200);
        bench.upstream.schema = schema -> plus(schema, new ColumnType.Text());
        for (int i = 0; i < 2; i++) {
            RunResult run = bench.run();
            assertThat(bench.result(run, "c").error()).get()
                    .satisfies(error -> assertThat(error.errorCode()).isEqualTo(ContractError.DRIFT))
                    .satisfies(error -> assertThat(error.getMessage())
                            .contains("field more is new (text)").contains("after epoch "))
                    .satisfies(error -> assertThat(error.remedy()).contains("windrow schema accept p.yaml --stream c"));
            assertThat(bench.result(run, "d").error()).isEmpty();
        }
        assertThat(bench.target.visible("c")).isEqualTo(Bench.numbers(300));
        assertThat(bench.target.visible("d")).isEqualTo(Bench.numbers(200));
        try (StateStore store = bench.store()) {
            SchemaBook book = new SchemaBook(store, "bench");
            Lease lease = store.acquire("bench", "test", Duration.ofSeconds(30));
            book.accept(lease, new SchemaVersion(book.refused(C).orElseThrow(), "team", Compatibility.NONE), Instant.now());
            store.release(lease);
            assertThat(book.refused(C)).isEmpty();
        }
        RunResult run = bench.run();
        assertThat(run.streams()).allSatisfy(stream -> assertThat(stream.error()).isEmpty());
        assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.visible("c")).isEqualTo(Bench.numbers(500));
    }

    @Test
    void aRefusalIsOverOnceTheSourceHasTheAcceptedSchemaAgain() {
        policy(Drift.STOP, Map.of());
        bench.run();
        bench.upstream.with("c", 500);
        bench.upstream.schema = schema -> plus(schema, new ColumnType.Text());
        assertThat(bench.result(bench.run(), "c").error()).isPresent();
        assertThat(refused()).isPresent();
        bench.upstream.schema = schema -> schema;
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(refused()).isEmpty();
        assertThat(versions()).hasSize(1);
        bench.upstream.with("c", 700);
        bench.upstream.schema = schema -> plus(schema, new ColumnType.Text());
        assertThat(bench.result(bench.run(), "c").error()).as("the same change is judged anew").isPresent();
        assertThat(refused()).isPresent();
    }

    /** G16: whose clock is behind refuses, and accepts, in the order in which it does. */
    @Test
    @Tag("G16")
    void whatWasRefusedLastDoesNotHangOnClocks() {
        bench.run();
        StreamSchema first = versions().getFirst().version().schema();
        StreamSchema text = plus(first, new ColumnType.Text());
        StreamSchema date = plus(first, new ColumnType.Date());
        Instant behind = Instant.parse("2001-01-01T00:00:00Z");
        try (StateStore store = bench.store()) {
            SchemaBook book = new SchemaBook(store, "bench");
            Lease lease = store.acquire("bench", "test", Duration.ofSeconds(30));
            book.refuse(lease, text, behind);
            assertThat(book.refused(C)).as("refused by a clock that is behind").isPresent();
            book.accept(lease, new SchemaVersion(date, "", Compatibility.NONE), behind.minusSeconds(60));
            assertThat(book.refused(C)).as("another schema was accepted since").isEmpty();
            book.refuse(lease, text, behind.minusSeconds(120));
            assertThat(book.refused(C)).isPresent();
            book.settle(lease, C, behind.minusSeconds(180));
            assertThat(book.refused(C)).isEmpty();
            store.release(lease);
        }
    }

    private Optional<StreamSchema> refused() {
        try (StateStore store = bench.store()) {
            return new SchemaBook(store, "bench").refused(C);
        }
    }

    @Test
    void aFrozenStreamIsDeliveredInItsAcceptedSchema() {
        policy(Drift.FREEZE, Map.of());
        bench.run();
        bench.upstream.with("c", 500);
        bench.upstream.schema = schema -> plus(schema, new ColumnType.Text());
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        bench.upstream.with("c", 700);
        bench.upstream.schema = DriftTest::renamed;
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.visible("c")).isEqualTo(Bench.numbers(700));
        assertThat(versions()).hasSize(1);
    }

    @Test
    void aFieldThatWouldLoseItsMaskWithItsNameStopsTheStreamUnlessTheAcceptedNameIsKept() {
        bench.upstream.schema = schema -> plus(schema, new ColumnType.Text());
        bench.transforms.add(new MaskTransform(List.of(redact("*ore"))));
        bench.run();
        bench.upstream.with("c", 500);
        bench.upstream.schema = schema -> {
            StreamSchema wide = plus(schema, new ColumnType.Text());
            return new StreamSchema(
                    wide.stream(), 1, List.of(wide.columns().getFirst(), new Column(2, "other", new ColumnType.Text(), true, "x")),
                    wide.key());
        };
        RunResult followed = bench.run();
        assertThat(bench.result(followed, "c").error()).get()
                .satisfies(error -> assertThat(error.errorCode()).isEqualTo(MaskError.RENAMED_AWAY))
                .satisfies(error -> assertThat(error.getMessage()).contains("field more", "is called other now"));
        assertThat(bench.target.visible("c")).isEqualTo(Bench.numbers(300));

        policy(Drift.FREEZE, Map.of());
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.visible("c")).isEqualTo(Bench.numbers(500));
    }

    @Test
    void aMaskOfAStreamOfWhichNothingIsReadIsNoErrorOfTheOthers() {
        bench.stream("d", 100, ReadMode.INCREMENTAL, WriteMode.APPEND);
        bench.upstream.schema = schema -> schema.stream().equals(C) ? plus(schema, new ColumnType.Text()) : schema;
        bench.transforms.add(new MaskTransform(List.of(redact("c.more"))));
        RunOptions onlyTheOther =
                new RunOptions(Set.of(StreamName.of("d")), RunOptions.Refresh.CONTINUE, OptionalLong.empty());
        assertThat(bench.run(onlyTheOther).outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);

        policy(Drift.STOP, Map.of());
        bench.upstream.with("c", 500).with("d", 200);
        bench.upstream.schema = schema -> schema;
        RunResult stopped = bench.run();
        assertThat(bench.result(stopped, "c").error()).get()
                .satisfies(error -> assertThat(error.errorCode()).isEqualTo(ContractError.DRIFT));
        assertThat(bench.result(stopped, "d").outcome()).isEqualTo(Outcome.COMPLETED);
    }

    private static MaskRule redact(String field) {
        return new MaskRule(
                Optional.of(field), List.of(), MaskRule.Method.REDACT, Optional.empty(), Optional.empty(), 0, 4,
                MaskRule.Truncation.MONTH, MaskRule.Alphabet.DIGITS, "***", Optional.empty(), Origin.NONE);
    }

    @Test
    void aSchemaThatChangesInMidRunIsComparedBeforeItsRowsAreDelivered() {
        policy(Drift.STOP, Map.of());
        bench.upstream.beforeRead = (split, next, deadline) -> {
            if (next >= 200) {
                bench.upstream.schema = schema -> plus(schema, new ColumnType.Text());
            }
            return true;
        };
        RunResult run = bench.run();
        assertThat(bench.result(run, "c").error()).get()
                .satisfies(error -> assertThat(error.errorCode()).isEqualTo(ContractError.DRIFT));
        assertThat(bench.target.visible("c")).hasSizeLessThanOrEqualTo(200)
                .isEqualTo(Bench.numbers(bench.target.visible("c").size()));
    }
}
