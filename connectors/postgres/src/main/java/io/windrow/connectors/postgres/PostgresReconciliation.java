package io.windrow.connectors.postgres;

import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.EventWindows;
import io.windrow.api.source.KeySum;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Reconciliation;
import io.windrow.api.source.Rereading;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.Windows;
import io.windrow.connectors.postgres.PostgresSplit.Horizon;
import io.windrow.connectors.postgres.PostgresSplit.Keys;
import io.windrow.connectors.postgres.PostgresSplit.Part;
import io.windrow.connectors.postgres.PostgresSplit.Window;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.ServerFacts;
import io.windrow.connectors.postgres.catalog.ServerReader;
import io.windrow.connectors.postgres.pgoutput.LogError;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the database holds now of what was delivered, all at one exported moment. Whether a row changed since is told by the
 * transaction that wrote it, against the snapshot that the delivery saw.
 */
final class PostgresReconciliation implements Reconciliation {
    private static final int LOOKED_UP_AT_ONCE = 100;

    private final PostgresSource source;
    private final Context context;
    private @Nullable Session session;
    private @Nullable Moment moment;
    /** The end of the log behind the moment: all that the moment shows was committed before. */
    private long logEnd;

    PostgresReconciliation(PostgresSource source, Context context) {
        this.source = source;
        this.context = context;
    }

    @Override
    public void begin() {
        close();
        Session opened = Session.open(source.address(), source.config());
        try {
            Moment taken = Moment.take(opened, ServerReader.read(opened.connection()), context.clock().instant());
            logEnd = taken.server().standby() == ServerFacts.Standby.STANDBY ? -1 : LogCopy.lastRecord(opened);
            moment = taken;
            session = opened;
        } catch (SQLException e) {
            opened.close();
            throw SqlStates.coded("Taking a snapshot to verify against", e);
        }
    }

    @Override
    public StreamSchema schema(StreamName stream, PlannerState delivered) {
        return shape(stream).schema();
    }

    @Override
    public Windows windows(StreamName stream, PlannerState delivered, int max) {
        StreamShape shape = shape(stream);
        try {
            Session current = session();
            return current.guarded(() -> TotalsSql.windows(shape, where(shape, delivered), max, now().server(), current));
        } catch (SQLException e) {
            throw SqlStates.coded("Looking for the first and the last key of " + stream, e);
        }
    }

    @Override
    public List<Windows.Totals> totals(StreamName stream, PlannerState delivered, Windows windows) {
        StreamShape shape = shape(stream);
        try {
            Session current = session();
            return current.guarded(() -> TotalsSql.totals(shape, where(shape, delivered), windows, current));
        } catch (SQLException e) {
            throw SqlStates.coded("Counting the rows of " + stream, e);
        }
    }

    /** The condition that the rows of {@link #read} fulfil. */
    private String where(StreamShape shape, PlannerState delivered) {
        List<String> conditions = new ArrayList<>();
        split(shape, delivered).window().ifPresent(window -> {
            conditions.add(ReadSql.within(ReadSql.writer(now().next()), window.until()));
            window.bound().or(shape.config()::start).ifPresent(bound -> conditions.add(ReadSql.atLeast(shape, bound)));
        });
        shape.where().ifPresent(conditions::add);
        return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    }

    @Override
    public Optional<List<EventWindows.Count>> counts(
            StreamName stream, PlannerState delivered, EventWindows windows, Optional<KeySum> keys) {
        StreamShape shape = shape(stream);
        if (!EventCountSql.fits(shape, windows)) {
            return Optional.empty();
        }
        List<String> conditions = new ArrayList<>();
        split(shape, delivered).window()
                .flatMap(window -> window.bound().or(shape.config()::start))
                .ifPresent(bound -> conditions.add(ReadSql.atLeast(shape, bound)));
        shape.where().ifPresent(conditions::add);
        String where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
        // A key that is another one now has no sum that could be compared.
        Optional<KeySum> summed = keys.filter(sum -> KeySumSql.of(shape, now().server()).filter(sum::equals).isPresent());
        try {
            Session current = session();
            return Optional.of(current.guarded(() ->
                    EventCountSql.counts(shape, where, seen(shape, delivered), windows, summed, current)));
        } catch (SQLException e) {
            throw SqlStates.coded("Counting the rows of " + stream + " by " + windows.column(), e);
        }
    }

