package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.postgres.CopyPlace.Key;
import io.windrow.connectors.postgres.CopyPlace.Range;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A table that is copied in ranges of its key while its log is read: which changes the copied rows show already, and which
 * they are still going to show. The log stands still while a range is read. The reader's thread only.
 */
final class TableCopy {
    private final Order order;
    private final long notBefore;
    private Optional<Key> done;
    private @Nullable Range range;
    private final Set<Long> unseen = new LinkedHashSet<>();
    private @Nullable WindrowException failure;

    TableCopy(Order order, CopyPlace place) {
        this.order = order;
        this.notBefore = place.notBefore();
        this.done = place.done();
        this.range = place.range().orElse(null);
        this.unseen.addAll(place.unseen());
    }

    /** The order in which the database has the keys. */
    interface Order {
        /** Whether a key lies at or below a bound. */
        boolean isWithin(Key key, Key bound);
    }

    /**
     * Whether a change is no change to who has the copied rows: the range that owns its key was read under a snapshot that
     * shows its transaction, or is still going to be.
     *
     * @param transaction the lower 32 bits of its top-level transaction's id, without a sign
     */
    boolean supersedes(Key key, long transaction) {
        try {
            if (done.isPresent() && order.isWithin(key, done.get())) {
                return false;
            }
            Range last = range;
            if (last != null && (last.to().isEmpty() || order.isWithin(key, last.to().get()))) {
                return last.visible().sees(whole(transaction));
            }
        } catch (WindrowException e) {
            failure = e;
            throw e;
        }
        unseen.add(whole(transaction));
        return true;
    }

    /** Whether that was thrown because the keys could not be compared: whatever it is, it is this table's trouble alone. */
    boolean isFailure(WindrowException thrown) {
        return failure == thrown;
    }

    /** Whether the copy began after a transaction did. */
    boolean isNewerThan(long transaction) {
        return whole(transaction) < notBefore;
    }

    private long whole(long transaction) {
        Range last = range;
        return Visible.whole(last == null ? notBefore : last.visible().next(), transaction);
    }

    /**
     * The table was emptied, and with it the target. The last range may have shown what came afterwards, and is read again; of
     * the ranges before the log tells everything.
     */
    void emptied(long transaction) {
        unseen.add(whole(transaction));
        range = null;
    }

    /** What the target holds of the range whose rows are being read: its keys up to the last row, or to its end. */
    void read(Range now) {
        range = now;
        unseen.clear();
    }

    /** The log was read up to here. Gives whether everything is copied and every range passed. */
    boolean passed(long lsn) {
        Range last = range;
        if (last != null && Long.compareUnsigned(lsn, last.until()) >= 0) {
            if (last.to().isEmpty()) {
                return true;
            }
            done = last.to();
            range = null;
        }
        return false;
    }

    /** Whether the log has to pass a range before the next is read. */
    boolean waitsForLog() {
        return range != null;
    }

    /** Whether a range may be read under a snapshot: what was left to it must be in it. */
    boolean accepts(Visible visible) {
        return visible.lowest() >= notBefore && unseen.stream().allMatch(visible::sees);
    }

    int unseen() {
        return unseen.size();
    }

    /** Forgets transactions that every later snapshot shows too. */
    void settle(Visible visible) {
        unseen.removeIf(visible::sees);
    }

    /** The key behind which the next range begins. */
    Optional<Key> done() {
        return done;
    }

    CopyPlace place() {
        return new CopyPlace(notBefore, done, Optional.ofNullable(range), List.copyOf(unseen));
    }
}
