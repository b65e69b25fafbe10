package io.windrow.connectors.jdbc.source;

import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner.Assignment;
import io.windrow.api.source.StreamPlan;
import io.windrow.api.source.StreamRequest;
import io.windrow.connectors.jdbc.catalog.ReadColumn;
import io.windrow.connectors.jdbc.catalog.SourceDialect;
import io.windrow.connectors.jdbc.catalog.SourceError;
import io.windrow.connectors.jdbc.source.JdbcSplit.Part;
import io.windrow.connectors.jdbc.source.StreamConfig.Level;
import io.windrow.connectors.jdbc.source.WindowState.Held;
import io.windrow.connectors.jdbc.source.WindowState.Open;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What is new in a table since the last run. A window looks again at all rows from the bound on, inclusive, and drops those
 * that were delivered, which it knows by marks of their whole content. So a row that commits late is found as long as its
 * cursor is not below the bound, and a row that was changed without its cursor moving is found too.
 *
 * <p>The marks of what a window delivers at or above its new bound are made, under the window's moment, before its first row
 * is delivered: an interrupted window goes on under a later moment and delivers exactly what it would have.
 */
final class WindowRead implements StreamRead {
    /** Rows at or above a bound that are remembered; of more the unsettled ones wait. */
    static final int MAX_REMEMBERED = 50_000;

    private final JdbcSource source;
    private final StreamShape shape;
    private final SourceDialect dialect;
    private final ReadColumn cursor;
    private final Level level;
    private final Context context;
    private final SplitQueue queue = new SplitQueue();
    private final Set<String> endedBefore = new LinkedHashSet<>();
    private long generation;
    private WindowState state;
    /** No window was begun: the rows were counted, and none is new. */
    private boolean idle;
    /** There are rows that wait for a later window. */
    private boolean holdsBack;
    /** The window behind an interrupted one: up to this run's moment. */
    private Optional<WindowState> following;

    WindowRead(JdbcSource source, StreamShape shape, StreamRequest request, Session session, Context context) throws SQLException {
        this.source = source;
        this.shape = shape;
        this.dialect = source.dialect();
        this.context = context;
        this.cursor = shape.cursor().orElseThrow(() -> StreamShape.invalid(shape.stream(), "it has no cursor"));
        this.level = level(shape, dialect);
        this.generation = request.generation();
        if (shape.order().isEmpty() || shape.lasting() != StreamShape.Lasting.KEY) {
            throw StreamShape.invalid(
                    shape.stream(), "an incremental stream needs a primary key, or a unique key without nulls, whose columns sort as they compare");
        }
        this.state = request.state().map(WindowState::of).orElseGet(() -> WindowState.initial(cursor.column().name(), selection()));
        if (!state.cursor().equals(cursor.column().name())) {
            throw StateText.invalid("stream " + shape.stream() + " was read by the cursor " + state.cursor() + ", and now it is to be "
                    + cursor.column().name());
        }
        if (state.selection().filter(saved -> !saved.equals(selection())).isPresent()) {
            throw WindrowException.of(
                    SourceError.SELECTION_CHANGED, "Planning " + shape.stream() + ": where or start is not what it was at the last run");
        }
        state = state.selecting(selection());
        if (state.open().isPresent()) {
            Open open = state.open().get();
            endedBefore.addAll(open.ended());
            if (open.held() == Held.NO) {
                // A row that has changed since belongs to the next window, also if it becomes again what it was.
                Set<String> still = marks(session, open.below());
                still.retainAll(open.seen());
                state = state.with(open.with(still, open.ended()));
            }
            following = next(session, state.finished());
        } else {
            following = Optional.empty();
            state = next(session, state).orElse(state);
            idle = state.open().isEmpty();
        }
        fill();
    }

    /** A digest, since a condition may hold values that belong into no state. */
    private String selection() {
        String settings = shape.config().where().orElse("") + '\0' + shape.config().start().orElse("");
        return UUID.nameUUIDFromBytes(settings.getBytes(StandardCharsets.UTF_8)).toString();
    }

