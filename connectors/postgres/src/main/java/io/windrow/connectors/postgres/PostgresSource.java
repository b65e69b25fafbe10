package io.windrow.connectors.postgres;

import io.windrow.api.batch.Position;
import io.windrow.api.context.CheckResult;
import io.windrow.api.context.Context;
import io.windrow.api.context.Notices;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Reconciliation;
import io.windrow.api.source.Source;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.StreamDescription;
import io.windrow.api.source.StreamRequest;
import io.windrow.connectors.postgres.CopyPlace.Key;
import io.windrow.connectors.postgres.catalog.Catalog;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A configured database. Holds no connection of its own: each planner, reader and reconciliation opens one. */
final class PostgresSource implements Source {
    private final PostgresConfig config;
    private final Context context;
    private final PostgresAddress address;
    private final Map<StreamName, StreamShape> shapes = new ConcurrentHashMap<>();
    private final Map<StreamName, TableHistory> histories = new ConcurrentHashMap<>();
    /** Of the plan that the log is handed out by. */
    private final Map<StreamName, List<Key>> repairs = new ConcurrentHashMap<>();
    private final SlotWatch watch;
    private volatile String snapshotServer = "";
    private volatile @Nullable Session asking;
    private volatile boolean woken;

    PostgresSource(PostgresConfig config, Context context, SlotWatch.Stand stand) {
        this.config = config;
        this.context = context;
        this.address = PostgresAddress.of(config.url(), config.password());
        this.watch = new SlotWatch(config.following(), stand);
    }

    PostgresConfig config() {
        return config;
    }

    PostgresAddress address() {
        return address;
    }

    /** What the slot does to the server, as the planner sees it. */
    SlotWatch watch() {
        return watch;
    }

    /**
     * The planner begins to ask the server for something over its session, which {@link #wakeUp} may end from now on. False: the
     * run is asked to stop, and nothing is to be asked any more.
     */
    boolean begins(Session planner) {
        asking = planner;
        if (woken) {
            asking = null;
        }
        return !woken;
    }

    /** Asks over another session than the planner's, which {@link #wakeUp} ends in its place. */
    <T extends @Nullable Object> T asking(Session other, Session.Work<T> work) throws SQLException {
        Session planner = asking;
        asking = other;
        try {
            requireAsleep();
            return work.run();
        } finally {
            asking = planner;
        }
    }

    /** The planner asks nothing any more. */
    void asked() {
        asking = null;
    }

    /** Whether the run is asked to stop. */
    boolean isWoken() {
        return woken;
    }

    /** What planning ends with once the run is asked to stop. */
    void requireAsleep() {
        if (woken) {
            throw WindrowException.of(PostgresError.CANCELED, "Planning a run on " + address.display() + ": it is asked to stop");
        }
    }

    @Override
    public void wakeUp() {
        woken = true;
        Session planner = asking;
        if (planner != null) {
            planner.abort();
        }
    }

    /** Remembers which {@linkplain Session#server server} holds the run's snapshot. */
    void snapshotOn(String server) {
        snapshotServer = server;
    }

    /** Why a session could not import the run's snapshot: it is gone, or the session is another server's. Ends its transaction. */
    WindrowException lostSnapshot(StreamName stream, String snapshot, Session session) throws SQLException {
        String doing = "Opening a split of " + stream + ": ";
        session.execute("ROLLBACK");
        String here = session.server();
        if (snapshotServer.isEmpty() || here.equals(snapshotServer)) {
            return WindrowException.of(
                    PostgresError.SNAPSHOT_LOST, doing + "the server no longer has the snapshot " + snapshot);
        }
        return WindrowException.of(
                        PostgresError.SNAPSHOT_LOST,
                        doing + "this connection leads to another server (" + here + ") than the one that holds the snapshot ("
                                + snapshotServer + ")")
                .remedy("If the address stands for several servers, name one of them: no other has the snapshot. After a"
                        + " restart or a failover the next attempt goes on by itself.");
    }

    /** What this run's planner found out about a stream. */
    void remember(StreamShape shape) {
        shapes.put(shape.stream(), shape);
    }

    /** The keys of rows that are to be read again while the stream's log is. */
    void repair(StreamName stream, List<Key> keys) {
        repairs.put(stream, List.copyOf(keys));
    }

    List<Key> repair(StreamName stream) {
        return repairs.getOrDefault(stream, List.of());
    }

    /** What this run's planner knows of a table's columns in the log. */
    void remember(StreamName stream, TableHistory history) {
        histories.put(stream, history);
    }

