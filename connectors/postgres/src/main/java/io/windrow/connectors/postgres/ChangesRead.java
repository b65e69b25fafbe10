package io.windrow.connectors.postgres;

import io.windrow.api.batch.Position;
import io.windrow.api.context.Notices;
import io.windrow.api.error.WindrowException;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner.Assignment;
import io.windrow.api.source.StreamPlan;
import io.windrow.api.source.StreamRequest;
import io.windrow.connectors.postgres.CopyPlace.Key;
import io.windrow.connectors.postgres.PostgresSplit.Pages;
import io.windrow.connectors.postgres.PostgresSplit.Part;
import io.windrow.connectors.postgres.catalog.Relation;
import io.windrow.connectors.postgres.pgoutput.LogError;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A table that is followed: copied once, in parts by pages, as of a place in the log, and from there on read from the log. An
 * interrupted copy begins again, and so does that of a table that joins others: in ranges of its key, by the log's reader. Of
 * messages nothing is copied.
 */
final class ChangesRead implements StreamRead {
    private static final String REWRITTEN = LogError.VALUES_REWRITTEN.code();

    private final LogPlan log;
    private final StreamShape shape;
    private List<Leaf> leaves;
    private final PostgresConfig config;
    private final Notices notices;
    private final SplitQueue queue = new SplitQueue();
    private final StreamRequest request;
    /** Why the copy begins again; empty: it does not. */
    private final Optional<String> again;
    private final boolean ordered;
    private final List<Key> asked;
    private boolean beside;
    /** Whether a place that was saved has keys of rows that were read again. */
    private boolean repairing;
    private boolean hidden;
    private long generation;
    private boolean copying;
    private boolean copied;
    private boolean parked;
    private boolean reached;
    /** Where the log goes on. */
    private @Nullable Position start;
    /** The place of the copy, or a later one behind it, for the state. */
    private @Nullable Position copiedAt;
    /** Since when the publication has carried the table, as far as an earlier run knew. */
    private final Optional<String> member;
    /** Which table an earlier run copied; empty: none did, or that was not saved then. */
    private final OptionalLong oid;
    /** The table's columns in the plan; empty: it is none. */
    private final Optional<TableColumns> columns;
    /** What they were in front of all that is read; empty: no earlier run saved that. */
    private final Optional<TableColumns> before;
    /** What they were when an earlier run was planned that may not have come to that place. */
    private final Optional<TableColumns> planned;
    /** The partitions as they were looked at last; empty: the table has none. */
    private Optional<LeafFiles> heaps;
    private final ValuesWatch values;

    ChangesRead(LogPlan log, StreamShape shape, List<Leaf> leaves, PostgresConfig config, Notices notices, StreamRequest request) {
        this(log, shape, leaves, config, notices, request, Optional.empty());
    }

    private ChangesRead(
            LogPlan log, StreamShape shape, List<Leaf> leaves, PostgresConfig config, Notices notices, StreamRequest request,
            Optional<String> again) {
        this.log = log;
        this.shape = shape;
        this.leaves = leaves;
        this.config = config;
        this.request = request;
        this.notices = notices;
        this.generation = request.generation();
        this.ordered = KeyOrder.of(shape).isPresent();
        this.asked = RepairKeys.fitting(shape, request.repair(), notices);
        Optional<StateText> state = request.state().map(ChangesRead::parse);
        this.copied = state.map(text -> text.flag("copied")).orElse(false);
        this.again = state.isPresent() && !copied ? Optional.of(SnapshotRead.LOST) : again;
        this.member = state.filter(text -> copied)
                .flatMap(text -> text.optionalText("published"))
                .map(saved -> log.completed(shape.stream(), saved));
        this.oid = state.filter(text -> copied).map(text -> text.optionalNumber("oid")).orElse(OptionalLong.empty());
        this.heaps = state.filter(text -> copied).flatMap(text -> text.object("partitions")).map(LeafFiles::of);
        this.values = new ValuesWatch(
                shape, config.following().onRewrite(), notices,
                state.filter(text -> copied).flatMap(text -> text.object("values")).map(TableValues::of));
        this.columns = shape.relation().map(relation -> TableColumns.of(relation, log.seen()));
        this.before = copied ? state.flatMap(text -> text.object("columns")).map(TableColumns::of) : columns;
        this.planned = state.filter(text -> copied).flatMap(text -> text.object("planned")).map(TableColumns::of);
        if (copied) {
            StateText at = state.get().object("start").orElseThrow(() -> StateText.invalid("the field start is missing"));
            Position saved = new Position((int) at.number("version"), at.text("text"));
            copiedAt = saved;
            beside = LogPosition.of(saved).copies().containsKey(shape.stream());
            repairing = LogPosition.of(saved).repairs().containsKey(shape.stream());
            start = Optional.ofNullable(request.released().get(log.splitId()))
                    .filter(released -> LogPosition.ORDER.compare(released, saved) > 0)
                    .map(released -> LogPosition.of(saved).goesOn(shape.stream(), LogPosition.of(released)).toPosition())
                    .orElse(saved);
        }
    }