    static Level level(StreamShape shape, SourceDialect dialect) {
        boolean serial = dialect.writers() == SourceDialect.Writers.ONE_AT_A_TIME;
        Level asked = shape.config().guarantee().orElse(serial || shape.config().lag().isEmpty() ? Level.CONDITIONAL : Level.SETTLE);
        boolean fits = switch (asked) {
            case PROVEN -> false;
            case CONDITIONAL -> serial;
            case SETTLE -> !serial;
        };
        if (!fits) {
            throw WindrowException.of(
                    SourceError.GUARANTEE_UNAVAILABLE, "Planning " + shape.stream() + ": " + dialect.database().label()
                            + (serial ? " lets one transaction write at a time, so that a lag is not needed; it gives guarantee conditional"
                                    : " does not show which transactions are still to commit; it gives guarantee settle with a lag")
                            + ", not " + asked.name().toLowerCase(Locale.ROOT));
        }
        return asked;
    }

    /** The window from the state's bound to this moment; empty: there is nothing new. */
    private Optional<WindowState> next(Session session, WindowState saved) throws SQLException {
        if (session.number(ReadSql.countNulls(dialect, shape)) > 0) {
            throw WindrowException.of(
                    SourceError.CURSOR_INVALID, "Planning " + shape.stream() + ": rows without a value of the cursor " + cursor.column().name()
                            + ", or with a date of zeros, would never be delivered")
                    .remedy("Give them a value, or leave them out knowingly with where: NOT " + dialect.isNoCursor(cursor) + ".");
        }
        if (cursor.column().type() instanceof ColumnType.Text) {
            expectTimes(session, saved.bound());
        }
        Object highest = session.rows(ReadSql.ends(dialect, shape, cursor), row -> cursor.cell().getter().raw(row, 2)).getFirst();
        if (highest == null) {
            return Optional.empty();
        }
        CursorClock clock = CursorClock.of(session, dialect, cursor);
        WindowState closed = saved;
        if (saved.bound().filter(bound -> clock.isFuture(Raw.of(bound))).isPresent()) {
            closed = saved.unbound();
            tellFuture("the bound of the last run lies in the future of the database's clock; all rows are looked at again, and those "
                    + "below it come once more.");
        }
        if (closed.bound().isPresent() && session.number(ReadSql.countFrom(dialect, shape, closed.bound())) == 0) {
            // A bound that the clock set has no rows at or above it.
            if (!closed.seen().isEmpty()) {
                context.notices().tell("jdbc.cursor_behind", "Stream " + shape.stream() + ": no row is at or above the bound of its cursor "
                        + "any more. If the newest rows were not deleted, the database is an older copy.");
            }
            return Optional.empty();
        }
        Optional<Object> latest = Optional.of(highest);
        if (clock.isFuture(highest)) {
            tellFuture("a row's value lies in the future; it is delivered, and the bound is not set beyond the database's time.");
            latest = latest(session, clock, closed.bound());
        }
        Optional<String> below = below(session, clock, closed, latest);
        boolean held = session.number(ReadSql.countFrom(dialect, shape, below)) > MAX_REMEMBERED;
        holdsBack = held;
        Set<String> marks = held ? kept(session, below, closed.seen()) : marks(session, below);
        if (held) {
            expectProgress(session, clock, closed, below);
            context.notices().tell("jdbc.held_back", "Stream " + shape.stream() + ": more than " + MAX_REMEMBERED + " rows are not settled; "
                    + "those that are new wait until the cursor has moved on" + (clock.shows() ? ", or the lag has passed by the database's clock." : "."));
        }
        boolean nothing = closed.bound().equals(below) && closed.seen().containsAll(marks);
        return nothing ? Optional.empty()
                : Optional.of(closed.begun(new Open(below, marks, held ? Held.BACK : Held.NO, List.of())));
    }

    /** A text that is none of a time sorts '10' before '9'. Rows below the bound were looked at when it was set; an index finds the others. */
    private void expectTimes(Session session, Optional<String> bound) throws SQLException {
        Optional<String> isNoTime = dialect.isNoTime(dialect.quoted(cursor.column().name()));
        if (isNoTime.isEmpty() || session.number(ReadSql.countWhere(dialect, shape, isNoTime.get(), bound)) > 0) {
            throw WindrowException.of(
                    SourceError.CURSOR_INVALID, "Planning " + shape.stream() + ": the cursor " + cursor.column().name() + " is a text, and not"
                            + " every row's begins with a day as 2024-02-29: rows below the highest would never be read");
        }
    }

