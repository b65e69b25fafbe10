package io.windrow.runner.local;

import io.windrow.api.schema.StreamName;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.RunMark;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.ledger.HashKey;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a run keeps of itself in the state store: the mark by which an interrupted run is told from one that came to its
 * end, and the key of its row hashes. A run that finds the mark of an interrupted one goes on with that one: what it has
 * completed is not read again. Used by the coordinator's thread.
 */
final class RunBook {
    private final RunParts parts;
    private final Lease lease;
    private final RunMark mark;
    private final HashKey key;
    private final Set<StreamName> settled = new HashSet<>();

    private RunBook(RunParts parts, Lease lease, RunMark mark, HashKey key) {
        this.parts = parts;
        this.lease = lease;
        this.mark = mark;
        this.key = key;
    }

    /** Opens the book before anything is settled or read. */
    static RunBook open(RunParts parts, Lease lease, List<StreamState> loaded) {
        StateStore store = parts.store();
        HashKey key = parts.job().hashKey().orElseGet(() -> store.hashKey(lease));
        Optional<RunMark> last = store.run(lease.pipeline());
        boolean anew = parts.options().refresh() == RunOptions.Refresh.FULL;
        RunMark mark = last.filter(RunMark::isOpen).filter(open -> !anew).orElseGet(() -> new RunMark(
                parts.id(), parts.context().clock().instant(),
                loaded.stream().mapToLong(StreamState::lastEpoch).max().orElse(0), parts.options().streams(),
                anew ? RunMark.Start.FULL : RunMark.Start.CONTINUE, RunMark.State.OPEN,
                last.map(before -> before.owedAt(loaded)).orElse(Map.of())));
        tellOwed(parts, mark, loaded);
        if (last.isPresent() && last.get() == mark) {
            parts.announcer().tell("run.resumed", "Run " + mark.id() + " of " + mark.began()
                    + " did not come to its end: this one goes on with it, and what it completed is not read again.");
        } else {
            store.mark(lease, mark);
        }
        RunBook book = new RunBook(parts, lease, mark, key);
        book.tellOtherKey(loaded);
        return book;
    }

    private static void tellOwed(RunParts parts, RunMark mark, List<StreamState> loaded) {
        Set<StreamName> read = parts.options().streams();
        loaded.stream()
                .filter(mark::owes)
                .map(StreamState::stream)
                .filter(stream -> read.isEmpty() || read.contains(stream))
                .forEach(stream -> parts.announcer().tell("run.refresh_owed", "Stream " + stream
                        + " is read from its start: an earlier full refresh was asked for it and did not come to it."));
    }

    private void tellOtherKey(List<StreamState> loaded) {
        for (StreamState state : loaded) {
            Optional<String> before = state.committed().map(epoch -> epoch.ledger().hashKey());
            if (before.isPresent() && !before.get().equals(key.id())) {
                parts.announcer().tell("run.hash_key_changed", "The rows of " + state.stream()
                        + " were hashed under another key so far (" + before.get() + ", now " + key.id()
                        + "): the sums of older epochs cannot be compared with those of new ones.");
            }
        }
    }

    /** An epoch that an earlier run had prepared and this one committed counts as this run's. */
    void settled(StreamName stream) {
        settled.add(stream);
    }

    HashKey key() {
        return key;
    }

    /** Whether the stream's committed epoch is this run's work, or that of the one that it goes on with. */
    boolean hasBegun(StreamState state) {
        return state.committed().filter(this::made).isPresent();
    }

    /** What was prepared before a full refresh was asked for is no part of it. */
    private boolean made(StreamEpoch epoch) {
        return mark.made(epoch) || settled.contains(epoch.stream()) && !mark.isFull(epoch.stream());
    }

    /** Whether the stream is to be read from its very start, since this run or an earlier one was asked for that. */
    boolean isRefreshed(StreamState state) {
        return mark.owes(state) || mark.isFull(state.stream()) && !hasBegun(state);
    }

    /** The run came to its end: the next one is another. */
    void end() {
        parts.context().failpoints().reach("run.before_end");
        boolean refreshes = mark.start() == RunMark.Start.FULL || !mark.owed().isEmpty();
        parts.store().mark(lease, mark.ended(
                refreshes ? mark.owedAt(parts.store().load(lease.pipeline())) : Map.of()));
        parts.context().failpoints().reach("run.after_end");
    }
}
