package io.windrow.runner.local;

import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What coordinator, workers and commit thread of one attempt share. Safe for use by many threads. */
final class Flow {
    private final Map<StreamName, WindrowException> parked = new ConcurrentHashMap<>();
    /** Where rows came that are not of the planned schema, in this attempt or before a plan that could tell. */
    private final Map<StreamName, Position> altered = new ConcurrentHashMap<>();
    private final Set<StreamName> limited = ConcurrentHashMap.newKeySet();
    private final Map<StreamName, Counters> counters = new ConcurrentHashMap<>();
    private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    private final AtomicLong epochRows = new AtomicLong();
    private final AtomicLong epochBytes = new AtomicLong();
    private final AtomicBoolean fullTold = new AtomicBoolean();
    private final AtomicLong openWriters = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Pace pace;
    private final ByteBudget budget;
    private final Throttle throttle;
    private volatile long epochBeforeFirstCut;
    /** The newest cut, and how many workers still read for it. */
    private long begunCut;
    private volatile int behind;
    private volatile boolean aborted;
    private volatile boolean moved;

    Flow(Pace pace) {
        this.pace = pace;
        this.budget = new ByteBudget(pace.inFlight());
        this.throttle = new Throttle(pace, System.nanoTime());
    }

    /** That of the next attempt, which plans anew what was altered in this one. */
    Flow next() {
        Flow next = new Flow(pace);
        next.altered.putAll(altered);
        return next;
    }

    /** The first row of the stream that is not of the planned schema lies there. */
    void altered(StreamName stream, Position at) {
        altered.putIfAbsent(stream, at);
    }

    /** Where the stream's first row of another schema than the planned one was met. */
    Optional<Position> altered(StreamName stream) {
        return Optional.ofNullable(altered.get(stream));
    }

    /** The stream is planned as it is now. */
    void planned(StreamName stream) {
        altered.remove(stream);
    }

    /** Rows and bytes that were read of a stream in this attempt. */
    static final class Counters {
        final AtomicLong rows = new AtomicLong();
        final AtomicLong bytes = new AtomicLong();
    }

    Counters counters(StreamName stream) {
        return counters.computeIfAbsent(stream, name -> new Counters());
    }

    /** The part of the budget that each reader may take before it reads, so that no reader keeps another from reading. */
    long share() {
        return Math.max(1, pace.inFlight() / pace.workers());
    }

    ByteBudget budget() {
        return budget;
    }

    Throttle throttle() {
        return throttle;
    }

    /** The next cut will become this epoch. */
    void epochIs(long cut, long epoch) {
        epochBeforeFirstCut = epoch - cut;
    }

    /** The epoch that a cut will become, as far as it is known now; certain when the epoch before it is committed. */
    long epochOf(long cut) {
        return epochBeforeFirstCut + cut;
    }

    void tell(Message message) {
        messages.add(message);
    }

    BlockingQueue<Message> messages() {
        return messages;
    }

    /** Parks a stream, unless it is parked already: the first error is the one that counts. */
    void park(StreamName stream, WindrowException error) {
        if (parked.putIfAbsent(stream, error) == null) {
            tell(new Message.Failed(stream, error));
        }
    }

    boolean isParked(StreamName stream) {
        return parked.containsKey(stream);
    }

    Map<StreamName, WindrowException> parked() {
        return parked;
    }

    void limit(StreamName stream) {
        limited.add(stream);
    }

    boolean isLimited(StreamName stream) {
        return limited.contains(stream);
    }

    void read(StreamName stream, long rows, long bytes) {
        Counters of = counters(stream);
        of.rows.addAndGet(rows);
        of.bytes.addAndGet(bytes);
        epochRows.addAndGet(rows);
        epochBytes.addAndGet(bytes);
        if (epochFull() && !fullTold.getAndSet(true)) {
            tell(new Message.Nudge());
        }
    }

    AtomicLong openWriters() {
        return openWriters;
    }

    /** Whether the epoch is as large as it may get. */
    boolean epochFull() {
        return epochRows.get() >= pace.epochRows() || epochBytes.get() >= pace.epochBytes();
    }

    /** A split has moved on although no row came: its place is saved with the next cut. */
    void moved() {
        moved = true;
    }

    /** Whether {@link #moved} was called since the last cut. */
    boolean hasMoved() {
        return moved;
    }

    /** Whether rows were read since the last cut. */
    boolean epochDirty() {
        return epochRows.get() > 0 || epochBytes.get() > 0;
    }

    /** The epoch is cut: what is counted from now on is of the next. */
    void epochCut() {
        moved = false;
        epochRows.set(0);
        epochBytes.set(0);
        fullTold.set(false);
        signal();
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Holds a reader back while the epoch is full and not cut, so that however slow the store, the target or the
     * coordinator is, the run-ahead is bounded: each reader goes beyond a full epoch by the batch that it reads, and by what
     * it may not cut. Returns after at most 200 ms; the caller asks again.
     *
     * @return whether there is room
     */
    boolean awaitRoom() throws InterruptedException {
        if (!epochFull()) {
            return true;
        }
        lock.lockInterruptibly();
        try {
            if (epochFull() && !aborted) {
                changed.await(200, TimeUnit.MILLISECONDS);
            }
            return !epochFull();
        } finally {
            lock.unlock();
        }
    }

    /** From now on a cut is being taken, which so many workers have yet to pass. */
    void cutBegins(long cut, int workers) {
        lock.lock();
        try {
            begunCut = cut;
            behind = workers;
        } finally {
            lock.unlock();
        }
    }

    /** One worker has passed the cut: it reads nothing more for it. */
    void cutPassed() {
        lock.lock();
        try {
            behind--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Holds a reader back that would read behind a cut while another one still reads before it. Returns after at most
     * 200 ms; the caller asks again. Who waits here holds no bytes of the budget, so the others can go on.
     *
     * @param cut what the reader's next rows belong to
     * @return whether nobody reads for an earlier cut any more
     */
    boolean awaitOthers(long cut) throws InterruptedException {
        if (behind == 0) {
            return true;
        }
        lock.lockInterruptibly();
        try {
            if (behind == 0 || cut <= begunCut) {
                return true;
            }
            changed.await(200, TimeUnit.MILLISECONDS);
            return behind == 0;
        } finally {
            lock.unlock();
        }
    }

    void abort() {
        aborted = true;
        signal();
    }

    boolean aborted() {
        return aborted;
    }
}
