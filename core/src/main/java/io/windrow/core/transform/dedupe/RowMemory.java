package io.windrow.core.transform.dedupe;

import io.windrow.core.checkpoint.RememberedRows;
import io.windrow.core.ledger.HashForm;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a stream that were delivered last, as keyed hashes of 128 bits in the order of their arrival; shared by all
 * splits and safe for many threads, which take its lock once a batch. The oldest is forgotten first: when there are more
 * than fit, or when the epoch it came with was cut too long ago. Rows are remembered by their values ({@link HashForm#VALUE});
 * those that an earlier version has left may be {@link HashForm#TYPED}.
 *
 * <p>Nothing is lost by dropping, whatever becomes of an epoch, for three reasons:
 * <ol>
 *   <li>A row is only ever dropped because of a row of the same or an <em>earlier</em> epoch. The runner lets nobody read
 *       for an epoch while another still reads for the one before, and {@link #keep} refuses a row that comes too late.
 *       (Dropping it because of a later epoch's row would be wrong: its own epoch commits, the later one is rolled back,
 *       and when it is read again the other row may have been deleted at the source, or never be asked for again.)
 *   <li>Epochs of a stream commit in order, each as a whole. One that is rejected, unknown or stopped ends the stream's
 *       attempt, so nothing is committed that was compared with it.
 *   <li>Every attempt begins with a new memory that holds what the store shows as committed, and a batch that fails after
 *       its rows were remembered ends the attempt too.
 * </ol>
 */
public final class RowMemory {
    /** The most bytes that a remembered row takes: its hash and two slots of the table, in arrays that may be half empty. */
    static final int BYTES_A_ROW = 64;

    private static final int SMALLEST = 1024;
    private static final int LARGEST = 1 << 28;

    private final ReentrantLock lock = new ReentrantLock();
    private final int most;
    private final Optional<Duration> longest;
    private final ArrayDeque<Part> parts = new ArrayDeque<>();
    /** The hashes by arrival, at {@code arrival & (length - 1)}. */
    private long[] lows;
    private long[] highs;
    /** By the hash's lowest bits: 32 bits of the hash above, the place in the ring plus one below; 0 is free. */
    private long[] table;
    private long oldest;
    private long next;
    /** The rows before this one may be hashed with their types. */
    private long typedUntil;
    private @Nullable Part current;
    private @Nullable RememberedRows ended;
    private long epoch = Long.MIN_VALUE;

    /** The rows of one epoch. */
    private static final class Part {
        final long epoch;
        final long from;
        long cutMillis;

        Part(long epoch, long from, long cutMillis) {
            this.epoch = epoch;
            this.from = from;
            this.cutMillis = cutMillis;
        }
    }

    /**
     * An empty memory.
     *
     * @param rows the most rows, 1 or more
     * @param bytes the most bytes, {@value #BYTES_A_ROW} or more
     * @param time how long after its epoch was cut a row is remembered
     */
    public RowMemory(long rows, long bytes, Optional<Duration> time) {
        this.most = (int) most(rows, bytes);
        this.longest = time;
        int size = Math.min(SMALLEST, roundUp(most));
        this.lows = new long[size];
        this.highs = new long[size];
        this.table = new long[2 * size];
    }

    /** How many rows a window of so many rows and bytes holds. */
    static long most(long rows, long bytes) {
        return Math.max(1, Math.min(LARGEST, Math.min(rows, bytes / BYTES_A_ROW)));
    }

    private static int roundUp(int size) {
        return Integer.highestOneBit(Math.max(1, size - 1)) << (size > 1 ? 1 : 0);
    }

    /** Remembers what earlier runs and replays delivered, oldest first. Before anything else. */
    public void restore(List<RememberedRows> delivered) {
        lock.lock();
        try {
            for (RememberedRows rows : delivered) {
                begin(rows.epoch());
                ByteBuffer hashes = ByteBuffer.wrap(rows.hashes());
                while (hashes.hasRemaining()) {
                    long high = hashes.getLong();
                    add(hashes.getLong(), high);
                }
                if (rows.form() == HashForm.TYPED) {
                    typedUntil = next;
                }
                if (current != null) {
                    current.cutMillis = rows.cut().toEpochMilli();
                    current = null;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether some rows are remembered with their types. Once none is, none ever will be. */
    boolean isTyped() {
        lock.lock();
        try {
            return oldest < typedUntil;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Looks up the rows of a batch and remembers those that are new.
     *
     * @param of the epoch that the rows belong to
     * @param rows their hashes by value
     * @param typed their hashes with their types, by which they may be remembered too; {@link RowHashes#NONE}: the same
     * @param count how many rows
     * @param nameless rows that have no identity: kept, and not remembered; null: none
     * @param kept receives the indexes of the rows that are new, ascending
     * @return how many are new
     */
    int keep(long of, RowHashes rows, RowHashes typed, int count, boolean @Nullable [] nameless, int[] kept) {
        lock.lock();
        try {
            if (of < epoch) {
                // Reason 1 of the class comment; the runner's order makes it impossible.
                throw new IllegalStateException("A row of epoch " + of + " came after rows of epoch " + epoch);
            }
            begin(of);
            int found = 0;
            for (int i = 0; i < count; i++) {
                if (nameless != null && nameless[i] || !isKnown(typed, i) && add(rows.lows()[i], rows.highs()[i])) {
                    kept[found++] = i;
                }
            }
            return found;
        } finally {
            lock.unlock();
        }
    }

    /**
     * What is to be saved with an epoch that has been cut. Its rows are complete; rows of the next one may have come.
     *
     * @param cut when it was cut; from then on {@code time} counts
     */
    public RememberedRows taken(long of, Instant cut) {
        lock.lock();
        try {
            if (of >= epoch) {
                begin(of);
                end();
            }
            RememberedRows complete = ended;
            ended = null;
            for (Part part : parts) {
                if (part.epoch == of) {
                    part.cutMillis = cut.toEpochMilli();
                }
            }
            long young = longest.map(time -> forgetBefore(cut.minus(time).toEpochMilli())).orElse(Long.MIN_VALUE);
            if (complete == null) {
                return new RememberedRows(of, cut, Math.max(young, Math.min(of, oldestEpoch(of))), new byte[0]);
            }
            // What rows of the next epoch have driven out since still belongs to the window if that epoch is rolled back.
            return new RememberedRows(
                    of, cut, Math.max(young, complete.oldest()), complete.epoch() == of ? complete.hashes() : new byte[0]);
        } finally {
            lock.unlock();
        }
    }

    /** How many rows are remembered. */
    public int size() {
        lock.lock();
        try {
            return (int) (next - oldest);
        } finally {
            lock.unlock();
        }
    }

    private void begin(long of) {
        if (of != epoch) {
            end();
            epoch = of;
        }
    }

    /** Copies the current epoch's rows: those of the next one may drive them out before they are saved. */
    private void end() {
        if (epoch == Long.MIN_VALUE) {
            return;
        }
        Part part = current;
        int count = part == null ? 0 : (int) (next - Math.max(part.from, oldest));
        byte[] hashes = new byte[16 * count];
        ByteBuffer to = ByteBuffer.wrap(hashes);
        for (long at = next - count; at < next; at++) {
            int place = (int) at & lows.length - 1;
            to.putLong(highs[place]).putLong(lows[place]);
        }
        ended = new RememberedRows(epoch, Instant.EPOCH, oldestEpoch(epoch), hashes);
        current = null;
    }

    private long oldestEpoch(long none) {
        dropEmptyParts();
        Part first = parts.peekFirst();
        return first == null ? none : first.epoch;
    }

    private void dropEmptyParts() {
        Iterator<Part> all = parts.iterator();
        Part part = all.hasNext() ? all.next() : null;
        while (part != null && all.hasNext()) {
            Part later = all.next();
            if (later.from > oldest) {
                return;
            }
            parts.removeFirst();
            part = later;
        }
        if (part != null && oldest == next && part != current) {
            parts.removeFirst();
        }
    }

    /** Forgets epochs that were cut before; the lowest number that may be left. */
    private long forgetBefore(long millis) {
        long young = Long.MIN_VALUE;
        while (true) {
            dropEmptyParts();
            Part first = parts.peekFirst();
            // A part that is not cut yet has no age.
            if (first == null || first.cutMillis >= millis) {
                return young;
            }
            Iterator<Part> all = parts.iterator();
            all.next();
            Part after = all.hasNext() ? all.next() : null;
            // What a replay carried on are several parts of its epoch.
            young = after != null && after.epoch == first.epoch ? first.epoch : first.epoch + 1;
            long until = after == null ? next : after.from;
            while (oldest < until) {
                forgetOldest();
            }
            if (parts.peekFirst() == first) {
                parts.removeFirst();
            }
        }
    }

    private boolean isKnown(RowHashes typed, int row) {
        return typed != RowHashes.NONE && table[slot(typed.lows()[row], typed.highs()[row])] != 0;
    }

    /** Where a row is in the table, or where it would be. */
    private int slot(long low, long high) {
        int mask = table.length - 1;
        int slot = (int) low & mask;
        long tag = low << 32;
        for (long entry = table[slot]; entry != 0; entry = table[slot]) {
            if ((entry & 0xffff_ffff_0000_0000L) == tag) {
                int place = (int) entry - 1;
                if (lows[place] == low && highs[place] == high) {
                    return slot;
                }
            }
            slot = slot + 1 & mask;
        }
        return slot;
    }

    /** Remembers a row, and says whether it was new. */
    private boolean add(long low, long high) {
        int slot = slot(low, high);
        if (table[slot] != 0) {
            return false;
        }
        if (next - oldest == most) {
            forgetOldest();
            return insert(low, high);
        }
        if (next - oldest == lows.length) {
            grow();
            return insert(low, high);
        }
        return put(slot, low, high);
    }

    private boolean insert(long low, long high) {
        int mask = table.length - 1;
        int slot = (int) low & mask;
        while (table[slot] != 0) {
            slot = slot + 1 & mask;
        }
        return put(slot, low, high);
    }

    private boolean put(int slot, long low, long high) {
        if (current == null) {
            current = new Part(epoch, next, Long.MAX_VALUE);
            parts.add(current);
        }
        int place = (int) next & lows.length - 1;
        lows[place] = low;
        highs[place] = high;
        table[slot] = low << 32 | place + 1L;
        next++;
        return true;
    }

    /** Takes the oldest row out of the table; those behind it in its run move up, so that no gap hides them. */
    private void forgetOldest() {
        int mask = table.length - 1;
        int place = (int) oldest & lows.length - 1;
        int slot = (int) lows[place] & mask;
        long sought = lows[place] << 32 | place + 1L;
        while (table[slot] != sought) {
            slot = slot + 1 & mask;
        }
        int gap = slot;
        for (int at = slot + 1 & mask; table[at] != 0; at = at + 1 & mask) {
            int home = (int) (table[at] >>> 32) & mask;
            if ((at - home & mask) >= (at - gap & mask)) {
                table[gap] = table[at];
                gap = at;
            }
        }
        table[gap] = 0;
        oldest++;
    }

    private void grow() {
        int size = lows.length;
        long[] oldLows = lows;
        long[] oldHighs = highs;
        lows = new long[2 * size];
        highs = new long[2 * size];
        table = new long[4 * size];
        int mask = table.length - 1;
        for (long at = oldest; at < next; at++) {
            int from = (int) at & size - 1;
            int to = (int) at & lows.length - 1;
            lows[to] = oldLows[from];
            highs[to] = oldHighs[from];
            int slot = (int) lows[to] & mask;
            while (table[slot] != 0) {
                slot = slot + 1 & mask;
            }
            table[slot] = lows[to] << 32 | to + 1L;
        }
    }

    @Override
    public String toString() {
        return "RowMemory[" + size() + " of " + most + " rows]";
    }
}
