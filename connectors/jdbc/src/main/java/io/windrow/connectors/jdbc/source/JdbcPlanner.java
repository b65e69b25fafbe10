package io.windrow.connectors.jdbc.source;

import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.StreamPlan;
import io.windrow.api.source.StreamRequest;
import io.windrow.connectors.jdbc.catalog.SourceError;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Plans one run under one moment, which it holds until it is closed. */
final class JdbcPlanner implements SplitPlanner {
    private final JdbcSource source;
    private final Context context;
    private final Moment moment;
    private final Map<StreamName, StreamRead> reads = new LinkedHashMap<>();
    private final Map<StreamName, StreamPlan> plans = new LinkedHashMap<>();
    private final Map<StreamName, WindrowException> refusals = new LinkedHashMap<>();

    JdbcPlanner(JdbcSource source, Context context, List<StreamRequest> requests) {
        this.source = source;
        this.context = context;
        this.moment = Moment.take(source, context.notices());
        boolean planned = false;
        try {
            Session session = moment.borrow(() -> false).orElseThrow();
            boolean usable = false;
            source.asks(session);
            try {
                StreamSelection selection = StreamSelection.of(session, source, context.notices());
                for (StreamRequest request : requests) {
                    source.requireAsleep();
                    plan(session, selection, request);
                }
                source.requireAsleep();
                usable = true;
            } finally {
                source.asks(null);
                if (usable) {
                    moment.giveBack(session);
                } else {
                    moment.giveUp(session);
                }
            }
            source.hold(moment);
            planned = true;
        } catch (SQLException e) {
            source.requireAsleep();
            throw Session.coded(source.dialect(), "Planning a run on " + source.address().display(), e);
        } finally {
            if (!planned) {
                moment.close();
            }
        }
    }

    private void plan(Session session, StreamSelection selection, StreamRequest request) throws SQLException {
        StreamName name = request.stream();
        try {
            StreamShape shape = source.shape(session, selection, name);
            // Shows a missing privilege, and a condition that the database does not understand, before anything is promised.
            session.rows(ReadSql.nothing(source.dialect(), shape), row -> row);
            source.remember(shape);
            StreamRead read = read(session, shape, request);
            reads.put(name, read);
            plans.put(name, read.plan());
        } catch (WindrowException e) {
            refusals.put(name, e);
        } catch (SQLException e) {
            if (!session.isAlive()) {
                throw e;
            }
            refusals.put(name, session.coded("Planning " + name, e));
        }
    }

    private StreamRead read(Session session, StreamShape shape, StreamRequest request) throws SQLException {
        if (request.mode() == ReadMode.INCREMENTAL) {
            return new WindowRead(source, shape, request, session, context);
        }
        return switch (shape.config().consistency()) {
            case SNAPSHOT -> new SnapshotRead(
                    shape, source.dialect(), moment.connections() > 1 ? cuts(session, shape) : List.of(), request);
            case PER_RANGE -> new RangeRead(shape, request.state().isPresent() ? List.of() : cuts(session, shape), request);
        };
    }

    private List<String> cuts(Session session, StreamShape shape) throws SQLException {
        return Cuts.of(session, source.dialect(), shape, source.config().splitRows());
    }

    private StreamRead read(StreamName stream) {
        StreamRead read = reads.get(stream);
        if (read == null) {
            throw WindrowException.of(SourceError.PLANNER_MISUSED, "Planning " + stream + ": this planner does not read it");
        }
        return read;
    }

    @Override
    public Map<StreamName, StreamPlan> plans() {
        return Map.copyOf(plans);
    }

    @Override
    public Map<StreamName, WindrowException> refusals() {
        return Map.copyOf(refusals);
    }

    @Override
    public void restart(StreamName stream, long generation) {
        read(stream).restart(generation);
    }

    @Override
    public Optional<EndProof> nothingNew(StreamName stream) {
        return read(stream).nothingNew();
    }

    @Override
    public Optional<Position> resumes(StreamName stream) {
        return read(stream).resumes();
    }

    @Override
    public List<Assignment> next(int max) {
        List<Assignment> next = new ArrayList<>();
        for (StreamRead read : reads.values()) {
            if (next.size() < max) {
                next.addAll(read.next(max - next.size()));
            }
        }
        return next;
    }

    @Override
    public void ended(Split split, EndProof proof) {
        read(split.stream()).ended(split);
    }

    @Override
    public void giveBack(Split split, Optional<Position> position) {
        read(split.stream()).giveBack(split, position);
    }

    @Override
    public boolean ended(StreamName stream) {
        StreamRead read = reads.get(stream);
        return read != null && read.ended();
    }

    @Override
    public boolean finished() {
        return reads.values().stream().allMatch(StreamRead::ended);
    }

    @Override
    public PlannerState state(StreamName stream) {
        return read(stream).state();
    }

    /** The database keeps nothing of a table's parts for us. */
    @Override
    public void acknowledge(StreamName stream, PlannerState state) {}

    @Override
    public void keepAlive() {
        moment.keepAlive();
    }

    @Override
    public void close() {
        moment.close();
    }
}