    private void tellFuture(String what) {
        context.notices().tell("jdbc.cursor_future", "Stream " + shape.stream() + ", cursor " + cursor.column().name() + ": " + what);
    }

    /** The highest value that is not of the future, as the database sorts them. */
    private Optional<Object> latest(Session session, CursorClock clock, Optional<String> bound) throws SQLException {
        AtomicReference<@Nullable Object> found = new AtomicReference<>();
        session.each(ReadSql.cursorsDown(dialect, shape, bound), source.config().batchRows(), row -> {
            Object raw = cursor.cell().getter().raw(row, 1);
            if (found.get() == null && raw != null && !clock.isFuture(raw)) {
                found.set(raw);
            }
        });
        return Optional.ofNullable(found.get());
    }

    /** One cursor value of more rows than can be remembered would keep them back for good; an open window is finished first. */
    private void expectProgress(Session session, CursorClock clock, WindowState closed, Optional<String> below) throws SQLException {
        boolean mayWait = level == Level.SETTLE && (clock.shows() || closed.bound().isPresent());
        if (!mayWait && state.open().isEmpty()
                && session.number(ReadSql.countFrom(dialect, shape, closed.bound()))
                        == session.number(ReadSql.countFrom(dialect, shape, below))) {
            throw WindrowException.of(
                    SourceError.TOO_MANY_UNSETTLED, "Planning " + shape.stream() + ": more than " + MAX_REMEMBERED
                            + " rows have the highest value of the cursor " + cursor.column().name() + ", one within the lag of it or one of the future");
        }
    }

    /** Where the next window begins; empty: at the first row, since no value can be a bound. */
    private Optional<String> below(Session session, CursorClock clock, WindowState closed, Optional<Object> latest) throws SQLException {
        if (latest.isEmpty()) {
            return closed.bound();
        }
        String doing = "Planning " + shape.stream();
        if (level == Level.CONDITIONAL) {
            return Optional.of(Raw.text(latest.get(), doing));
        }
        Lag lag = new Lag(cursor, shape.config().lag().orElse("0"));
        List<Duration> clocks = lag.clocks();
        Optional<String> below = Optional.empty();
        Duration looked = clocks.getFirst();
        for (Duration further : clocks) {
            Object settled = lag.before(latest.get(), further);
            below = closed.bound().filter(bound -> lag.isBehind(settled, Raw.of(bound))).or(() -> Optional.of(Raw.text(settled, doing)));
            looked = further;
            if (session.number(ReadSql.countFrom(dialect, shape, below)) <= MAX_REMEMBERED) {
                break;
            }
        }
        if (clock.shows() && session.number(ReadSql.countFrom(dialect, shape, below)) > MAX_REMEMBERED) {
            // Many of one load have one value, and nothing newer need ever come: by the clock, too, they are settled one day. What is
            // newer than all that is there may still come, however long ago that is by the clock.
            Object byClock = lag.before(clock.raw(), clocks.getFirst());
            Object above = lag.above(latest.get());
            Object settled = lag.isBehind(above, byClock) ? above : byClock;
            if (below.filter(bound -> !lag.isBehind(Raw.of(bound), settled)).isEmpty()) {
                return Optional.of(Raw.text(settled, doing));
            }
        }
        if (!looked.equals(clocks.getFirst())) {
            context.notices().tell("jdbc.clocks_unseen", "Stream " + shape.stream() + ": more than " + MAX_REMEMBERED + " rows lie within "
                    + clocks.getFirst().toHours() + " hours and the lag behind the newest, so that only " + looked.toHours()
                    + " hours and the lag are looked at again: rows further back, which a session with another clock writes, are not found.");
        }
        return below;
    }

    private Set<String> marks(Session session, Optional<String> from) throws SQLException {
        return kept(session, from, null);
    }

    /** The marks of all rows at or above a value, or of those that are among the known ones. */
    private Set<String> kept(Session session, Optional<String> from, @Nullable Set<String> known) throws SQLException {
        RowMarks marks = new RowMarks(state.salt());
        Session.Sql sql = ReadSql.rows(
                dialect, shape, new JdbcSplit(Part.UNSETTLED, from, Optional.empty()), Optional.empty());
        Set<String> found = new HashSet<>();
        RowCells cells = new RowCells(shape);
        session.each(sql, source.config().batchRows(), (ResultSet row) -> {
            String mark = marks.of(cells.raws(row));
            if (known == null || known.contains(mark)) {
                found.add(mark);
            }
        });
        return found;
    }

