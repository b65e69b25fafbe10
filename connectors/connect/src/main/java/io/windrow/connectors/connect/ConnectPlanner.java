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
    private final Map<StreamName, WindrowException> failed = new TreeMap<>();
    /** Where the log ends now, as its server counts; empty: nobody can tell. */
    private Optional<ConnectSplit.End> end = Optional.empty();
    /** Which server it is; empty: nobody can tell. */
    private Optional<String> identity = Optional.empty();
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
            meet(server);
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

    private void meet(Server server) {
        identity = server.identity();
        end = server.end().map(place -> new ConnectSplit.End(place.place(), place.text()));
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
                    source.history(), source.preset().shape(), schema, server.estimatedRows(request.stream()), request);
            if (read.isCopied()) {
                expectNotBehind(read, read.start());
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
        if (max < 1 || handedOut || active().isEmpty()) {
            return List.of();
        }
        settle();
        List<TableRead> active = active();
        List<StreamName> missing = active.stream().filter(read -> !read.isCopied()).map(TableRead::stream).toList();
        if (active.isEmpty()) {
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
                new ConnectSplit(ConnectSplit.Kind.LOG, ends ? shifted(end) : Optional.empty()).toSplit("", List.copyOf(source.selected().keySet())), starts));
    }

    private List<TableRead> active() {
        return reads.values().stream().filter(read -> !read.isParked() && !failed.containsKey(read.stream())).toList();
    }

    private Optional<ConnectSplit.End> shifted(Optional<ConnectSplit.End> unshifted) {
        return unshifted.map(one -> new ConnectSplit.End(one.place() + source.log().shift(), one.text()));
    }

    /**
     * D30: finds where the streams go on in the log of the server that answers now: it may be another one than before, even than the one
     * that answered when this run began.
     */
    private void settle() {
        Map<StreamName, Position> starts = new TreeMap<>();
        Map<StreamName, String> servers = new TreeMap<>();
        active().stream().filter(TableRead::isCopied).forEach(read -> {
            starts.put(read.stream(), read.start());
            read.server().ifPresent(known -> servers.put(read.stream(), known));
        });
        if (identity.isEmpty()) {
            return;
        }
        try (Server server = source.connect()) {
            if (!server.identity().equals(identity)) {
                server.expectFollowable();
                meet(server);
            }
            Takeover takeover = new Takeover(server, identity, context.notices());
            takeover.settle(starts, servers);
            failed.putAll(takeover.lost());
            takeover.lowest().ifPresent(lowest -> source.history().moved(takeover.former(), lowest));
            takeover.settled().forEach((stream, place) -> {
                if (takeover.former().containsKey(stream)) {
                    read(stream).copied(place.toPosition());
                } else {
                    read(stream).goesOnAt(place.toPosition());
                }
            });
            source.follow(takeover.log(), takeover.isProven());
        }
    }

    @Override
    public Map<StreamName, WindrowException> failed() {
        return Map.copyOf(failed);
    }

    /** I13: a log that ends before the place that it was read up to is another one, or an older state of it. */
    private void expectNotBehind(TableRead read, Position start) {
        LogPlace at = LogPlace.of(start);
        String known = at.log().server().isEmpty() ? read.server().orElse("") : at.log().server();
        boolean same = identity.isEmpty() || known.isEmpty() || known.equals(identity.get());
        if (same && end.isPresent() && at.unshifted() > end.get().place()) {
            throw WindrowException.of(
                    ConnectError.LOG_WENT_BACK,
                    "Following " + read.stream() + ": the log ends at " + end.get().text() + ", before the place up to which it was read");
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
                expectNotBehind(read(split.stream()), at);
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
        return read(stream).state(identity);
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