    /** Which rows are as they were delivered: told by the transactions that wrote them. */
    private EventCountSql.Seen seen(StreamShape shape, PlannerState delivered) {
        StateText state = StateText.parse(delivered.text());
        String read = state.text("read");
        boolean knows = hasWriters(shape) && state.optionalText("system").orElse("").equals(now().server().systemId());
        String writer = ReadSql.writer(now().next());
        if (knows && read.equals("windows")) {
            Horizon until = WindowState.of(delivered).since().orElse(new Horizon(0, List.of()));
            String within = ReadSql.within(writer, until);
            return new EventCountSql.Seen(within, Optional.of("NOT " + within));
        }
        if (knows && read.equals("snapshot")) {
            String[] parts = parts(state.text("snapshot"));
            String running = parts[2].isEmpty() ? "" : " AND " + writer + " NOT IN (" + parts[2] + ")";
            // Between the snapshot's bounds a subtransaction cannot be told from a transaction that had ended.
            return new EventCountSql.Seen(
                    writer + " < " + Long.parseLong(parts[1]) + running,
                    Optional.of(writer + " >= " + Long.parseLong(parts[0])));
        }
        // Ranges may be of several moments, and a view does not say who wrote its rows.
        return new EventCountSql.Seen("true", Optional.empty());
    }

    /** Whether each row tells which transaction wrote it. */
    private static boolean hasWriters(StreamShape shape) {
        return shape.relation().map(relation -> relation.kind().hasPages()
                        || relation.kind() == io.windrow.connectors.postgres.catalog.Relation.Kind.PARTITIONED)
                .orElse(false);
    }

    /** The lower bound, the upper bound and what ran between them. */
    private static String[] parts(String snapshot) {
        String[] parts = snapshot.split(":", -1);
        if (parts.length != 3) {
            throw StateText.invalid("a snapshot of another form");
        }
        return parts;
    }

    @Override
    public SplitReader read(StreamName stream, PlannerState delivered) {
        StreamShape shape = shape(stream);
        return new PostgresReader(source, context, stream, split(shape, delivered), Optional.empty());
    }

    @Override
    public SplitReader read(StreamName stream, PlannerState delivered, Windows.Range range) {
        StreamShape shape = shape(stream);
        PostgresSplit whole = split(shape, delivered);
        Keys keys = new Keys(range.low(), range.high());
        PostgresSplit part = new PostgresSplit(
                Part.KEYS, whole.snapshot(), whole.relation(), whole.pages(), whole.window(), Optional.of(keys));
        return new PostgresReader(source, context, stream, part, Optional.empty());
    }

    /** All rows of an incremental stream that its finished windows delivered; all rows of any other. */
    private PostgresSplit split(StreamShape shape, PlannerState delivered) {
        Optional<Window> window = Optional.empty();
        StateText state = StateText.parse(delivered.text());
        if (state.text("read").equals("windows")) {
            Horizon until = WindowState.of(delivered).since().orElse(new Horizon(0, List.of()));
            window = Optional.of(new Window(Optional.empty(), until, Optional.empty()));
        }
        return new PostgresSplit(
                Part.WHOLE,
                now().exported(),
                Optional.empty(),
                Optional.empty(),
                window,
                Optional.empty());
    }

    @Override
    public List<Change> changedSince(StreamName stream, PlannerState delivered, List<List<String>> keys) {
        StreamShape shape = shape(stream);
        StateText state = StateText.parse(delivered.text());
        String system = state.optionalText("system").orElse("");
        if (!hasWriters(shape) || shape.schema().key().isEmpty() || !system.equals(now().server().systemId())) {
            return keys.stream().map(key -> Change.UNDECIDABLE).toList();
        }
        List<Change> changes = new ArrayList<>();
        for (List<String> key : keys) {
            try {
                Session current = session();
                changes.add(current.guarded(() -> changed(shape, delivered, state, key)));
            } catch (SQLException e) {
                throw SqlStates.coded("Looking up a row of " + stream, e);
            }
        }
        return changes;
    }