    private void fill() {
        Optional<Open> open = state.open();
        if (open.isEmpty()) {
            return;
        }
        Open window = open.get();
        String first = "g" + generation + "-w" + state.number() + "-";
        source.remember(shape.stream(), first + 0, new Window(state.salt(), state.seen(), Optional.empty()));
        source.remember(shape.stream(), first + 1, new Window(state.salt(), state.seen(), Optional.of(window.seen())));
        boolean settled = window.below().isPresent() && !window.below().equals(state.bound());
        boolean fresh = window.held() == Held.NO && !state.seen().containsAll(window.seen());
        if (settled && !endedBefore.contains(first + 0)) {
            queue.add(new JdbcSplit(Part.SETTLED, state.bound(), window.below()).toSplit(first + 0, shape.stream(), -1));
        }
        if (fresh && !endedBefore.contains(first + 1)) {
            queue.add(new JdbcSplit(Part.UNSETTLED, window.below(), Optional.empty()).toSplit(first + 1, shape.stream(), -1));
        }
        finishIfEmpty();
    }

    private void finishIfEmpty() {
        if (queue.finished() && state.open().isPresent()) {
            queue.clear();
            endedBefore.clear();
            state = following.orElseGet(state::finished);
            following = Optional.empty();
            fill();
        }
    }

    /**
     * What a reader of a window must know.
     *
     * @param salt what marks are made with
     * @param delivered the marks of rows that were delivered before
     * @param only if present, the marks of the only rows that are delivered
     */
    record Window(String salt, Set<String> delivered, Optional<Set<String>> only) {}

    @Override
    public StreamPlan plan() {
        String name = cursor.column().name();
        List<String> assumptions = new ArrayList<>();
        String statement = switch (level) {
            case PROVEN, CONDITIONAL -> {
                assumptions.add("The database itself sets " + name + " inside the writing transaction, which writes alone.");
                assumptions.add("Nobody writes a value of " + name + " by hand, and the clock never steps back.");
                yield "Every row version at or above the cursor's bound, exactly once.";
            }
            case SETTLE -> {
                assumptions.add("Unproven: no row appears with a " + name + " that lies more than " + shape.config().lag().orElse("0")
                        + " behind the newest.");
                yield "Every row version that appears within the lag, exactly once; later ones are lost.";
            }
        };
        if (shape.config().where().isPresent()) {
            assumptions.add("The stream's where looks at nothing but the row and gives it one answer at any time: one that begins to"
                    + " fit later is not delivered.");
        }
        assumptions.add("Between two runs the columns stay as they are; else the rows at the bound come once more.");
        return new StreamPlan(
                shape.schema(),
                new Guarantee(level.name().toLowerCase(Locale.ROOT), statement, assumptions, List.of("deletes", "versions of a row between two runs")),
                Optional.empty(), state.bound().isEmpty() ? shape.table().rows() : -1, -1, Places.of(shape));
    }

    @Override
    public Optional<Position> resumes() {
        return state.resumes();
    }

    @Override
    public void restart(long newGeneration) {
        throw WindrowException.of(SourceError.PLANNER_MISUSED, "Restarting " + shape.stream() + ": its plan asked for none");
    }

    @Override
    public List<Assignment> next(int max) {
        return queue.next(max);
    }

    @Override
    public void ended(Split split) {
        queue.ended(split);
        finishIfEmpty();
    }

    @Override
    public void giveBack(Split split, Optional<Position> position) {
        queue.giveBack(split, position);
    }

    @Override
    public boolean ended() {
        return queue.finished();
    }

    @Override
    public Optional<EndProof> nothingNew() {
        return idle && !holdsBack
                ? Optional.of(new EndProof("no_new_row", 0, "no row at or above the cursor's bound is new"))
                : Optional.empty();
    }

    @Override
    public PlannerState state() {
        return state.open()
                .map(window -> {
                    Set<String> ended = new LinkedHashSet<>(endedBefore);
                    ended.addAll(queue.endedIds());
                    return state.with(window.with(window.seen(), ended.stream().sorted().toList()));
                })
                .orElse(state)
                .toState();
    }
}
