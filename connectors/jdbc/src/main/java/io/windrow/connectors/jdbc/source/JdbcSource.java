package io.windrow.connectors.jdbc.source;

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
import io.windrow.connectors.jdbc.catalog.DriverFinder;
import io.windrow.connectors.jdbc.catalog.NativeTable;
import io.windrow.connectors.jdbc.catalog.SourceDialect;
import io.windrow.connectors.jdbc.catalog.SourceError;
import io.windrow.connectors.jdbc.sql.JdbcAddress;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A configured database. Its planner holds the connections that see the run's moment; readers borrow them. */
public final class JdbcSource implements Source {
    private final JdbcSourceConfig config;
    private final Context context;
    private final JdbcAddress address;
    private final SourceDialect dialect;
    private final Map<StreamName, StreamShape> shapes = new ConcurrentHashMap<>();
    private final Map<WindowPart, WindowRead.Window> windows = new ConcurrentHashMap<>();
    private volatile @Nullable Moment moment;
    private volatile @Nullable Session asking;
    private volatile boolean woken;

    /** Does no I/O. Refuses a URL that it does not know. */
    public JdbcSource(JdbcSourceConfig config, Context context) {
        this.config = config;
        this.context = context;
        try {
            this.address = JdbcAddress.of(config.url(), config.password());
        } catch (WindrowException e) {
            throw e.at("source.jdbc.url");
        }
        this.dialect = SourceDialect.of(address.database());
    }

    JdbcSourceConfig config() {
        return config;
    }

    JdbcAddress address() {
        return address;
    }

    SourceDialect dialect() {
        return dialect;
    }

    DriverFinder drivers() {
        return new DriverFinder(config.driver());
    }

    /** The session over which a planner asks the database for something; null: it asks nothing now. */
    void asks(@Nullable Session planner) {
        asking = planner;
        if (planner != null && woken) {
            end(planner);
        }
    }

    /** A database within this process is not torn away from under its own code: there the planner comes to its next look. */
    private void end(Session planner) {
        switch (address.database()) {
            case SQLITE, DUCKDB -> {}
            default -> planner.abort();
        }
    }

    /** Refuses to go on planning once the run is asked to stop. */
    void requireAsleep() {
        if (woken) {
            throw WindrowException.of(
                    SourceError.SNAPSHOT_LOST, "Planning a run on " + address.display() + ": it is asked to stop");
        }
    }

    @Override
    public void wakeUp() {
        woken = true;
        Session planner = asking;
        if (planner != null) {
            end(planner);
        }
    }

    /** What this run's planner found out about a stream. */
    void remember(StreamShape shape) {
        shapes.put(shape.stream(), shape);
    }

    /** A split of a window. Its id alone is not enough: the windows of two streams count alike. */
    private record WindowPart(StreamName stream, String split) {}

    /** What this run's planner found out about a split of a stream's window. */
    void remember(StreamName stream, String split, WindowRead.Window window) {
        windows.put(new WindowPart(stream, split), window);
    }

    /** The moment that this run's planner holds from now on. */
    void hold(Moment held) {
        moment = held;
    }

    /** The moment of this run. */
    Moment moment(StreamName stream) {
        Moment held = moment;
        if (held == null) {
            throw WindrowException.of(SourceError.SNAPSHOT_LOST, "Reading " + stream + ": no planner of this process holds its moment");
        }
        return held;
    }

    WindowRead.Window window(StreamName stream, String split) {
        WindowRead.Window window = windows.get(new WindowPart(stream, split));
        if (window == null) {
            throw WindrowException.of(SourceError.SNAPSHOT_LOST, "Reading split " + split + " of " + stream + ": no planner of this process made it");
        }
        return window;
    }

    /** The stream as the planner found it; where no planner of this process did, as the session shows it. */
    StreamShape shape(StreamName stream, Session session) throws SQLException {
        StreamShape known = shapes.get(stream);
        if (known == null) {
            StreamSelection selection = StreamSelection.of(session, this, Notices.IGNORE);
            known = shape(session, selection, stream);
            shapes.putIfAbsent(stream, known);
        }
        return known;
    }

    StreamShape shape(Session session, StreamSelection selection, StreamName stream) throws SQLException {
        StreamConfig settings = selection.streams().get(stream);
        NativeTable table = selection.tables().get(stream);
        if (settings == null || table == null) {
            throw WindrowException.of(
                    SourceError.NO_SUCH_STREAM, "Reading " + stream + ": "
                            + (settings == null ? "the pipeline file selects no such stream" : "the database shows no such table"));
        }
        return StreamShape.of(session, dialect, settings, table);
    }

    @Override
    public List<CheckResult> check() {
        return new SourceChecks(this).run();
    }

    @Override
    public List<StreamDescription> discover() {
        try (Session session = Session.open(this)) {
            return new Discovery(this, session).describe();
        } catch (SQLException e) {
            throw Session.coded(dialect, "Discovering the streams of " + address.display(), e);
        }
    }

    @Override
    public Map<StreamName, ReadMode> selected() {
        try (Session session = Session.open(this)) {
            Map<StreamName, ReadMode> modes = new TreeMap<>();
            StreamSelection.of(session, this, Notices.IGNORE).streams().forEach((name, stream) -> modes.put(name, stream.mode()));
            return modes;
        } catch (SQLException e) {
            throw Session.coded(dialect, "Selecting the streams of " + address.display(), e);
        }
    }

    @Override
    public SplitPlanner plan(List<StreamRequest> requests) {
        shapes.clear();
        windows.clear();
        return new JdbcPlanner(this, context, requests);
    }

    @Override
    public SplitReader open(Split split, Optional<Position> from) {
        return new JdbcReader(this, context, split, from.map(JdbcPosition::of));
    }

    @Override
    public Optional<Reconciliation> reconciliation() {
        return Optional.of(new JdbcReconciliation(this, context));
    }

    @Override
    public void close() {
        shapes.clear();
        windows.clear();
    }
}
