package io.windrow.connectors.postgres;

import io.windrow.api.batch.Position;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner.Assignment;
import io.windrow.api.source.StreamPlan;
import io.windrow.api.source.StreamRequest;
import io.windrow.connectors.postgres.PostgresSplit.Keys;
import io.windrow.connectors.postgres.PostgresSplit.Part;
import io.windrow.connectors.postgres.RangeState.Earlier;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.RelationColumn.Nullability;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A table in ranges of its key, each of its own moment. An interrupted read goes on, under another snapshot. */
final class KeyRead implements StreamRead {
    private static final int MAX_RANGES = 256;

    private final StreamShape shape;
    private final Moment moment;
    private final long bytes;
    private final List<String> cuts = new ArrayList<>();
    private final SplitQueue queue = new SplitQueue();
    private final RangeState.Origin origin;
    private final List<Earlier> before = new ArrayList<>();
    /** The splits that this run has given out: what comes back of others was read under an earlier snapshot. */
    private final Set<String> given = new HashSet<>();
    private final Optional<String> strange;
    private long generation;

    KeyRead(StreamShape shape, List<Leaf> leaves, Moment moment, long splitBytes, StreamRequest request, Session session)
            throws SQLException {
        this.shape = shape;
        this.moment = moment;
        this.generation = request.generation();
        this.bytes = leaves.stream().mapToLong(Leaf::bytes).sum();
        if (shape.schema().key().isEmpty()) {
            throw StreamShape.invalid(shape.stream(), "consistency per_range needs a key, and the table has none");
        }
        expectKey();
        this.origin = RangeState.Origin.of(shape);
        Optional<RangeState> saved = request.state().map(RangeState::of);
        this.strange = saved.flatMap(state -> state.strange(origin, moment.server().systemId()));
        if (saved.isPresent() && strange.isEmpty()) {
            cuts.addAll(saved.get().cuts());
            before.addAll(saved.get().earlier());
            fill(saved.get().ended());
            return;
        }
        cuts.addAll(cut(session, splitBytes));
        if (saved.isEmpty()) {
            fill(List.of());
        }
    }

    /** Ranges hold every row, and go on after any row, only if each has a key of its own without a null. */
    private void expectKey() {
        List<String> key = shape.schema().key();
        boolean unique = shape.relation().stream()
                .flatMap(relation -> relation.keys().stream())
                .anyMatch(one -> key.containsAll(one.columns()));
        if (!unique || key.stream().anyMatch(name -> shape.column(name).nullability() == Nullability.NULLABLE)) {
            throw StreamShape.invalid(
                            shape.stream(),
                            "consistency per_range needs a key that the table enforces, and nothing makes " + key
                                    + " unique and not null")
                    .remedy("Name the columns of a primary key, or of a unique index whose columns are NOT NULL; or leave"
                            + " consistency: per_range out.");
        }
    }

    private List<String> cut(Session session, long splitBytes) throws SQLException {
        String first = shape.schema().key().get(0);
        String type = shape.column(first).display();
        long ranges = Math.min(MAX_RANGES, bytes / splitBytes + 1);
        if (ranges < 2 || !List.of("smallint", "integer", "bigint").contains(type)) {
            return List.of();
        }
        String column = Identifier.quoted(first);
        List<@Nullable String> ends = session.row("SELECT min(" + column + "), max(" + column + ") FROM " + shape.from());
        List<String> found = new ArrayList<>();
        if (ends.get(0) instanceof String low && ends.get(1) instanceof String high) {
            BigInteger from = new BigInteger(low);
            BigInteger width = new BigInteger(high).subtract(from).add(BigInteger.ONE);
            BigInteger previous = from;
            for (long i = 1; i < ranges; i++) {
                BigInteger at = from.add(width.multiply(BigInteger.valueOf(i)).divide(BigInteger.valueOf(ranges)));
                if (at.compareTo(previous) > 0) {
                    found.add(at.toString());
                    previous = at;
                }
            }
        }
        return found;
    }

    private void fill(List<String> done) {
        for (int i = 0; i <= cuts.size(); i++) {
            String id = "g" + generation + "-" + i;
            PostgresSplit part = new PostgresSplit(
                    Part.KEYS,
                    moment.exported(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(new Keys(
                            i == 0 ? Optional.empty() : Optional.of(cuts.get(i - 1)),
                            i == cuts.size() ? Optional.empty() : Optional.of(cuts.get(i)))));
            Split split = part.toSplit(id, shape.stream(), bytes / (cuts.size() + 1));
            queue.add(split);
            if (done.contains(id)) {
                queue.ended(split);
            }
        }
    }

    @Override
    public StreamPlan plan() {
        Guarantee guarantee = new Guarantee(
                "per range",
                "Every row whose key exists throughout the read, exactly once, in the state of the moment when its range was read.",
                List.of("The key of a row never changes.", "Ranges may be of different moments after an interruption."),
                List.of("changes in a range after it was read, until the next run"));
        long rows = shape.relation().map(relation -> (long) relation.estimate().rows()).orElse(-1L);
        return new StreamPlan(
                shape.schema(), guarantee, strange, rows, bytes, shape.schema().key(),
                KeySumSql.of(shape, moment.server()));
    }

    @Override
    public void restart(long newGeneration) {
        generation = newGeneration;
        queue.clear();
        before.clear();
        fill(List.of());
    }

    @Override
    public List<Assignment> next(int max) {
        List<Assignment> next = queue.next(max);
        next.forEach(one -> given.add(one.split().id()));
        return next;
    }

    @Override
    public void ended(Split split) {
        queue.ended(split);
    }

    @Override
    public void giveBack(Split split, Optional<Position> position) {
        if (position.isPresent() && !given.contains(split.id())) {
            begunBefore(split.id());
        }
        PostgresSplit now = PostgresSplit.of(split).under(moment.exported());
        queue.giveBack(now.toSplit(split.id(), split.stream(), split.estimatedBytes()), position);
    }

    private void begunBefore(String id) {
        if (!before.isEmpty() && before.stream().noneMatch(one -> one.begun().contains(id))) {
            Earlier last = before.removeLast();
            List<String> begun = new ArrayList<>(last.begun());
            begun.add(id);
            before.add(new Earlier(last.snapshot(), last.ended(), begun));
        }
    }

    @Override
    public boolean ended() {
        return queue.finished();
    }

    @Override
    public PlannerState state() {
        return new RangeState(
                        moment.text(),
                        moment.server().systemId(),
                        cuts,
                        queue.endedIds().stream().sorted().toList(),
                        ended(),
                        origin,
                        before.stream().filter(one -> !one.ended().isEmpty() || !one.begun().isEmpty()).toList())
                .toState();
    }
}