    /** What the planner knows of a table's columns in the log; where no planner of this process did, what they are now. */
    TableHistory history(StreamShape shape) {
        return histories.computeIfAbsent(shape.stream(), name -> TableHistory.of(
                shape, Optional.empty(), TableColumns.of(shape.relation().orElseThrow(), -1)));
    }

    /** The stream as the planner found it; where no planner of this process did, as the session's snapshot shows it. */
    StreamShape shape(StreamName stream, Session session) throws SQLException {
        StreamShape known = shapes.get(stream);
        if (known != null) {
            return known;
        }
        StreamConfig settings = StreamSelection.of(session, config, Notices.IGNORE).get(stream);
        if (settings == null) {
            throw WindrowException.of(
                    PostgresError.NO_SUCH_STREAM, "Reading " + stream + ": the pipeline file selects no such stream");
        }
        StreamShape found =
                StreamShape.of(session, stream, settings, StreamShape.catalog(session, Map.of(stream, settings)));
        shapes.putIfAbsent(stream, found);
        return found;
    }

    /** The stream as the database has it at this moment. */
    StreamShape fresh(StreamName stream) {
        try (Session session = Session.open(address, config)) {
            session.begin(null);
            return session.promptly(() -> {
                StreamConfig settings = StreamSelection.of(session, config, Notices.IGNORE).get(stream);
                if (settings == null) {
                    throw WindrowException.of(
                            PostgresError.NO_SUCH_STREAM, "Reading " + stream + ": the pipeline file selects no such stream");
                }
                return StreamShape.of(session, stream, settings, StreamShape.catalog(session, Map.of(stream, settings)));
            });
        } catch (SQLException e) {
            throw SqlStates.coded("Reading what " + stream + " looks like now", e);
        }
    }

    @Override
    public List<CheckResult> check() {
        return new PostgresChecks(this, context.pipeline()).run();
    }

    @Override
    public List<StreamDescription> discover() {
        try (Session session = Session.open(address, config)) {
            session.begin(null);
            Map<StreamName, StreamConfig> selected =
                    session.promptly(() -> StreamSelection.of(session, config, Notices.IGNORE));
            Catalog catalog = session.promptly(() -> StreamShape.catalog(session, selected));
            return new Discovery(session, catalog, selected).describe();
        } catch (SQLException e) {
            throw SqlStates.coded("Discovering the streams of " + address.display(), e);
        }
    }

    @Override
    public Map<StreamName, ReadMode> selected() {
        try (Session session = Session.open(address, config)) {
            Map<StreamName, ReadMode> modes = new LinkedHashMap<>();
            session.promptly(() -> StreamSelection.of(session, config, Notices.IGNORE))
                    .forEach((name, stream) -> modes.put(name, stream.mode()));
            return modes;
        } catch (SQLException e) {
            throw SqlStates.coded("Selecting the streams of " + address.display(), e);
        }
    }

    @Override
    public SplitPlanner plan(List<StreamRequest> requests) {
        shapes.clear();
        histories.clear();
        repairs.clear();
        watch.planned();
        return new PostgresPlanner(this, context, requests);
    }

    @Override
    public SplitReader open(Split split, Optional<Position> from) {
        PostgresSplit part = PostgresSplit.of(split);
        return part.part() == PostgresSplit.Part.GONE
                ? new GonePartReader(part.relation().map(StreamName::toString).orElse("a table"))
                : new PostgresReader(this, context, split.stream(), part, from.map(PostgresPosition::of));
    }

    @Override
    public SplitReader openLog(Split split, Map<StreamName, Position> starts) {
        return new LogReader(this, context, LogSplit.of(split), starts);
    }

    @Override
    public Optional<Comparator<Position>> order() {
        return Optional.of(LogPosition.ORDER);
    }

    /** Messages are in the log alone. */
    @Override
    public boolean beginsWithCopy(StreamName stream) {
        return config.streams().stream().noneMatch(one -> one.isOfMessages() && one.name().map(StreamName::of).equals(Optional.of(stream)));
    }

    @Override
    public Position goesOn(StreamName stream, Position saved, Position released) {
        return LogPosition.of(saved).goesOn(stream, LogPosition.of(released)).toPosition();
    }

    @Override
    public Optional<List<List<String>>> keys(StreamName stream, List<List<String>> keys) {
        return Optional.of(new RepairKeys(this, stream).written(keys));
    }

    @Override
    public Optional<Reconciliation> reconciliation() {
        return Optional.of(new PostgresReconciliation(this, context));
    }

    @Override
    public void close() {
        shapes.clear();
    }
}
