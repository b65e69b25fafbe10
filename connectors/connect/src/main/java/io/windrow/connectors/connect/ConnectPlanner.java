package io.windrow.connectors.connect;

import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.StreamPlan;
import io.windrow.api.source.StreamRequest;
import io.windrow.api.source.Until;
import io.windrow.connectors.connect.database.Server;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.connectors.connect.record.LogPlace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Plans one run: the tables that are not copied yet are copied together, as of one place in the log; then all are read from
 * the log. It holds no connection: it has asked the server what it must know when it is made.
 */
final class ConnectPlanner implements SplitPlanner {
    private final ConnectSource source;
    private final Context context;
    private final Map<StreamName, TableRead> reads = new LinkedHashMap<>();
    private final Map<StreamName, WindrowException> refusals = new LinkedHashMap<>();
    /** Where the log ends now; empty: nobody can tell. */
    private final Optional<ConnectSplit.End> end;
    /** Which server it is; empty: nobody can tell. */
    private final Optional<String> identity;
    private final boolean ends;
    private boolean handedOut;
    /** The log was handed out: where it goes on is this run's own doing. */
    private boolean followed;

    ConnectPlanner(ConnectSource source, Context context, List<StreamRequest> requests) {
        this.source = source;
        this.context = context;
        this.ends = requests.stream().anyMatch(request -> request.until() == Until.CAUGHT_UP);
        try (Server server = source.connect()) {
            server.expectFollowable();
            this.identity = server.identity();
            this.end = server.end().map(place -> new ConnectSplit.End(place.place(), place.text()));
            requests.forEach(request -> plan(request, server, ends && end.isEmpty() ? Optional.of(endUnknown(request)) : Optional.empty()));
        }
        boolean mixed = reads.values().stream().anyMatch(TableRead::isBegun)
                && !reads.values().stream().allMatch(TableRead::isBegun);
        if (mixed && !source.preset().order().isAbsolute()) {
            reads.values().stream().filter(read -> !read.isBegun()).toList().forEach(read -> {
                reads.remove(read.stream());
                refusals.put(read.stream(), WindrowException.of(
                        ConnectError.COPY_ALONE, "Planning " + read.stream() + ": other tables of the pipeline are followed already"));
            });
        }
    }

    private WindrowException endUnknown(StreamRequest request) {
        return WindrowException.of(
                ConnectError.END_UNKNOWN, "Planning " + request.stream() + ": where the log of " + source.preset().vendor() + " ends is not known");
    }

    private void plan(StreamRequest request, Server server, Optional<WindrowException> refusal) {
        try {
            if (refusal.isPresent()) {
                throw refusal.get();
            }
            StreamSchema schema = server.schema(request.stream());
            source.remember(schema);
            TableRead read = new TableRead(
                    source.history(), source.preset().shape(), schema, server.estimatedRows(request.stream()), identity, request);
            if (read.isCopied()) {
                expectNotBehind(request.stream(), read.start());
            }
            reads.put(request.stream(), read);
        } catch (WindrowException e) {
            refusals.put(request.stream(), e);
        }
    }

    private TableRead read(StreamName stream) {
        TableRead read = reads.get(stream);
        if (read == null) {
            throw WindrowException.of(ConnectError.PLANNER_MISUSED, "Planning " + stream + ": this planner does not read it");
        }
        return read;
    }

    @Override
    public Map<StreamName, StreamPlan> plans() {
        Map<StreamName, StreamPlan> plans = new LinkedHashMap<>();
        reads.forEach((stream, read) -> plans.put(stream, read.plan()));
        return plans;
    }

    @Override
    public Map<StreamName, WindrowException> refusals() {
        return Map.copyOf(refusals);
    }

    @Override
    public void restart(StreamName stream, long generation) {
        read(stream).restart();
    }

    @Override
    public List<Assignment> next(int max) {
        List<TableRead> active = reads.values().stream().filter(read -> !read.isParked()).toList();
        List<StreamName> missing = active.stream().filter(read -> !read.isCopied()).map(TableRead::stream).toList();
        if (max < 1 || active.isEmpty() || handedOut) {
            return List.of();
        }
        handedOut = true;
        if (!missing.isEmpty()) {
            // A copy is never gone on with, so it is called by its moment.
            Split copy = new ConnectSplit(ConnectSplit.Kind.COPY, Optional.empty())
                    .toSplit(context.clock().instant().toString(), missing);
            return List.of(new Assignment(copy, Map.of()));
        }
        Map<StreamName, Position> starts = new TreeMap<>();
        active.forEach(read -> starts.put(read.stream(), read.start()));
        followed = true;
        context.failpoints().reach("connect.copied");
        return List.of(new Assignment(
                new ConnectSplit(ConnectSplit.Kind.LOG, ends ? end : Optional.empty()).toSplit("", List.copyOf(source.selected().keySet())), starts));
    }

    /** I13: a log that ends before the place that it was read up to is another one, or an older state of it. */
    private void expectNotBehind(StreamName stream, Position start) {
        if (end.isPresent() && LogPlace.of(start).transaction() > end.get().place()) {
            throw WindrowException.of(
                    ConnectError.LOG_WENT_BACK,
                    "Following " + stream + ": the log ends at " + end.get().text() + ", before the place up to which it was read");
        }
    }

    @Override
    public void ended(Split split, EndProof proof) {
        if (ConnectSplit.isLog(split)) {
            reads.values().forEach(TableRead::reached);
            return;
        }
        Position place = source.copied(split.id()).toPosition();
        split.streams().forEach(stream -> read(stream).copied(place));
        handedOut = false;
    }

    @Override
    public void giveBack(Split split, Optional<Position> position) {
        if (!ConnectSplit.isLog(split)) {
            throw WindrowException.of(ConnectError.COPY_LOST, "Copying " + split.streams() + ": it was interrupted");
        }
        position.ifPresent(at -> {
            if (!followed) {
                expectNotBehind(split.stream(), at);
            }
            read(split.stream()).goesOnAt(at);
        });
        handedOut = false;
    }

    @Override
    public void parked(StreamName stream) {
        TableRead read = reads.get(stream);
        if (read != null) {
            read.park();
        }
    }

    @Override
    public boolean ended(StreamName stream) {
        TableRead read = reads.get(stream);
        return read != null && read.hasReached();
    }

    @Override
    public boolean finished() {
        return reads.values().stream().allMatch(TableRead::hasReached);
    }

    @Override
    public PlannerState state(StreamName stream) {
        return read(stream).state();
    }

    /** The server keeps its log for as long as it was told to, whoever has read it. */
    @Override
    public void acknowledge(StreamName stream, PlannerState state) {}

    @Override
    public void keepAlive() {
        // There is no connection to keep.
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
