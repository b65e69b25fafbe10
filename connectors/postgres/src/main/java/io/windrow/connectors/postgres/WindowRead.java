package io.windrow.connectors.postgres;

import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner.Assignment;
import io.windrow.api.source.StreamPlan;
import io.windrow.api.source.StreamRequest;
import io.windrow.connectors.postgres.CursorBounds.Feed;
import io.windrow.connectors.postgres.CursorBounds.Highest;
import io.windrow.connectors.postgres.PostgresSplit.Horizon;
import io.windrow.connectors.postgres.StreamConfig.Level;
import io.windrow.connectors.postgres.WindowState.Candidate;
import io.windrow.connectors.postgres.WindowState.Heap;
import io.windrow.connectors.postgres.WindowState.LeftHeap;
import io.windrow.connectors.postgres.WindowState.OpenWindow;
import io.windrow.connectors.postgres.catalog.ServerFacts;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What is new in a table since the last run. A window is the set of row versions that a range of transactions wrote, so
 * every version belongs to exactly one window, under whatever snapshot it is read: an interrupted window goes on under the
 * next run's snapshot, and an idle run delivers nothing (A04, B27). The cursor's safe bound only spares the database from
 * looking at old rows.
 */
final class WindowRead implements StreamRead {
    static final String REWRITTEN = "table.rewritten";
    private static final int MAX_LISTED_TRANSACTIONS = 1000;

    private final StreamShape shape;
    private final Map<Long, Leaf> leaves;
    private final Moment moment;
    private final long splitBytes;
    private final Session session;
    private final WindowGate gate;
    private final WindowNotices notices;
    private final SplitQueue queue = new SplitQueue();
    private final Map<String, WindowPart> parts = new HashMap<>();
    private final Set<String> doneBefore = new LinkedHashSet<>();
    private final Set<String> beyondRow;
    private final boolean rewritten;
    private final WindowState saved;
    private WindowState state;
    private long generation;
    private boolean caughtUp;
    /** No window was begun. */
    private boolean idle;

    WindowRead(
            PostgresSource source,
            StreamShape shape,
            List<Leaf> leaves,
            Moment moment,
            long splitBytes,
            StreamRequest request,
            Session session,
            Context context)
            throws SQLException {
        this.shape = shape;
        this.leaves = leaves.stream().collect(Collectors.toMap(Leaf::oid, Function.identity()));
        this.moment = moment;
        this.splitBytes = splitBytes;
        this.session = session;
        this.generation = request.generation();
        this.notices = new WindowNotices(shape, context);
        this.beyondRow = ConditionText.of(shape).beyondRow(session);
        this.gate = new WindowGate(source, shape, this.leaves, moment, session);
        this.saved = request.state().map(WindowState::of).orElseGet(gate::initial);
        this.state = gate.admit(saved);
        this.rewritten = saved.open().isPresent()
                && (gate.isReplaced(saved)
                        || saved.open().get().heaps().stream().anyMatch(heap -> !sameFile(heap.oid(), heap.file())));
        if (rewritten) {
            if (state.since().isPresent()) {
                // To begin again would take back what earlier windows delivered, also of rows that are no longer there.
                throw gate.rewritten("the read of its newest rows was interrupted, and then it was rewritten or emptied");
            }
            state = gate.initial();
        } else if (state.open().isPresent()) {
            doneBefore.addAll(state.open().get().ended());
            fill();
        } else {
            begin();
        }
        notices.condition(beyondRow);
        notices.standing(moment, state.bound(), session);
    }

    /** Says what the stream waits for since its last run. */
    void tell(Holders holders) {
        holders.add(saved, moment, shape.config().guarantee());
    }

    private boolean sameFile(long oid, long file) {
        Leaf leaf = leaves.get(oid);
        return leaf == null || leaf.file() == file;
    }

    /** Begins the window that ends at this run's moment; none if no transaction has ended since the last. */
    private void begin() throws SQLException {
        caughtUp = true;
        Level level = shape.config().guarantee();
        Optional<CursorBounds> cursor = level == Level.PROVEN
                ? Optional.empty()
                : shape.config().cursor().map(name -> new CursorBounds(session, shape, name));
        Optional<Feed> feed = cursor.isPresent() ? cursor.get().feed() : Optional.empty();
        if (feed.isPresent() && isFalling(feed.get())) {
            state = state.unbound();
            notices.falling(state.cursor());
        } else if (cursor.isPresent() && state.bound().isPresent() && cursor.get().isFuture(state.bound().get())) {
            // Of a version that took it for safe, or of a server whose clock was set back.
            state = state.unbound();
        }
        Optional<String> bound = cursor.flatMap(ignored -> state.bound());
        Horizon until = horizon(level, bound);
        if (state.since().isPresent() && state.since().get().equals(until)) {
            if (level == Level.PROVEN && moment.lowest() < moment.next()) {
                notices.heldBack("no transaction has ended since the last run that is older than all open ones");
            }
            // I9: what waits is no proof that there is nothing.
            idle = !notices.isHeldBack();
            return;
        }
        Step step = cursor.isPresent()
                ? step(cursor.get(), feed, until, bound)
                : new Step(state.bound(), Optional.empty());
        List<LeftHeap> left = left();
        List<Heap> heaps = new ArrayList<>();
        for (Leaf leaf : leaves.values()) {
            heaps.add(heap(leaf, bound));
        }
        state = state.with(
                Optional.of(new OpenWindow(
                        until, step.bound(), step.candidate(), heaps, List.of(), moment.place(), left)),
                state.number() + 1);
        fill();
    }