    /** The slot that a stream was read from before; empty: none, or its state cannot be read, which is that stream's own trouble. */
    static Optional<String> slot(StreamRequest request) {
        try {
            return request.state().map(ChangesRead::parse).flatMap(text -> text.optionalText("slot"));
        } catch (WindrowException e) {
            return Optional.empty();
        }
    }

    private static StateText parse(PlannerState state) {
        if (state.version() != STATE_VERSION) {
            throw StateText.invalid("a planner state of version " + state.version());
        }
        StateText text = StateText.parse(state.text());
        if (!text.text("read").equals("cdc")) {
            throw StateText.invalid("the stream was read as " + text.text("read") + ", and now its changes are to be followed");
        }
        return text;
    }

    StreamShape shape() {
        return shape;
    }

    /** The table's columns in the plan. */
    Optional<TableColumns> columns() {
        return columns;
    }

    /** What is known of the table's columns in the log that is read. */
    Optional<TableHistory> history() {
        return columns.map(now -> TableHistory.of(shape, before(), now));
    }

    private Optional<TableColumns> before() {
        Position at = start;
        return planned.filter(then -> at != null && LogPosition.of(at).reaches(then.lsn())).or(() -> before);
    }

    /** Whether the table's rows lie in partitions. */
    boolean isPartitioned() {
        return shape.relation().map(Relation::kind).filter(kind -> kind == Relation.Kind.PARTITIONED).isPresent();
    }

    private long table() {
        return shape.relation().orElseThrow().oid();
    }

    /**
     * The stream's name is the table's that was copied, and what was done to its partitions the log tells; else the stream cannot
     * go on.
     *
     * @param named the oid of the table that has the name now
     */
    void expectSame(Session session, long named) throws SQLException {
        long followed = oid.orElse(table());
        String doing = "Following " + shape.stream();
        if (named != followed) {
            throw FollowedStream.replaced(doing, named, followed);
        }
        if (!isPartitioned()) {
            return;
        }
        LeafFiles now = LeafFiles.read(session, followed, heaps).expectLogged(doing);
        if (copied && heaps.isPresent()) {
            LeafFiles.Since since = now.since(heaps.get(), session);
            Optional<String> stop = config.following().onPartitionRemoved() == ChangesConfig.OnPartitionRemoved.STOP && !since.removed().isEmpty()
                    ? Optional.of("partition " + String.join(", ", since.removed()) + " was dropped or detached")
                    : since.lost();
            if (stop.isPresent()) {
                throw WindrowException.of(LogError.PARTITION_CHANGED, doing + ": " + stop.get());
            }
            tell(doing, since);
        }
        heaps = Optional.of(now);
    }

    /** What does not stop the stream, and may leave rows at the target that the table does not have. */
    private void tell(String doing, LeafFiles.Since since) {
        if (!since.removed().isEmpty()) {
            notices.tell("postgres.partition_removed", doing + ": partition " + String.join(", ", since.removed())
                    + " was dropped or detached; its rows stay at the target.");
        }
        if (!since.unsure().isEmpty()) {
            notices.tell("postgres.partition_rewritten", doing + ": partition " + String.join(", ", since.unsure())
                    + " has another file, and was empty when it was last looked at or may be read only through the table: if rows"
                    + " that it had since were taken away by a TRUNCATE of its own, they stay at the target.");
        }
    }

    /** How rows got other values than the log tells, if the table is to be copied again for that; see {@link ValuesWatch#look}. */
    Optional<String> rewritten(Session session) throws SQLException {
        return values.look(session);
    }

    /**
     * The same table, copied again.
     *
     * @param why what {@link #rewritten} gave
     */
    ChangesRead anew(Session session, String why) throws SQLException {
        notices.tell(REWRITTEN,
                "Following " + shape.stream() + ": " + why + ", which the log does not tell; the table is copied again.");
        ChangesRead next = new ChangesRead(
                log, shape, leaves, config, notices,
                new StreamRequest(request.stream(), request.mode(), request.generation(), Optional.empty(), request.until(), Map.of()),
                Optional.of(REWRITTEN));
        next.heaps = heaps;
        next.values.copied(session);
        return next;
    }

    boolean isCopied() {
        return copied;
    }

    /** Since when the publication has carried the table, as an earlier run saved it; empty: it did not, or was not copied. */
    Optional<String> member() {
        return member;
    }

    boolean isParked() {
        return parked;
    }

    /** Whether ranges of its key can be read, their bounds be saved, and changes be told by them. */
    boolean hasRanges() {
        return ordered && !hidden;
    }

    /** A mask hides the key, which no position may hold then: what is not copied yet is copied before the log goes on. */
    void hide() {
        if (!asked.isEmpty()) {
            RepairKeys.refuse(shape.stream(), "a mask hides its key by now", notices);
        }
        hidden = true;
        beside &= copied;
    }

    /** The keys of rows that are read again while the log is. */
    List<Key> repair() {
        return hidden ? List.of() : asked;
    }

    /** Whether an earlier run began the copy and did not end it, what it copied is not the table any more, or it is asked for again. */
    boolean isAgain() {
        return again.isPresent() || request.copy() == StreamRequest.Copy.BESIDE_LOG;
    }

