package io.windrow.connectors.postgres;

import io.windrow.connectors.postgres.CopyPlace.Key;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a followed table that are read again by their keys while its log is read, some at a time: which changes the rows show that
 * were read last. Every other key is as the log says. The log stands still while rows are read. The reader's thread only.
 */
final class KeyRepair {
    /** So many rows are read under one snapshot, so that the log does not stand still for long and its place stays small. */
    static final int AT_ONCE = 500;

    private final int asked;
    private final Set<Key> waiting;
    private OptionalLong notBefore = OptionalLong.empty();
    private @Nullable RepairPlace read;
    /** Transactions whose changes of keys that wait were delivered, by their lower halves: the rows have to show them. */
    private final Set<Long> delivered = new HashSet<>();

    /**
     * @param keys the rows that are to be read
     * @param read what was read before, and the log has not passed
     */
    KeyRepair(List<Key> keys, Optional<RepairPlace> read) {
        this.waiting = new LinkedHashSet<>(keys);
        this.asked = waiting.size();
        this.read = read.orElse(null);
    }

    /** How many keys were asked for. */
    int asked() {
        return asked;
    }

    /**
     * Whether a change is no change to who has the rows that were read: their snapshot shows its transaction.
     *
     * @param transaction the lower 32 bits of its top-level transaction's id, without a sign
     */
    boolean supersedes(Key key, long transaction) {
        RepairPlace last = read;
        if (last != null && last.keys().contains(key) && sees(last.visible(), transaction)) {
            return true;
        }
        if (waiting.contains(key)) {
            delivered.add(transaction);
        }
        return false;
    }

    private static boolean sees(Visible visible, long transaction) {
        return visible.sees(Visible.whole(visible.next(), transaction));
    }

    /** The table was emptied, and with it the target: from there on the log alone tells what becomes of the rows that were read. */
    void emptied(long transaction) {
        read = null;
        if (!waiting.isEmpty()) {
            delivered.add(transaction);
        }
    }

    /** The keys whose rows are to be read next. */
    List<Key> next() {
        return waiting.stream().limit(AT_ONCE).toList();
    }

    /** Whether it is known from which snapshots on rows may be read. */
    boolean isBegun() {
        return notBefore.isPresent();
    }

    /**
     * Nothing is read as long as a transaction below is at work: its commit may be in the log, and delivered, although nobody sees it
     * yet.
     *
     * @param transaction an id that no transaction had by now, 64 bits
     */
    void begin(long transaction) {
        notBefore = OptionalLong.of(transaction);
    }

    /** Whether rows may be read under a snapshot: what was delivered of them must be in it. */
    boolean accepts(Visible visible) {
        return isBegun() && visible.lowest() >= notBefore.getAsLong() && delivered.stream().allMatch(one -> sees(visible, one));
    }

    int delivered() {
        return delivered.size();
    }

    /** Forgets transactions that every later snapshot shows too. */
    void settle(Visible visible) {
        delivered.removeIf(one -> sees(visible, one));
    }

    /** Rows were read, or found to be none. */
    void read(Collection<Key> keys, Visible visible, long until) {
        read = new RepairPlace(new HashSet<>(keys), visible, until);
        waiting.removeAll(keys);
        delivered.clear();
    }

    /** Whether every row was read. */
    boolean isRead() {
        return waiting.isEmpty();
    }

    /** The log was read up to here. Gives whether every row is read, and passed. */
    boolean passed(long lsn) {
        RepairPlace last = read;
        if (last != null && Long.compareUnsigned(lsn, last.until()) >= 0) {
            read = null;
        }
        return read == null && waiting.isEmpty();
    }

    /** Whether the log has to pass what was read before more is. */
    boolean waitsForLog() {
        return read != null;
    }

    Optional<RepairPlace> place() {
        return Optional.ofNullable(read);
    }
}