    private boolean isFalling(Feed feed) {
        return feed.order() == Feed.Order.FALLING
                || state.bound().filter(feed::isBelow).isPresent()
                || state.candidate().map(Candidate::value).filter(feed::isBelow).isPresent();
    }

    /** The bound and the candidate once the window is finished. */
    private record Step(Optional<String> bound, Optional<Candidate> candidate) {}

    private Step step(CursorBounds cursor, Optional<Feed> feed, Horizon until, Optional<String> bound) throws SQLException {
        Optional<Highest> seen = cursor.highest();
        if (seen.filter(Highest::future).isPresent()) {
            notices.future(state.cursor());
        }
        Optional<String> highest = seen.map(Highest::value);
        if (feed.isPresent() && highest.filter(feed.get()::isBelow).isPresent()) {
            if (feed.get().order() == Feed.Order.RISING) {
                notices.unfed(state.cursor());
            }
            return new Step(state.bound(), Optional.empty());
        }
        if (shape.config().guarantee() == Level.SETTLE) {
            String lag = shape.config().lag().orElse("0");
            return new Step(
                    highest.isPresent() ? Optional.of(cursor.less(highest.get(), lag, state.bound())) : state.bound(),
                    Optional.empty());
        }
        Optional<Candidate> old = state.candidate();
        if (moment.server().standby() == ServerFacts.Standby.STANDBY) {
            // Who is at work on the primary without an id yet is not to be seen here, so no bound is safe.
            return new Step(state.bound(), old);
        }
        boolean safe = old.isPresent() && isSafe(old.get()) && complete(until, bound);
        return new Step(
                safe ? old.map(Candidate::value) : state.bound(),
                safe || old.isEmpty()
                        ? highest.map(value -> new Candidate(value, moment.next(), moment.after()))
                        : old);
    }

    private Heap heap(Leaf leaf, Optional<String> bound) {
        Optional<Horizon> delivered = state.origin().left().stream()
                .filter(heap -> heap.oid() == leaf.oid() && isTold(heap.delivered()))
                .map(LeftHeap::delivered)
                .findFirst();
        boolean known = state.files().stream().anyMatch(file -> file.oid() == leaf.oid());
        boolean fresh = !known && delivered.isEmpty();
        boolean scan = !known || bound.isEmpty();
        if (fresh && state.since().isPresent() && leaf.pages() > 0) {
            notices.joined(leaf);
        }
        return new Heap(leaf.oid(), leaf.file(), scan, fresh, scan ? leaf.cuts(splitBytes) : List.of(0L), delivered);
    }

    /** The heaps that are not part of the relation any more and still exist: one that comes back is not new. */
    private List<LeftHeap> left() throws SQLException {
        List<LeftHeap> left = new ArrayList<>(state.origin().left());
        state.since().ifPresent(since ->
                state.files().forEach(file -> left.add(new LeftHeap(file.oid(), file.file(), since))));
        left.removeIf(heap -> leaves.containsKey(heap.oid()) || !isTold(heap.delivered()));
        if (left.isEmpty()) {
            return List.of();
        }
        Set<String> exist = Set.copyOf(session.column("SELECT oid FROM pg_catalog.pg_class WHERE oid IN ("
                + left.stream().map(heap -> Long.toString(heap.oid())).collect(Collectors.joining(", ")) + ")"));
        return left.stream().filter(heap -> exist.contains(Long.toString(heap.oid()))).toList();
    }

    private boolean isTold(Horizon delivered) {
        return moment.next() - delivered.below() <= WindowGate.MAX_TRANSACTIONS;
    }

    /**
     * What the window delivers. All transactions below the snapshot's xmin have ended; of those above, the ones whose rows
     * the snapshot shows, one by one, since pg_snapshot does not know subtransactions. They are listed where the cursor
     * makes finding them cheap; else their rows wait for the next run.
     */
    private Horizon horizon(Level level, Optional<String> bound) throws SQLException {
        // What was delivered stays delivered, however long an older transaction holds the horizon back.
        TreeSet<Long> also = new TreeSet<>(
                state.since().map(since -> since.also()).orElse(List.of()).stream()
                        .filter(id -> id >= moment.lowest())
                        .toList());
        if (moment.lowest() < moment.next() && level != Level.PROVEN && state.since().isPresent()) {
            String writer = ReadSql.writer(moment.next());
            List<Long> visible = session
                    .column("SELECT DISTINCT " + writer + " FROM " + shape.from() + " WHERE "
                            + deferred(bound) + " ORDER BY 1 LIMIT " + (MAX_LISTED_TRANSACTIONS + 1))
                    .stream()
                    .map(Long::valueOf)
                    .toList();
            if (visible.size() <= MAX_LISTED_TRANSACTIONS) {
                also.addAll(visible);
            } else {
                notices.heldBack("new rows of more than " + MAX_LISTED_TRANSACTIONS + " transactions are left to a later run");
            }
        }
        return new Horizon(moment.lowest(), List.copyOf(also));
    }

