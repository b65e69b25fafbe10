package io.windrow.connectors.postgres;

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
import io.windrow.connectors.postgres.catalog.Catalog;
import io.windrow.connectors.postgres.catalog.ServerReader;
import io.windrow.connectors.postgres.codec.ColumnPlan;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Plans one run. Its connection holds a read-only transaction whose snapshot every reader of the run imports, until only
 * the log is read. Closing it ends the snapshot. It holds no lock beyond planning a stream: see {@link TableLock}.
 */
final class PostgresPlanner implements SplitPlanner {
    private final PostgresSource source;
    private final PostgresConfig config;
    private final Context context;
    private final Session session;
    private final Moment moment;
    private final Map<StreamName, StreamRead> reads = new LinkedHashMap<>();
    private final Map<StreamName, StreamPlan> plans = new LinkedHashMap<>();
    private final Map<StreamName, WindrowException> refusals = new LinkedHashMap<>();
    private final Map<StreamName, WindrowException> failed = new LinkedHashMap<>();
    private final Optional<LogPlan> log;
    private final Pulse pulse = new Pulse();
    private final Holders holders = new Holders();
    private boolean snapshotHeld = true;

    PostgresPlanner(PostgresSource source, Context context, List<StreamRequest> requests) {
        this.config = source.config();
        this.context = context;
        this.session = Session.open(source.address(), config);
        this.source = source;
        boolean planned = false;
        try {
            if (!source.begins(session)) {
                source.requireAsleep();
            }
            Map<StreamName, StreamConfig> selected =
                    session.promptly(() -> StreamSelection.of(session, config, context.notices()));
            this.moment = session.promptly(
                    () -> Moment.take(session, ServerReader.read(session.connection()), context.clock().instant()));
            source.snapshotOn(session.server());
            Map<StreamName, StreamConfig> wanted = new LinkedHashMap<>();
            for (StreamRequest request : requests) {
                StreamConfig stream = selected.get(request.stream());
                if (stream == null) {
                    refusals.put(
                            request.stream(),
                            WindrowException.of(
                                    PostgresError.NO_SUCH_STREAM,
                                    "Planning " + request.stream() + ": the pipeline file selects no such stream"));
                } else {
                    wanted.put(request.stream(), stream);
                }
            }
            Catalog catalog = session.promptly(() -> StreamShape.catalog(session, wanted));
            this.log = log(source, selected, requests);
            for (StreamRequest request : requests) {
                StreamConfig stream = wanted.get(request.stream());
                if (stream != null) {
                    plan(source, request, stream, catalog, isNew(request, stream, requests, wanted));
                }
            }
            reads.forEach((name, read) -> plans.put(name, read.plan()));
            if (requests.stream().anyMatch(request -> request.mode() == ReadMode.INCREMENTAL)) {
                nameLongTransactions();
            }
            source.requireAsleep();
            planned = true;
        } catch (SQLException e) {
            source.requireAsleep();
            throw SqlStates.coded("Planning a run on " + source.address().display(), e);
        } finally {
            source.asked();
            if (!planned) {
                session.close();
            }
        }
    }

    private Optional<LogPlan> log(
            PostgresSource source, Map<StreamName, StreamConfig> selected, List<StreamRequest> requests) throws SQLException {
        List<StreamRequest> following = requests.stream().filter(request -> request.mode() == ReadMode.CDC).toList();
        if (following.isEmpty()) {
            return Optional.empty();
        }
        List<StreamName> sharing = new ArrayList<>();
        selected.forEach((name, stream) -> {
            if (stream.mode() == ReadMode.CDC) {
                sharing.add(name);
            }
        });
        return Optional.of(new LogPlan(source, context, session, moment.server(), sharing, following));
    }

    private void plan(
            PostgresSource source, StreamRequest request, StreamConfig stream, Catalog catalog, boolean isNew) {
        StreamName name = request.stream();
        try {
            if (isNew && config.newTables() == PostgresConfig.NewTables.REFUSE) {
                throw WindrowException.of(
                        PostgresError.STREAM_INVALID,
                        "Planning " + name + ": a wildcard selects it for the first time, and new_tables is refuse");
            }
            StreamRead read = session.guarded(() -> read(source, request, stream, catalog));
            reads.put(name, read);
            if (isNew) {
                context.notices().tell("postgres.new_table", "Table " + name + " is new and is read from now on.");
            }
        } catch (WindrowException e) {
            refusals.put(name, e);
        } catch (SQLException e) {
            refusals.put(name, SqlStates.coded("Planning " + name, e));
        }
    }

    private StreamRead read(PostgresSource source, StreamRequest request, StreamConfig stream, Catalog catalog)
            throws SQLException {
        StreamShape shape = StreamShape.of(session, request.stream(), stream, catalog);
        // Also shows a missing privilege, before anything is promised.
        TableLock.take(session, shape, Optional.empty());
        shape.plans().stream().map(ColumnPlan::warnings).flatMap(List::stream).forEach(warning -> context.notices()
                .tell("postgres.unknown_type", "Stream " + shape.stream() + ": " + warning.message()));
        ComparedAsText.of(session, shape).ifPresent(text -> context.notices()
                .tell(ComparedAsText.CODE, "Stream " + shape.stream() + ": " + text));
        for (StreamName holding : catalog.holding(shape.stream())) {
            context.notices().tell("postgres.rows_twice", "Stream " + shape.stream() + ": its rows are rows of " + holding
                    + " too, which is read as well: they are delivered twice.");
        }
        source.remember(shape);
        List<Leaf> leaves = shape.relation().isPresent() ? Leaf.of(session, shape.relation().get()) : List.of();
        long splitBytes = config.splitSize().bytes();
        if (request.mode() == ReadMode.CDC) {
            return log.orElseThrow().follow(session, shape, leaves, request);
        }
        if (request.mode() == ReadMode.INCREMENTAL) {
            WindowRead windows = new WindowRead(source, shape, leaves, moment, splitBytes, request, session, context);
            windows.tell(holders);
            return windows;
        }
        return switch (stream.consistency()) {
            case SNAPSHOT -> new SnapshotRead(shape, leaves, moment, splitBytes, request);
            case PER_RANGE -> new KeyRead(shape, leaves, moment, splitBytes, request, session);
        };
    }

