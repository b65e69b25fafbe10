package io.windrow.connectors.jdbc.source;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Source;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.SplitPlanner.Assignment;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.StreamPlan;
import io.windrow.api.source.StreamRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;

/** Reads streams of one mode as a runner would, run by run, with the state and the open splits that a store would hold. */
final class Drive {
    private final JdbcSourceConfig config;
    private final Context context;
    private final List<StreamName> streams;
    private final ReadMode mode;
    private final Map<StreamName, PlannerState> states = new HashMap<>();
    private final Map<Split, Assignment> open = new HashMap<>();
    final Map<String, Long> exceptions = new HashMap<>();
    long seenAgain;
    @Nullable StreamPlan plan;
    /** What the last run knew of the first stream without a split. */
    Optional<EndProof> nothingNew = Optional.empty();
    /** Behind what the last run went on with its first stream. */
    Optional<Position> resumed = Optional.empty();

    Drive(JdbcSourceConfig config, Context context, StreamName stream, ReadMode mode) {
        this(config, context, List.of(stream), mode);
    }

    Drive(JdbcSourceConfig config, Context context, List<StreamName> streams, ReadMode mode) {
        this.config = config;
        this.context = context;
        this.streams = streams;
        this.mode = mode;
    }

    /** One whole run. */
    List<List<@Nullable String>> run() {
        return run(Integer.MAX_VALUE);
    }

    /** One run that dies behind so many batches, each of which is an epoch of its own. */
    List<List<@Nullable String>> run(int batches) {
        List<List<@Nullable String>> rows = new ArrayList<>();
        int left = batches;
        try (Source source = new JdbcSource(config, context);
                SplitPlanner planner = source.plan(streams.stream()
                        .map(stream -> new StreamRequest(stream, mode, 1, Optional.ofNullable(states.get(stream))))
                        .toList())) {
            if (!planner.refusals().isEmpty()) {
                throw planner.refusals().values().iterator().next();
            }
            plan = planner.plans().get(streams.getFirst());
            nothingNew = planner.nothingNew(streams.getFirst());
            resumed = planner.resumes(streams.getFirst());
            List.copyOf(open.values()).forEach(one -> planner.giveBack(one.split(), one.from()));
            for (List<Assignment> next = planner.next(1); !next.isEmpty(); next = planner.next(1)) {
                Assignment one = next.getFirst();
                try (SplitReader reader = source.open(one.split(), one.from())) {
                    boolean ended = false;
                    while (!ended) {
                        switch (reader.read(System.nanoTime() + Duration.ofSeconds(10).toNanos())) {
                            case ReadResult.Data data -> {
                                if (left-- == 0) {
                                    data.batch().close();
                                    return rows;
                                }
                                Position position = take(data.batch(), rows);
                                open.put(one.split(), new Assignment(one.split(), Optional.of(position)));
                                streams.forEach(stream -> states.put(stream, planner.state(stream)));
                            }
                            case ReadResult.Idle ignored -> reader.keepAlive();
                            case ReadResult.End end -> {
                                planner.ended(one.split(), end.proof());
                                open.remove(one.split());
                                streams.forEach(stream -> states.put(stream, planner.state(stream)));
                                ended = true;
                            }
                        }
                    }
                }
            }
            streams.forEach(stream -> states.put(stream, planner.state(stream)));
            return rows;
        }
    }

    /** What is saved of the first stream. */
    PlannerState saved() {
        return Objects.requireNonNull(states.get(streams.getFirst()));
    }

    /** Goes on from what is saved of the first stream. */
    void resume(PlannerState state) {
        states.put(streams.getFirst(), state);
    }

    private Position take(Batch batch, List<List<@Nullable String>> rows) {
        try (batch) {
            batch.exceptions().forEach((kind, count) -> exceptions.merge(kind, count, Long::sum));
            seenAgain += Optional.ofNullable(batch.measures().get(Source.SEEN_AGAIN)).map(measure -> measure.count()).orElse(0L);
            for (int row = 0; row < batch.rowCount(); row++) {
                List<@Nullable String> values = new ArrayList<>();
                for (FieldVector vector : batch.arrow().getFieldVectors()) {
                    values.add(text(vector, row));
                }
                rows.add(values);
            }
            return batch.position();
        }
    }

    private static @Nullable String text(FieldVector vector, int row) {
        if (vector.isNull(row)) {
            return null;
        }
        return switch (vector) {
            case UInt8Vector unsigned -> Long.toUnsignedString(unsigned.get(row));
            case BaseIntVector whole -> Long.toString(whole.getValueAsLong(row));
            case StructVector struct -> struct.getChildrenFromFields().stream().map(child -> text(child, row)).toList().toString();
            default -> vector.getObject(row) instanceof byte[] bytes
                    ? java.util.HexFormat.of().formatHex(bytes)
                    : vector.getObject(row).toString();
        };
    }
}
