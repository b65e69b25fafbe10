package io.windrow.connectors.postgres;

import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner.Assignment;
import io.windrow.api.source.StreamPlan;
import io.windrow.api.source.StreamRequest;
import io.windrow.connectors.postgres.PostgresSplit.Horizon;
import io.windrow.connectors.postgres.PostgresSplit.Pages;
import io.windrow.connectors.postgres.PostgresSplit.Part;
import io.windrow.connectors.postgres.PostgresSplit.Window;
import io.windrow.connectors.postgres.StreamConfig.Level;
import io.windrow.connectors.postgres.WindowState.Candidate;
import io.windrow.connectors.postgres.WindowState.Heap;
import io.windrow.connectors.postgres.WindowState.HeapFile;
import io.windrow.connectors.postgres.WindowState.OpenWindow;
import io.windrow.connectors.postgres.catalog.Relation;
import io.windrow.connectors.postgres.catalog.ServerFacts;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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
    private static final long MAX_TRANSACTIONS = (1L << 32) - (1L << 22);

    private final StreamShape shape;
    private final Map<Long, Leaf> leaves;
    private final Moment moment;
    private final long splitBytes;
    private final Context context;
    private final Session session;
    private final SplitQueue queue = new SplitQueue();
    private final Set<String> doneBefore = new LinkedHashSet<>();
    private final boolean rewritten;
    private WindowState state;
    private long generation;
    private boolean caughtUp;

    WindowRead(
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
        this.context = context;
        this.generation = request.generation();
        String cursor = shape.config().cursor().orElse("");
        if (leaves.isEmpty() && shape.relation().filter(Relation::isWithoutPartitions).isEmpty()) {
            throw StreamShape.invalid(
                            shape.stream(),
                            "only a table can be read incrementally, and the role needs SELECT on the whole of it and of each partition")
                    .remedy("Run check: it prints the exact GRANT that is missing. Or set mode: snapshot.");
        }
        WindowState initial = WindowState.initial(moment.server().systemId(), cursor);
        this.state = request.state().map(WindowState::of).orElse(initial);
        check(cursor);
        this.rewritten = state.open().isPresent()
                && state.open().get().heaps().stream().anyMatch(heap -> !sameFile(heap.oid(), heap.file()));
        if (rewritten) {
            if (state.since().isPresent()) {
                // To begin again would take back what earlier windows delivered, also of rows that are no longer there.
                throw rewritten("the read of its newest rows was interrupted, and then it was rewritten or emptied");
            }
            state = initial;
        } else if (state.open().isPresent()) {
            doneBefore.addAll(state.open().get().ended());
            fill();
        } else {
            begin();
        }
        tellOnce();
    }

    private void check(String cursor) throws SQLException {
        if (!state.system().isEmpty()
                && !moment.server().systemId().isEmpty()
                && !state.system().equals(moment.server().systemId())) {
            throw WindrowException.of(
                    PostgresError.OTHER_CLUSTER,
                    "Reading " + shape.stream() + ": it was delivered up to now from the cluster " + state.system()
                            + ", and this is " + moment.server().systemId());
        }
        if (!state.cursor().equals(cursor)) {
            throw StateText.invalid("stream " + shape.stream() + " was read by the cursor " + state.cursor()
                    + ", and now it is to be " + cursor);
        }
        if (state.since().isPresent()) {
            long passed = moment.next() - state.since().get().below();
            if (passed < 0) {
                throw WindrowException.of(
                        PostgresError.OTHER_CLUSTER,
                        "Reading " + shape.stream() + ": the database's transaction counter is below that of the last run");
            }
            if (passed > MAX_TRANSACTIONS) {
                throw WindrowException.of(
                        PostgresError.TRANSACTION_IDS_LOST,
                        "Reading " + shape.stream() + ": " + passed + " transactions have passed since the last run");
            }
            for (HeapFile file : state.files()) {
                Leaf leaf = leaves.get(file.oid());
                if (leaf != null && leaf.file() != file.file()) {
                    checkRewritten(leaf, state.since().get());
                }
            }
        }
    }

    private boolean sameFile(long oid, long file) {
        Leaf leaf = leaves.get(oid);
        return leaf == null || leaf.file() == file;
    }

    /** VACUUM FULL and CLUSTER keep who wrote a row; ALTER TABLE does not, and a reload looks the same. */
    private void checkRewritten(Leaf leaf, Horizon since) throws SQLException {
        String from = " FROM ONLY " + io.windrow.connectors.postgres.catalog.Identifier.quoted(leaf.name());
        String delivered = ReadSql.within(ReadSql.writer(moment.next()), since);
        var row = session.row("SELECT EXISTS (SELECT" + from + "), EXISTS (SELECT" + from + " WHERE " + delivered + ")");
        if ("t".equals(row.get(0)) && "f".equals(row.get(1))) {
            throw rewritten(
                    "since the last run every row of " + leaf.name() + " was written anew (ALTER TABLE, or TRUNCATE and a reload)");
        }
    }

    private WindrowException rewritten(String how) {
        return WindrowException.of(PostgresError.TABLE_REWRITTEN, "Reading " + shape.stream() + ": " + how);
    }

    /** Begins the window that ends at this run's moment; none if no transaction has ended since the last. */
    private void begin() throws SQLException {
        caughtUp = true;
        Level level = shape.config().guarantee();
        Optional<CursorBounds> cursor =
                shape.config().cursor().map(name -> new CursorBounds(session, shape, name));
        Optional<String> bound = level == Level.PROVEN ? Optional.empty() : state.bound();
        Horizon until = horizon(level, bound);
        if (state.since().isPresent() && state.since().get().equals(until)) {
            return;
        }
        Optional<String> nextBound = state.bound();
        Optional<Candidate> nextCandidate = Optional.empty();
        if (level != Level.PROVEN && cursor.isPresent()) {
            Optional<String> highest = cursor.get().highest();
            if (level == Level.SETTLE) {
                String lag = shape.config().lag().orElse("0");
                if (highest.isPresent()) {
                    nextBound = Optional.of(cursor.get().less(highest.get(), lag, state.bound()));
                }
            } else if (moment.server().standby() == ServerFacts.Standby.STANDBY) {
                // Who is at work on the primary without an id yet is not to be seen here, so no bound is safe.
                nextCandidate = state.candidate();
            } else {
                Optional<Candidate> old = state.candidate();
                boolean safe = old.isPresent() && isSafe(old.get()) && complete(until, bound);
                nextBound = safe ? old.map(Candidate::value) : state.bound();
                nextCandidate = safe || old.isEmpty()
                        ? highest.map(value -> new Candidate(value, moment.next(), moment.after()))
                        : old;
            }
        }
        Set<Long> known = state.files().stream().map(HeapFile::oid).collect(Collectors.toSet());
        List<Heap> heaps = new ArrayList<>();
        for (Leaf leaf : leaves.values()) {
            boolean fresh = !known.contains(leaf.oid());
            boolean scan = fresh || bound.isEmpty();
            heaps.add(new Heap(leaf.oid(), leaf.file(), scan, fresh, scan ? leaf.cuts(splitBytes) : List.of(0L)));
        }
        state = state.with(
                Optional.of(new OpenWindow(until, nextBound, nextCandidate, heaps, List.of())), state.number() + 1);
        fill();
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
            }
        }
        return new Horizon(moment.lowest(), List.copyOf(also));
    }

    /** The rows that the snapshot shows although an older transaction is still at work. */
    private String deferred(Optional<String> bound) {
        return ReadSql.writer(moment.next()) + " >= " + moment.lowest()
                + bound.map(value -> " AND " + ReadSql.atLeast(shape, value)).orElse("");
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
        OpenWindow window = state.open().orElseThrow();
        int number = 0;
        for (Heap heap : window.heaps()) {
            Leaf leaf = leaves.get(heap.oid());
            for (int i = 0; i < heap.cuts().size(); i++) {
                String id = "g" + generation + "-w" + state.number() + "-" + number++;
                if (leaf == null || doneBefore.contains(id)) {
                    continue;
                }
                boolean last = i == heap.cuts().size() - 1;
                OptionalLong to = last ? OptionalLong.empty() : OptionalLong.of(heap.cuts().get(i + 1));
                Optional<Horizon> since = heap.fresh() ? Optional.empty() : state.since();
                PostgresSplit part = new PostgresSplit(
                        Part.WINDOW,
                        moment.exported(),
                        Optional.of(leaf.name()),
                        heap.scan() ? Optional.of(new Pages(heap.cuts().get(i), to)) : Optional.empty(),
                        Optional.of(new Window(since, window.until(), heap.scan() ? Optional.empty() : state.bound())),
                        Optional.empty());
                queue.add(part.toSplit(id, shape.stream(), leaf.bytes() / heap.cuts().size()));
            }
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

    private void tellOnce() throws SQLException {
        if (shape.config().cursor().isEmpty()) {
            return;
        }
        if (moment.server().standby() == ServerFacts.Standby.STANDBY && shape.config().guarantee() == Level.CONDITIONAL) {
            tell("postgres.standby_bound", "the server is a standby, which does not show all transactions that are open on the "
                    + "primary; the safe bound stays where it is"
                    + (state.bound().isEmpty() ? ", and every run scans the whole table." : "."));
        }
        String name = shape.config().cursor().get();
        CursorBounds cursor = new CursorBounds(session, shape, name);
        long nulls = cursor.nulls();
        if (nulls > 0) {
            tell("postgres.cursor_nulls", nulls + " rows have no value in the cursor column " + name
                    + "; they are delivered once like the others.");
        }
        if (cursor.coarse()) {
            tell("postgres.cursor_coarse", "the cursor " + name + " is a date, so every run looks at the whole last day again "
                    + "(and delivers nothing twice).");
        }
        long block = shape.config().guarantee() == Level.PROVEN ? 1 : cursor.block();
        if (block > 1) {
            tell("postgres.cursor_cached", "sessions take " + block + " values of the cursor " + name + " at a time (CACHE), so a "
                    + "lower one may appear after a higher one was delivered, and is then lost; set guarantee: proven, or CACHE 1.");
        }
    }

    private void tell(String code, String text) {
        context.notices().tell(code, "Stream " + shape.stream() + ": " + text);
    }

    @Override
    public StreamPlan plan() {
        long rows = state.since().isEmpty() && shape.relation().isPresent()
                ? (long) shape.relation().get().estimate().rows()
                : -1;
        return new StreamPlan(
                shape.schema(),
                WindowGuarantee.of(shape, moment),
                rewritten ? Optional.of(REWRITTEN) : Optional.empty(),
                rows,
                -1,
                shape.config().cursor().stream().toList());
    }

    @Override
    public void restart(long newGeneration) {
        generation = newGeneration;
        queue.clear();
        doneBefore.clear();
        state = WindowState.initial(moment.server().systemId(), shape.config().cursor().orElse(""));
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
        PostgresSplit now = PostgresSplit.of(split).under(moment.exported());
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
    public PlannerState state() {
        return state.open()
                .map(window -> {
                    Set<String> ended = new LinkedHashSet<>(doneBefore);
                    ended.addAll(queue.endedIds());
                    return state.with(
                            Optional.of(new OpenWindow(
                                    window.until(),
                                    window.nextBound(),
                                    window.nextCandidate(),
                                    window.heaps(),
                                    ended.stream().sorted().toList())),
                            state.number());
                })
                .orElse(state)
                .toState();
    }
}
