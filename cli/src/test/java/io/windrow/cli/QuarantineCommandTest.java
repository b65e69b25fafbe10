package io.windrow.cli;

import static io.windrow.cli.Invoked.windrow;
import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Rejected;
import io.windrow.api.context.Notices;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.api.transform.Transform;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.observe.Outcome;
import io.windrow.core.observe.RunResult;
import io.windrow.core.plan.Plan;
import io.windrow.core.plan.Planner;
import io.windrow.core.plan.Steps;
import io.windrow.core.quarantine.QuarantineError;
import io.windrow.core.registry.Registry;
import io.windrow.core.spec.PipelineFiles;
import io.windrow.core.transform.Rows;
import io.windrow.runner.local.Job;
import io.windrow.runner.local.LocalRunner;
import io.windrow.runner.local.Pace;
import io.windrow.runner.local.RunOptions;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.vector.FieldVector;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Rows that a step sets aside are counted, lie in the quarantine folder, and are listed, shown and discarded. */
@Tag("server")
class QuarantineCommandTest {
    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @TempDir
    Path folder;

    /** Sets rows aside whose amount is null. */
    private record AmountsOnly() implements Transform {
        @Override
        public BoundTransform bind(StreamSchema input) {
            return new BoundTransform() {
                @Override
                public StreamSchema output() {
                    return input;
                }

                @Override
                public Batch apply(Batch batch) {
                    FieldVector amounts = batch.arrow().getVector("amount");
                    int[] kept = new int[batch.rowCount()];
                    int[] bad = new int[batch.rowCount()];
                    int count = 0;
                    List<Rejected.Reason> reasons = new ArrayList<>();
                    for (int row = 0; row < batch.rowCount(); row++) {
                        if (amounts.isNull(row)) {
                            bad[reasons.size()] = row;
                            reasons.add(new Rejected.Reason(row, "test.null", "amount", "is null"));
                        } else {
                            kept[count++] = row;
                        }
                    }
                    return reasons.isEmpty() ? batch : Rows.setAside(batch, kept, count, bad, reasons);
                }

                @Override
                public void close() {}
            };
        }
    }

    private Path pipeline(String table, String more) throws IOException {
        return Files.writeString(folder.resolve("bad.yaml"), """
                pipeline: bad
                source:
                  postgres:
                    url: '%s'
                    batch_rows: 100
                    streams:
                      - {table: public.%s, mode: snapshot}
                sink:
                  files: {path: ./out, format: jsonl}
                run: {epoch_rows: 300}
                %s
                """.formatted(DATABASE.url(), table, more));
    }

    private RunResult run(Path file) {
        Registry registry = Registry.load();
        Plan plan = new Planner(registry).plan(PipelineFiles.of(registry).read(file));
        Job job = new Job(
                plan.spec().pipeline(), plan::openSource, plan.runSinks(), source -> plan.streams(source.selected()),
                new Steps(List.of(new AmountsOnly())), plan.schemas(), Pace.of(plan.spec().run()), plan.hashKey());
        try (ProcessContext context = ProcessContext.open(plan.spec().pipeline(), Notices.IGNORE);
                StateStore store = Stores.open(plan.spec())) {
            return new LocalRunner(store, context, event -> {}).run(job, RunOptions.NONE);
        }
    }

    /** A terminal obeys controls of both sets, and shows others in another order; as JSON the row stays what it is. */
    @Test
    void whatATerminalWouldObeyIsShownAsAnEscape() throws IOException {
        DATABASE.execute(
                "CREATE TABLE hostile (id int PRIMARY KEY, amount int, name text)",
                "INSERT INTO hostile VALUES (1, NULL, U&'a\\009B31m\\202Eb\\200Dc'), (2, 2, 'good')");
        Path file = pipeline("hostile", "");
        assertThat(run(file).outcome()).isEqualTo(Outcome.COMPLETED);
        for (Object[] words : List.of(new Object[] {"quarantine", "show", file}, new Object[] {"--json", "quarantine", "show", file})) {
            String shown = windrow(words).out();
            assertThat(shown).contains("\\u009b31m\\u202eb\u200dc").doesNotContain("\u009b", "\u202e");
        }
    }