    /** Where the log goes on for this stream; empty until it is copied, or is to be while the log is read. */
    Optional<Position> start() {
        return copied ? Optional.ofNullable(start) : Optional.empty();
    }

    @Override
    public StreamPlan plan() {
        beside |= !copied && log.copiesBeside(this);
        Guarantee guarantee = shape.config().isOfMessages() ? LogGuarantee.OF_MESSAGES : LogGuarantee.of(this);
        long rows = copied ? -1 : shape.relation().map(relation -> (long) relation.estimate().rows()).orElse(-1L);
        long bytes = copied || leaves.isEmpty() ? -1 : leaves.stream().mapToLong(Leaf::bytes).sum();
        StreamPlan plan = new StreamPlan(
                shape.schema(), guarantee, again, rows, bytes,
                beside || repairing || !repair().isEmpty() ? shape.schema().key() : List.of());
        return again.filter(REWRITTEN::equals).isPresent() ? plan.keepingDelivered() : plan;
    }

    @Override
    public void restart(long newGeneration) {
        generation = newGeneration;
    }

    /** Partitions may have come and gone, and rows got other values, until the copy's snapshot was made. */
    private void look(Session copy) {
        try {
            values.copied(copy);
            if (isPartitioned()) {
                leaves = Leaf.of(copy, shape.relation().orElseThrow());
                heaps = Optional.of(LeafFiles.read(copy, table(), Optional.empty()).expectLogged("Copying " + shape.stream()));
            }
        } catch (SQLException e) {
            throw SqlStates.coded("Copying " + shape.stream(), e);
        }
    }

    private void fill(LogCopy copy) {
        copiedAt = copy.start();
        start = copiedAt;
        look(copy.session());
        if (leaves.isEmpty()) {
            // The role may read the table, but not heap by heap: no heap to read is not the same as no row.
            PostgresSplit whole = new PostgresSplit(
                    Part.WHOLE, copy.exported(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                    OptionalLong.of(copy.consistent()));
            queue.add(whole.toSplit("g" + generation + "-0", shape.stream(), -1));
            return;
        }
        int number = 0;
        for (Leaf leaf : leaves) {
            List<Long> cuts = leaf.cuts(config.splitSize().bytes());
            for (int i = 0; i < cuts.size(); i++) {
                boolean last = i == cuts.size() - 1;
                OptionalLong to = last ? OptionalLong.empty() : OptionalLong.of(cuts.get(i + 1));
                PostgresSplit part = new PostgresSplit(
                        Part.PAGES, copy.exported(), Optional.of(leaf.name()), Optional.of(new Pages(cuts.get(i), to)),
                        Optional.empty(), Optional.empty(), OptionalLong.of(copy.consistent()));
                long bytes = ((last ? leaf.pages() : to.getAsLong()) - cuts.get(i)) * leaf.pageBytes();
                queue.add(part.toSplit("g" + generation + "-" + number++, shape.stream(), bytes));
            }
        }
    }

    @Override
    public List<Assignment> next(int max) {
        if (copied || parked) {
            return List.of();
        }
        if (beside || shape.config().isOfMessages()) {
            copiedAt = beside ? log.beside(shape.stream()) : log.begin();
            start = copiedAt;
            copied = true;
            return List.of();
        }
        if (!copying) {
            copying = true;
            fill(log.copy(shape.stream()));
        }
        return queue.next(max);
    }

    @Override
    public void ended(Split split) {
        queue.ended(split);
        copied = queue.finished();
    }

    @Override
    public void giveBack(Split split, Optional<Position> position) {
        if (LogSplit.isLog(split)) {
            if (!split.id().equals(log.splitId())) {
                throw StateText.invalid("stream " + shape.stream() + " was followed by " + split.id() + ", and the slot is "
                        + log.slot() + " now; set changes.slot as it was");
            }
            position.ifPresent(at -> {
                log.expectGoesOn("Following " + shape.stream(), shape.stream(), LogPosition.of(at));
                start = at;
                if (!LogPosition.of(at).copies().containsKey(shape.stream())) {
                    copiedAt = at;
                }
            });
            log.cameBack();
        } else {
            queue.giveBack(split, position);
        }
    }

    void park() {
        parked = true;
    }

    /** The log was read as far as this run reads it. */
    void reached() {
        reached = true;
    }

    @Override
    public boolean ended() {
        return reached;
    }

    @Override
    public PlannerState state() {
        StateText text = StateText.create().with("read", "cdc").with("slot", log.slot()).with("copied", copied)
                .with("published", member.or(() -> log.member(shape.stream()))).with("oid", shape.relation().map(relation -> oid.orElse(relation.oid())))
                .with("partitions", heaps.map(LeafFiles::toState)).with("values", values.toState()).with("columns", before().map(TableColumns::toState))
                .with("planned", columns.filter(now -> before().filter(now::isAs).isEmpty()).map(TableColumns::toState));
        Position at = copiedAt;
        if (at != null) {
            text.with("start", StateText.create().with("version", (long) at.version()).with("text", at.text()));
        }
        return new PlannerState(STATE_VERSION, text.toString());
    }
}