    /** The rows that the snapshot shows although an older transaction is still at work. */
    private String deferred(Optional<String> bound) {
        return ReadSql.writer(moment.next()) + " >= " + moment.lowest()
                + bound.map(value -> " AND " + ReadSql.reached(shape, value)).orElse("");
    }

    /** Whether the window holds every row that the snapshot shows at or above the bound. */
    private boolean complete(Horizon until, Optional<String> bound) throws SQLException {
        if (moment.lowest() == moment.next()) {
            return true;
        }
        String writer = ReadSql.writer(moment.next());
        return session.column("SELECT 1 FROM " + shape.from() + " WHERE " + deferred(bound) + " AND NOT "
                        + ReadSql.within(writer, until) + " LIMIT 1")
                .isEmpty();
    }

    /** Whether everybody who was at work when the candidate was seen had ended before this moment. */
    private boolean isSafe(Candidate candidate) {
        return moment.lowest() >= candidate.next()
                && moment.before().stream().noneMatch(candidate.open()::contains)
                && moment.prepared().isEmpty();
    }

    private void fill() {
        Set<Long> gone = new TreeSet<>();
        parts.clear();
        for (WindowPart part : WindowPart.of(state.open().orElseThrow(), "g" + generation + "-w" + state.number() + "-")) {
            Heap heap = part.heap();
            Leaf leaf = leaves.get(heap.oid());
            parts.put(part.id(), part);
            if (doneBefore.contains(part.id())) {
                continue;
            }
            if (leaf == null) {
                gone.add(heap.oid());
                continue;
            }
            queue.add(part.split(state, moment.exported(), leaf.name()).toSplit(part.id(), shape.stream(), leaf.bytes() / heap.cuts().size()));
        }
        if (!gone.isEmpty()) {
            notices.gone(gone);
        }
        finishIfEmpty();
    }

    private void finishIfEmpty() {
        if (queue.finished() && state.open().isPresent()) {
            state = state.finished();
            doneBefore.clear();
            queue.clear();
        }
    }

    @Override
    public StreamPlan plan() {
        long rows = state.since().isEmpty() && shape.relation().isPresent()
                ? (long) shape.relation().get().estimate().rows()
                : -1;
        return new StreamPlan(
                shape.schema(),
                WindowGuarantee.of(shape, moment, beyondRow),
                rewritten ? Optional.of(REWRITTEN) : Optional.empty(),
                rows,
                -1,
                shape.config().cursor().stream().toList(),
                KeySumSql.of(shape, moment.server()));
    }

    @Override
    public Optional<Position> resumes() {
        return state.resumes();
    }

    @Override
    public void restart(long newGeneration) {
        generation = newGeneration;
        queue.clear();
        doneBefore.clear();
        state = gate.initial();
        beginGuarded();
    }

    private void beginGuarded() {
        try {
            session.guarded(() -> {
                begin();
                return state;
            });
        } catch (SQLException e) {
            throw SqlStates.coded("Planning " + shape.stream(), e);
        }
    }

    @Override
    public List<Assignment> next(int max) {
        if (!caughtUp && state.open().isEmpty()) {
            beginGuarded();
        }
        return queue.next(max);
    }

    @Override
    public void ended(Split split) {
        queue.ended(split);
        finishIfEmpty();
    }

    @Override
    public void giveBack(Split split, Optional<Position> position) {
        WindowPart part = parts.get(split.id());
        PostgresSplit now = PostgresSplit.of(split).under(moment.exported());
        if (part != null) {
            // The table may have another name by now, or may not be one of the stream's any more.
            now = now.in(Optional.ofNullable(leaves.get(part.heap().oid())).map(Leaf::name));
        }
        queue.giveBack(now.toSplit(split.id(), split.stream(), split.estimatedBytes()), position);
    }

    @Override
    public boolean ended() {
        return !rewrittenAndWaiting() && caughtUp && queue.finished();
    }

    private boolean rewrittenAndWaiting() {
        return rewritten && !caughtUp;
    }

    @Override
    public Optional<EndProof> nothingNew() {
        return idle
                ? Optional.of(new EndProof(
                        "no_new_transaction", 0, "no transaction has ended since the last window, which reached " + moment.lowest()))
                : Optional.empty();
    }

    @Override
    public PlannerState state() {
        return state.open()
                .map(window -> {
                    Set<String> ended = new LinkedHashSet<>(doneBefore);
                    ended.addAll(queue.endedIds());
                    return state.with(
                            Optional.of(window.withEnded(ended.stream().sorted().toList())),
                            state.number());
                })
                .orElse(state)
                .toState();
    }
}
