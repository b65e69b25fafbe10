package io.windrow.cli;

import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Position;
import io.windrow.api.context.CheckResult;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Source;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.StreamDescription;
import io.windrow.api.source.StreamPlan;
import io.windrow.api.source.StreamRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Ten rows that are made, not read: what {@code windrow train} runs, since a first start may not need a server. */
record TrainingRows(Context context) implements Source {
    static final StreamName STREAM = StreamName.of("training");
    private static final long ROWS = 10;
    private static final StreamSchema SCHEMA = new StreamSchema(
            STREAM,
            1,
            List.of(
                    new Column(1, "id", new ColumnType.Int(64, true), false, "bigint"),
                    new Column(2, "name", new ColumnType.Text(), true, "text")),
            List.of("id"));

    @Override
    public List<CheckResult> check() {
        return List.of();
    }

    @Override
    public List<StreamDescription> discover() {
        return List.of(new StreamDescription(SCHEMA, "table", Set.of(ReadMode.SNAPSHOT), List.of(), ROWS, ROWS, List.of()));
    }

    @Override
    public SplitPlanner plan(List<StreamRequest> requests) {
        return new Planner();
    }

    @Override
    public SplitReader open(Split split, Optional<Position> from) {
        return new Reader(context);
    }

    @Override
    public void close() {
        // Holds nothing.
    }

    private static final class Planner implements SplitPlanner {
        private boolean handedOut;
        private boolean ended;

        @Override
        public Map<StreamName, StreamPlan> plans() {
            Guarantee guarantee = new Guarantee("snapshot", "All rows.", List.of(), List.of());
            return Map.of(STREAM, new StreamPlan(SCHEMA, guarantee, Optional.empty(), ROWS, ROWS));
        }

        @Override
        public Map<StreamName, WindrowException> refusals() {
            return Map.of();
        }

        @Override
        public void restart(StreamName stream, long generation) {
            handedOut = false;
        }

        @Override
        public List<Assignment> next(int max) {
            if (handedOut || max < 1) {
                return List.of();
            }
            handedOut = true;
            return List.of(new Assignment(new Split("all", STREAM, 1, "all", ROWS), Optional.empty()));
        }

        @Override
        public void ended(Split split, EndProof proof) {
            ended = true;
        }

        @Override
        public void giveBack(Split split, Optional<Position> position) {
            handedOut = false;
        }

        @Override
        public boolean ended(StreamName stream) {
            return ended;
        }

        @Override
        public boolean finished() {
            return ended;
        }

        @Override
        public PlannerState state(StreamName stream) {
            return new PlannerState(1, "");
        }

        @Override
        public void acknowledge(StreamName stream, PlannerState state) {
            // Nothing is kept upstream.
        }

        @Override
        public void keepAlive() {
            // No connection.
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }

    private static final class Reader implements SplitReader {
        private final Context context;
        private boolean read;

        Reader(Context context) {
            this.context = context;
        }

        @Override
        public ReadResult read(long deadlineNanos) {
            if (read) {
                return new ReadResult.End(new EndProof("command_complete", ROWS, "counted"));
            }
            read = true;
            try (BatchBuilder rows = new BatchBuilder(SCHEMA, context.allocator())) {
                for (long i = 0; i < ROWS; i++) {
                    rows.set("id", i);
                    rows.set("name", "row " + i);
                    rows.endRow();
                }
                return new ReadResult.Data(rows.build(new Position(1, "end")));
            }
        }

        @Override
        public void acknowledge(Position position) {
            // Nothing is kept upstream.
        }

        @Override
        public void keepAlive() {
            // No connection.
        }

        @Override
        public void wakeUp() {
            // Never blocks.
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