    @Override
    public List<Optional<String>> versions(StreamName stream, PlannerState delivered, List<List<String>> keys) {
        StreamShape shape = shape(stream);
        List<Optional<String>> versions = new ArrayList<>(Collections.nCopies(keys.size(), Optional.empty()));
        if (!hasWriters(shape) || shape.schema().key().isEmpty()) {
            return versions;
        }
        String server = now().server().systemId();
        try {
            Session current = session();
            for (int from = 0; from < keys.size(); from += LOOKED_UP_AT_ONCE) {
                List<String> lookUps = new ArrayList<>();
                for (int i = from; i < Math.min(keys.size(), from + LOOKED_UP_AT_ONCE); i++) {
                    lookUps.add("SELECT " + i + " || ' ' || " + ReadSql.writer(now().next()) + " FROM " + shape.from() + " WHERE "
                            + of(shape, keys.get(i)));
                }
                String sql = String.join(" UNION ALL ", lookUps);
                for (String found : current.guarded(() -> current.column(sql))) {
                    int blank = found.indexOf(' ');
                    versions.set(Integer.parseInt(found.substring(0, blank)), Optional.of(server + found.substring(blank)));
                }
            }
        } catch (SQLException e) {
            throw SqlStates.coded("Looking up rows of " + stream, e);
        }
        return versions;
    }

    /** The condition that a row has this key. */
    private static String of(StreamShape shape, List<String> key) {
        List<String> names = shape.schema().key();
        return IntStream.range(0, names.size())
                .mapToObj(i -> Identifier.quoted(names.get(i)) + " = " + shape.keyLiteral(names.get(i), key.get(i)))
                .collect(Collectors.joining(" AND "));
    }

    private Change changed(StreamShape shape, PlannerState delivered, StateText state, List<String> key) throws SQLException {
        List<String> writers = session().column("SELECT " + ReadSql.writer(now().next()) + " FROM " + shape.from() + " WHERE "
                + of(shape, key) + " LIMIT 2");
        if (writers.size() != 1) {
            // A row that is gone leaves no trace of who removed it.
            return Change.UNDECIDABLE;
        }
        long writer = Long.parseLong(writers.get(0));
        if (state.text("read").equals("windows")) {
            Optional<Horizon> since = WindowState.of(delivered).since();
            boolean known = since.isPresent() && (writer < since.get().below() || since.get().also().contains(writer));
            return known ? Change.UNCHANGED : Change.CHANGED;
        }
        List<Change> told = (state.text("read").equals("ranges")
                        ? RangeState.of(delivered).snapshots(key.getFirst())
                        : List.of(state.text("snapshot")))
                .stream().map(snapshot -> changed(writer, parts(snapshot))).distinct().toList();
        // What was read under two snapshots is told only by what both say.
        return told.size() == 1 ? told.getFirst() : Change.UNDECIDABLE;
    }

    private static Change changed(long writer, String[] parts) {
        if (writer < Long.parseLong(parts[0])) {
            return Change.UNCHANGED;
        }
        boolean running = List.of(parts[2].split(",")).contains(Long.toString(writer));
        // Between the snapshot's bounds a subtransaction cannot be told from a transaction that had ended.
        return writer >= Long.parseLong(parts[1]) || running ? Change.CHANGED : Change.UNDECIDABLE;
    }

    @Override
    public Optional<Rereading> rereading() {
        return Optional.of(new PostgresRereading(source, context, session(), now()));
    }

    @Override
    public Optional<Boolean> holds(StreamName stream, PlannerState delivered, List<Position> places) {
        StateText state = StateText.parse(delivered.text());
        if (!state.text("read").equals("cdc")) {
            return Optional.empty();
        }
        String system = now().server().systemId();
        return Optional.of(state.flag("copied") && places.stream().anyMatch(place -> {
            LogPosition reached = LogPosition.of(place);
            return reached.system().equals(system) && !reached.copies().containsKey(stream) && Long.compareUnsigned(reached.lsn(), logEnd) >= 0;
        }));
    }

    private StreamShape shape(StreamName stream) {
        try {
            Session current = session();
            return current.guarded(() -> {
                StreamShape shape = source.shape(stream, current);
                if (shape.config().isOfMessages()) {
                    throw WindrowException.of(LogError.NOT_KEPT, "Comparing " + stream + ": its rows are messages of the log");
                }
                // The log lacks generated columns, and so does what was copied before it.
                return shape.config().mode() == ReadMode.CDC ? FollowedShape.of(current, shape) : shape;
            });
        } catch (SQLException e) {
            throw SqlStates.coded("Reading the columns of " + stream, e);
        }
    }

    private Session session() {
        if (session == null) {
            throw unbegun();
        }
        return session;
    }

    private Moment now() {
        if (moment == null) {
            throw unbegun();
        }
        return moment;
    }

    private static WindrowException unbegun() {
        return WindrowException.of(PostgresError.PLANNER_MISUSED, "Verifying: a read before begin");
    }

    @Override
    public void close() {
        Session opened = session;
        session = null;
        moment = null;
        if (opened != null) {
            opened.close();
        }
    }
}
