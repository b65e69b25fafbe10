package io.windrow.cli;

import io.windrow.api.batch.Batch;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Source;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.StreamRequest;
import io.windrow.core.contract.SchemaGate;
import io.windrow.core.plan.Admission;
import io.windrow.core.plan.SteppedReader;
import io.windrow.core.plan.Steps;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the first rows of a stream, through a pipeline's steps. Moves no state. */
final class RowSample {
    private final Source source;
    private final Steps steps;
    private final SchemaGate gate;
    private final int wanted;
    private int read;

    /** Takes what is read. */
    interface Taker {
        /** The schema that rows leave the steps with; called once, first. */
        void schema(StreamSchema schema);

        /** Some rows, of which the first {@code rows} count. */
        void rows(Batch batch, int rows);
    }

    /**
     * A sample of rows.
     *
     * @param gate judges schemas as the next run will, so that rows are shown as it would deliver them
     */
    RowSample(Source source, Steps steps, SchemaGate gate, int rows) {
        this.source = source;
        this.steps = steps;
        this.gate = gate;
        this.wanted = rows;
    }

    /** Reads until there are enough rows or no more. */
    void read(StreamName stream, ReadMode mode, Taker taker) {
        read = 0;
        // A sample makes no slot: a table that is followed shows the rows that its first copy would read.
        ReadMode how = mode == ReadMode.CDC ? ReadMode.SNAPSHOT : mode;
        try (SplitPlanner planner = source.plan(List.of(new StreamRequest(stream, how, 1, Optional.empty())))) {
            if (planner.refusals().containsKey(stream)) {
                throw planner.refusals().get(stream);
            }
            Admission admission = Admission.of(steps, gate, planner, plan -> "before the first row that this command reads");
            if (admission.refusals().containsKey(stream)) {
                throw admission.refusals().get(stream);
            }
            // I11: a rule of the mask that fits nothing is refused here as it is by a run.
            admission.check(source, Map.of());
            StreamSchema schema = planner.plans().get(stream).schema();
            taker.schema(admission.steps().output(schema));
            while (read < wanted) {
                List<SplitPlanner.Assignment> next = planner.next(1);
                if (next.isEmpty()) {
                    break;
                }
                // What is shown has gone through the mask (I11).
                try (SplitReader reader = new SteppedReader(
                        source.open(next.getFirst().split(), next.getFirst().from()), admission.steps().bind(schema))) {
                    fill(taker, reader, planner, next.getFirst());
                }
            }
        }
    }

    private void fill(Taker taker, SplitReader reader, SplitPlanner planner, SplitPlanner.Assignment assignment) {
        while (read < wanted) {
            switch (reader.read(System.nanoTime() + Duration.ofSeconds(5).toNanos())) {
                case ReadResult.Data data -> {
                    try (Batch batch = data.batch()) {
                        taker.rows(batch, Math.min(batch.rowCount(), wanted - read));
                        read += batch.rowCount();
                    }
                }
                case ReadResult.Idle ignored -> planner.keepAlive();
                case ReadResult.End end -> {
                    planner.ended(assignment.split(), end.proof());
                    return;
                }
            }
        }
    }
}
