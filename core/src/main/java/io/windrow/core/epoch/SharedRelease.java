package io.windrow.core.epoch;

import io.windrow.api.batch.Position;
import io.windrow.api.schema.StreamName;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;

/**
 * Up to where a split that several streams share may be let go (I2): the lowest place up to which all of them have
 * everything committed. A stream whose rows are committed, or that had none, moves on with each cut; one that is parked, or
 * that has a place and that the run does not read at all, stays where it is and holds the others' data at the source, not the
 * others. One that has not begun yet holds nothing.
 *
 * <p>No I/O. Used by one thread, with one cut under way at a time: {@link #cut}, then {@link #decided}. Whoever acts on
 * the answer saves it first ({@link io.windrow.core.checkpoint.Release}): a stream without rows writes no epoch,
 * so after a restart that record is what says how far it is.
 */
public final class SharedRelease {
    private final Comparator<Position> order;
    private final Map<StreamName, Position> committed = new HashMap<>();
    private final boolean whole;
    private final Set<StreamName> held = new HashSet<>();
    private Set<StreamName> delivering = Set.of();
    private Map<StreamName, Position> cut = Map.of();
    private Optional<Position> released = Optional.empty();

    /**
     * The start of an attempt.
     *
     * @param order how positions follow each other
     * @param streams all streams that share the split and have a place in it or get one, of this run or not
     * @param starts where those that the run reads go on
     */
    public SharedRelease(Comparator<Position> order, List<StreamName> streams, Map<StreamName, Position> starts) {
        this.order = order;
        this.committed.putAll(starts);
        this.whole = starts.keySet().containsAll(streams);
    }

    /**
     * Where a stream is to go on after a restart: behind its own rows, and behind what was released.
     *
     * @param moved its saved place, moved on to what was released: what a place says of one stream alone is not in another's
     */
    public static Position resume(
            Comparator<Position> order, BinaryOperator<Position> moved, Position saved, Optional<Position> released) {
        return released.filter(position -> order.compare(position, saved) > 0)
                .map(position -> moved.apply(saved, position))
                .orElse(saved);
    }

    /** Where the stream is once the split is read up to here; one that has been further stays there (it passes rows over). */
    public Position own(StreamName stream, Position read) {
        return later(committed.getOrDefault(stream, read), read);
    }

    /**
     * An epoch is cut.
     *
     * @param at up to where each stream was read for it
     * @param streams those that are part of the epoch
     */
    public void cut(Map<StreamName, Position> at, Set<StreamName> streams) {
        cut = Map.copyOf(at);
        delivering = Set.copyOf(streams);
    }

    /**
     * The epoch is decided, and the store shows it.
     *
     * @param done the streams whose part is committed
     * @param parked the streams that are parked by now
     * @return up to where the split may be let go, if that is further than before
     */
    public Optional<Position> decided(Set<StreamName> done, Set<StreamName> parked) {
        committed.replaceAll((stream, position) -> {
            boolean moves = !held.contains(stream)
                    && (delivering.contains(stream) ? done.contains(stream) : !parked.contains(stream));
            if (!moves) {
                held.add(stream);
            }
            return moves ? later(position, cut.getOrDefault(stream, position)) : position;
        });
        held.addAll(parked);
        Optional<Position> lowest = committed.values().stream().min(order);
        if (!whole || lowest.isEmpty() || released.isPresent() && order.compare(lowest.get(), released.get()) <= 0) {
            return Optional.empty();
        }
        released = lowest;
        return lowest;
    }

    /** The lowest of a place and others. */
    public Position lowest(Position one, Collection<Position> others) {
        return Stream.concat(Stream.of(one), others.stream()).min(order).orElse(one);
    }

    /** The later of two places. */
    public Position later(Position one, Position other) {
        return order.compare(one, other) >= 0 ? one : other;
    }
}