    /** Nothing would delete them: the next commit that sweeps may never come. */
    @Test
    void whatDeadProcessesLeftGoesWithADiscardOrADisposal() throws IOException {
        DATABASE.execute("CREATE TABLE left_over (id bigint PRIMARY KEY, amount numeric(20,2))", "INSERT INTO left_over VALUES (1, NULL), (2, 2)");
        Path file = pipeline("left_over", "retention: {quarantine: 30d}");
        assertThat(run(file).outcome()).isEqualTo(Outcome.COMPLETED);
        Path home = folder.resolve("quarantine/bad/public.left_over");
        for (List<Object> command : List.of(
                List.<Object>of("quarantine", "discard", file, "--code", "none", "--yes"), List.<Object>of("dispose", "--apply", file))) {
            List<Path> left = List.of(
                    home.resolve(".staging/g000001-e0000000009-t1-w0.staged"), home.resolve(".staging/t1-w0.writing"),
                    home.resolve("g000001-e0000000001-t1-w0.jsonl.rewritten"));
            for (Path path : left) {
                Files.createDirectories(path.getParent());
                Files.writeString(path, "canary");
            }
            try (StateStore store = Stores.open(PipelineFiles.of(Registry.load()).read(file))) {
                Lease held = store.acquire("bad", "a run", Duration.ofMinutes(10));
                Invoked nothing = windrow("quarantine", "discard", file, "--code", "none", "--yes");
                assertThat(nothing.exit()).as(nothing.whole()).isZero();
                assertThat(nothing.out()).contains("No such row is set aside");
                assertThat(windrow("quarantine", "discard", file, "--yes").err()).as("what fits is whose lease it is").contains("checkpoint.lease_held");
                store.release(held);
            }
            assertThat(left).as("it may be what a run is staging").allSatisfy(path -> assertThat(path).exists());
            Invoked swept = windrow(command.toArray());
            assertThat(swept.exit()).as(swept.whole()).isZero();
            assertThat(left).allSatisfy(path -> assertThat(path).doesNotExist());
            assertThat(windrow("quarantine", "list", file).out()).contains("1 row set aside");
        }
    }

    @Test
    void badRowsAreCountedListedShownAndDiscardedWithARecord() throws IOException {
        DATABASE.execute(
                "CREATE TABLE sold (id bigint PRIMARY KEY, amount numeric(20,2), note text)",
                "INSERT INTO sold SELECT i, CASE WHEN i % 250 = 0 THEN NULL ELSE i * 1.5 END, 'n' || i FROM generate_series(1, 1000) i");
        Path file = pipeline("sold", "");
        assertThat(windrow("quarantine", "list", file).out()).contains("No row is set aside");
        RunResult result = run(file);
        assertThat(result.outcome()).as(result.toString()).isEqualTo(Outcome.COMPLETED);
        assertThat(result.streams().getFirst().account().written()).isEqualTo(996);
        assertThat(result.streams().getFirst().account().quarantined()).isEqualTo(4);

        Invoked list = windrow("quarantine", "list", file);
        assertThat(list.out()).as(list.whole()).containsPattern("public.sold +test.null +amount +4 ").contains("4 rows set aside in");
        assertThat(windrow("quarantine", "list", "--json", file).json().getFirst().get("groups").toString())
                .contains("rows=4", "code=test.null");
        Invoked show = windrow("quarantine", "show", file, "--stream", "sold", "--rows", 3);
        assertThat(show.out()).as(show.whole())
                .contains("{\"id\":250,\"amount\":null,\"note\":\"n250\"}", "There are more");

        assertThat(windrow("quarantine", "discard", file).exit()).isEqualTo(ExitCode.USER.value());
        assertThat(windrow("quarantine", "list", file).out()).contains("4 rows set aside in");
        Object first = ((Map<?, ?>) ((List<?>) windrow("quarantine", "show", "--json", file).json().getFirst().get("rows"))
                        .getFirst()).get("epoch");
        long epochs = ((List<?>) windrow("quarantine", "show", "--json", file).json().getFirst().get("rows"))
                .stream().map(row -> ((Map<?, ?>) row).get("epoch")).distinct().count();
        Invoked some = windrow("quarantine", "discard", file, "--epoch", first, "--yes");
        assertThat(some.exit()).as(some.whole()).isZero();
        Invoked all = windrow("quarantine", "discard", file, "--code", "test.null", "--yes");
        assertThat(all.exit()).as(all.whole()).isZero();
        assertThat(windrow("quarantine", "list", file).out()).contains("No row is set aside");
        try (Stream<String> record = Files.lines(folder.resolve("quarantine").resolve("bad.discarded.jsonl"))) {
            // Where all rows came in one epoch, nothing is left for the second call, and nothing is recorded.
            assertThat(record.toList()).hasSize(epochs > 1 ? 2 : 1).allMatch(line -> line.contains("\"code\":\"test.null\"")
                    && line.contains("\"sha256_before\":\"") && !line.contains("n250"));
        }
    }

    @Test
    void aStreamWithMoreBadRowsThanAllowedStopsAndItsLastEpochIsNotCommitted() throws IOException {
        DATABASE.execute(
                "CREATE TABLE rotten (id bigint PRIMARY KEY, amount numeric(20,2))",
                "INSERT INTO rotten SELECT i, NULL FROM generate_series(1, 1000) i");
        RunResult result = run(pipeline("rotten", "quarantine: {path: ./aside, limit: 450}"));
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.streams().getFirst().error().orElseThrow().errorCode()).isEqualTo(QuarantineError.LIMIT_REACHED);
        assertThat(result.streams().getFirst().account().quarantined()).isLessThanOrEqualTo(450);
        assertThat(folder.resolve("quarantine")).doesNotExist();
    }
}