    /** A stream without a state beside others of the same wildcard that have one. */
    private static boolean isNew(
            StreamRequest request,
            StreamConfig stream,
            List<StreamRequest> requests,
            Map<StreamName, StreamConfig> wanted) {
        return StreamSelection.wildcard(stream)
                && request.state().isEmpty()
                && request.generation() == 1
                && requests.stream().anyMatch(other -> wanted.get(other.stream()) == stream
                        && (other.state().isPresent() || other.generation() > 1));
    }

    private void nameLongTransactions() throws SQLException {
        for (String transaction : holders.named(session, config.longTransaction())) {
            context.notices()
                    .tell(
                            "postgres.long_transaction",
                            "A transaction " + transaction + " holds incremental streams back: the safe bound stays where it is, and"
                                    + " rows that were written after it began may wait for its end.");
        }
    }

    private @Nullable StreamRead find(StreamName stream) {
        return reads.get(stream);
    }

    private StreamRead read(StreamName stream) {
        StreamRead read = find(stream);
        if (read == null) {
            throw WindrowException.of(
                    PostgresError.PLANNER_MISUSED, "Planning " + stream + ": this planner does not read it");
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
    public void hide(StreamName stream) {
        if (find(stream) instanceof ChangesRead read) {
            read.hide();
            plans.put(stream, read.plan());
        }
    }

    @Override
    public void restart(StreamName stream, long generation) {
        read(stream).restart(generation);
    }

    @Override
    public List<Assignment> next(int max) {
        if (pulse.isAsking()) {
            return List.of();
        }
        List<Assignment> next = new ArrayList<>();
        if (!source.begins(session)) {
            return List.of();
        }
        try {
            reads.forEach((stream, read) -> {
                if (next.size() < max && !failed.containsKey(stream) && !source.isWoken()) {
                    try {
                        next.addAll(read.next(max - next.size()));
                    } catch (WindrowException e) {
                        if (!source.isWoken()) {
                            failed.put(stream, e);
                        }
                    }
                }
            });
        } finally {
            source.asked();
        }
        if (source.isWoken()) {
            // The session may be gone; what is read by others is still good, and is committed.
            return List.of();
        }
        if (next.size() < max) {
            log.map(LogPlan::next).ifPresent(next::addAll);
            letSnapshotGo();
        }
        return next;
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
    public Map<StreamName, WindrowException> failed() {
        return Map.copyOf(failed);
    }

    /** Ends the transaction when nothing but the log is read any more: following may go on for months. */
    private void letSnapshotGo() {
        boolean needed = log.isEmpty() || !log.get().isFollowing()
                || reads.values().stream().anyMatch(read -> !(read instanceof ChangesRead) && !read.ended());
        if (needed || !snapshotHeld) {
            return;
        }
        snapshotHeld = false;
        try {
            session.promptly(() -> {
                session.execute("COMMIT");
                return true;
            });
        } catch (SQLException e) {
            throw SqlStates.coded("Ending the snapshot", e);
        }
    }

    @Override
    public void ended(Split split, EndProof proof) {
        if (LogSplit.isLog(split)) {
            log.ifPresent(LogPlan::ended);
        } else {
            read(split.stream()).ended(split);
        }
    }

    @Override
    public void giveBack(Split split, Optional<Position> position) {
        read(split.stream()).giveBack(split, position);
    }

    @Override
    public void parked(StreamName stream) {
        if (find(stream) instanceof ChangesRead read) {
            read.park();
        }
    }

    @Override
    public boolean hasPlace(StreamName stream) {
        return !(find(stream) instanceof ChangesRead read) || read.start().isPresent();
    }

    @Override
    public boolean ended(StreamName stream) {
        StreamRead read = find(stream);
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
    public void acknowledge(Split split, Position position) {
        log.ifPresent(one -> one.letGo(split, position));
    }

    @Override
    public void keepAlive() {
        try {
            if (pulse.answers(this::signOfLife) && log.isPresent()) {
                log.get().look(session);
            }
        } catch (SQLException e) {
            WindrowException lost = SqlStates.coded("Keeping the snapshot alive", e);
            throw lost.errorCode() == PostgresError.CONNECTION_LOST
                    ? WindrowException.of(PostgresError.SNAPSHOT_LOST, lost.getMessage())
                    : lost;
        }
    }

    private Session signOfLife() throws SQLException {
        session.promptly(() -> session.row("SELECT 1"));
        if (log.isPresent()) {
            log.get().keepAlive();
        }
        return session;
    }

    @Override
    public void close() {
        log.ifPresent(LogPlan::close);
        session.close();
    }
}
