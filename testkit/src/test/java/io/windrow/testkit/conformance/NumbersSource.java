package io.windrow.testkit.conformance;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.context.CheckResult;
import io.windrow.api.context.Context;
import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** The numbers 0 to 99 in ten splits of two batches each; the smallest source that keeps the contract. */
final class NumbersSource implements Source {
    static final StreamName STREAM = StreamName.of("numbers");
    private static final StreamSchema SCHEMA = new StreamSchema(STREAM, 1,
            List.of(new Column(1, "n", new ColumnType.Int(64, true), false, "number")), List.of("n"));

    private final Context context;

    NumbersSource(Context context) {
        this.context = context;
    }

    @Override
    public List<CheckResult> check() {
        return List.of(CheckResult.ok("count", "numbers are there"));
    }

    @Override
    public List<StreamDescription> discover() {
        return List.of(new StreamDescription(
                SCHEMA, "numbers", Set.of(ReadMode.SNAPSHOT), List.of(), 100, 800, List.of()));
    }

    @Override
    public SplitPlanner plan(List<StreamRequest> requests) {
        return new Planner(requests);
    }

    @Override
    public SplitReader open(Split split, Optional<Position> from) {
        long first = Long.parseLong(split.text());
        return new Reader(from.map(position -> Long.parseLong(position.text())).orElse(first), first + 10);
    }

    @Override
    public void close() {
        // Holds nothing.
    }

    private enum Refusal implements ErrorCode {
        NO_SUCH_STREAM;

        @Override
        public String code() {
            return "numbers.no_such_stream";
        }

        @Override
        public ErrorKind kind() {
            return ErrorKind.USER;
        }

        @Override
        public String meaning() {
            return "There are only numbers.";
        }

        @Override
        public String remedy() {
            return "Read numbers.";
        }
    }

    private static final class Planner implements SplitPlanner {
        private final Map<StreamName, StreamPlan> plans = new HashMap<>();
        private final Map<StreamName, WindrowException> refusals = new HashMap<>();
        private final ArrayDeque<Assignment> ready = new ArrayDeque<>();
        private final TreeSet<String> ended = new TreeSet<>();

        Planner(List<StreamRequest> requests) {
            for (StreamRequest request : requests) {
                if (!request.stream().equals(STREAM)) {
                    refusals.put(request.stream(),
                            WindrowException.of(Refusal.NO_SUCH_STREAM, "Planning " + request.stream()));
                    continue;
                }
                Guarantee guarantee = new Guarantee("snapshot", "All numbers.", List.of(), List.of());
                plans.put(STREAM, new StreamPlan(SCHEMA, guarantee, Optional.empty(), 100, 800));
                request.state().ifPresent(state -> ended.addAll(List.of(state.text().split(","))));
                for (int first = 0; first < 100; first += 10) {
                    if (!ended.contains("s" + first)) {
                        ready.add(new Assignment(
                                new Split("s" + first, STREAM, 1, Integer.toString(first), 80), Optional.empty()));
                    }
                }
            }
        }

        @Override
        public Map<StreamName, StreamPlan> plans() {
            return plans;
        }

        @Override
        public Map<StreamName, WindrowException> refusals() {
            return refusals;
        }

        @Override
        public void restart(StreamName stream, long generation) {
            throw new IllegalStateException("no restart was asked for");
        }

        @Override
        public List<Assignment> next(int max) {
            List<Assignment> next = new ArrayList<>();
            while (next.size() < max && !ready.isEmpty()) {
                next.add(ready.poll());
            }
            return next;
        }

        @Override
        public void ended(Split split, EndProof proof) {
            ended.add(split.id());
        }

        @Override
        public void giveBack(Split split, Optional<Position> position) {
            ready.add(new Assignment(split, position));
        }

        @Override
        public boolean ended(StreamName stream) {
            return ended.size() == 10;
        }

        @Override
        public boolean finished() {
            return ended.size() == 10;
        }

        @Override
        public PlannerState state(StreamName stream) {
            return new PlannerState(1, String.join(",", ended));
        }

        @Override
        public void acknowledge(StreamName stream, PlannerState state) {
            // Numbers are never released.
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

    private final class Reader implements SplitReader {
        private final long end;
        private final long begin;
        private long next;

        Reader(long next, long end) {
            this.begin = next;
            this.next = next;
            this.end = end;
        }

        @Override
        public ReadResult read(long deadlineNanos) {
            if (next == end) {
                return new ReadResult.End(new EndProof("reached_position", end - begin, "counted"));
            }
            VectorSchemaRoot rows = VectorSchemaRoot.create(ArrowTypes.schema(SCHEMA), context.allocator());
            BigIntVector numbers = (BigIntVector) rows.getVector("n");
            for (int i = 0; i < 5; i++) {
                numbers.setSafe(i, next++);
            }
            rows.setRowCount(5);
            return new ReadResult.Data(
                    new Batch(SCHEMA, rows, new Position(1, Long.toString(next)), Account.ofRead(5)));
        }

        @Override
        public void acknowledge(Position position) {
            // Numbers are never released.
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
