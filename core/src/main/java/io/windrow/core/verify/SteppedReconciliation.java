package io.windrow.core.verify;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Reconciliation;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.Windows;
import io.windrow.core.plan.SteppedReader;
import io.windrow.core.plan.Steps;
import io.windrow.core.transform.mask.MaskTransform;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A source as it looks behind the pipeline's steps: rows are read again and go through them, as in a run. What the database
 * sums up by itself speaks of rows before the steps, so a stream that steps concern is counted by reading it.
 */
final class SteppedReconciliation implements Reconciliation {
    private final Reconciliation source;
    private final Steps steps;
    private final Map<StreamName, Boolean> concerned = new HashMap<>();

    SteppedReconciliation(Reconciliation source, Steps steps) {
        this.source = source;
        this.steps = steps;
    }

    /** The versions of the policies that shape the stream's rows, by section. */
    Map<String, String> policies(StreamName stream, PlannerState delivered) {
        return steps.policies(source.schema(stream, delivered));
    }

    /** Whether the mask hides a column of the stream's key. */
    boolean hidesKey(StreamName stream, PlannerState delivered) {
        StreamSchema before = source.schema(stream, delivered);
        return !Collections.disjoint(steps.hidden(before), before.key());
    }

    private boolean concerns(StreamName stream, PlannerState delivered) {
        return concerned.computeIfAbsent(stream, name -> {
            StreamSchema before = source.schema(name, delivered);
            Map<String, String> shaping = new HashMap<>(steps.policies(before));
            // Also told where the mask does nothing.
            shaping.remove(MaskTransform.COLUMNS);
            return !shaping.isEmpty() || !steps.output(before).equals(before);
        });
    }

    @Override
    public void begin() {
        source.begin();
    }

    @Override
    public StreamSchema schema(StreamName stream, PlannerState delivered) {
        return steps.output(source.schema(stream, delivered));
    }

    @Override
    public Windows windows(StreamName stream, PlannerState delivered, int max) {
        Windows windows = source.windows(stream, delivered, max);
        if (!concerns(stream, delivered)) {
            return windows;
        }
        boolean kept = windows.column().filter(unchanged(stream, delivered)::contains).isPresent();
        return kept ? new Windows(windows.column(), windows.order(), windows.cuts(), List.of()) : Windows.NONE;
    }

    /** The names of the columns whose values leave the steps as they came; a mask can leave a column as it was, and no value. */
    private Set<String> unchanged(StreamName stream, PlannerState delivered) {
        StreamSchema before = source.schema(stream, delivered);
        Set<Column> after = new HashSet<>(steps.output(before).columns());
        Set<String> hidden = steps.hidden(before);
        return before.columns().stream()
                .filter(column -> after.contains(column) && !hidden.contains(column.name()))
                .map(Column::name)
                .collect(Collectors.toSet());
    }

    @Override
    public List<Windows.Totals> totals(StreamName stream, PlannerState delivered, Windows windows) {
        if (!concerns(stream, delivered)) {
            return source.totals(stream, delivered, windows);
        }
        WindowOf windowOf = new WindowOf(schema(stream, delivered), windows);
        Map<Integer, Long> rows = new TreeMap<>();
        try (SplitReader reader = read(stream, delivered)) {
            while (true) {
                switch (reader.read(System.nanoTime() + Duration.ofSeconds(5).toNanos())) {
                    case ReadResult.Data data -> {
                        try (Batch batch = data.batch()) {
                            int[] of = windowOf.rows(batch);
                            for (int row = 0; row < batch.rowCount(); row++) {
                                rows.merge(of[row], 1L, Long::sum);
                            }
                        }
                    }
                    case ReadResult.Idle ignored -> reader.keepAlive();
                    case ReadResult.End ignored -> {
                        return rows.entrySet().stream()
                                .map(one -> new Windows.Totals(one.getKey(), one.getValue(), List.of()))
                                .toList();
                    }
                }
            }
        }
    }

    @Override
    public SplitReader read(StreamName stream, PlannerState delivered) {
        return stepped(source.read(stream, delivered), stream, delivered);
    }

    @Override
    public SplitReader read(StreamName stream, PlannerState delivered, Windows.Range range) {
        return stepped(source.read(stream, delivered, range), stream, delivered);
    }

    private SplitReader stepped(SplitReader reader, StreamName stream, PlannerState delivered) {
        return concerns(stream, delivered)
                ? new SteppedReader(reader, steps.bind(source.schema(stream, delivered)))
                : reader;
    }

    @Override
    public List<Change> changedSince(StreamName stream, PlannerState delivered, List<List<String>> keys) {
        return knowsKeys(stream, delivered)
                ? source.changedSince(stream, delivered, keys)
                : keys.stream().map(key -> Change.UNDECIDABLE).toList();
    }

    @Override
    public List<Optional<String>> versions(StreamName stream, PlannerState delivered, List<List<String>> keys) {
        return knowsKeys(stream, delivered)
                ? source.versions(stream, delivered, keys)
                : keys.stream().map(key -> Optional.<String>empty()).toList();
    }

    /** The database knows no key as the steps made it. */
    private boolean knowsKeys(StreamName stream, PlannerState delivered) {
        StreamSchema before = source.schema(stream, delivered);
        return before.key().equals(schema(stream, delivered).key()) && unchanged(stream, delivered).containsAll(before.key());
    }

    @Override
    public Optional<Boolean> holds(StreamName stream, PlannerState delivered, List<Position> places) {
        return source.holds(stream, delivered, places);
    }

    @Override
    public void close() {
        source.close();
    }
}
