package io.windrow.runner.local;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.RowHash;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Hands batches and cuts from a worker's reader to its writing half, in order: through a queue to a thread of its own, or
 * on the caller's thread. Bytes are bounded by the run's {@link ByteBudget}, which the reader has taken from before it
 * puts a batch here. Called by the reader's thread only.
 */
final class WriteQueue {
    private final WriteSide side;
    private final Flow flow;
    private final ThreadFactory threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Item> items = new ArrayDeque<>();
    private @Nullable Thread thread;
    private boolean busy;
    private boolean ending;

    WriteQueue(WriteSide side, Flow flow, ThreadFactory threads) {
        this.side = side;
        this.flow = flow;
        this.threads = threads;
    }

    private sealed interface Item {
        record Rows(Batch batch, RowHash source, RowHash out, long bytes) implements Item {}

        record Cut(long cut, long epoch, Optional<Message.ReadUpTo> reading) implements Item {}
    }

    /** Passes on a batch whose bytes were taken from the budget; they are given back when it is written. */
    void write(Batch batch, RowHash source, RowHash out, long bytes, Command.Handover handover) {
        pass(new Item.Rows(batch, source, out, bytes), handover);
    }

    /** Passes on a cut, behind all batches before it. */
    void cut(long cut, long epoch, Optional<Message.ReadUpTo> reading, Command.Handover handover) {
        pass(new Item.Cut(cut, epoch, reading), handover);
    }

    private void pass(Item item, Command.Handover handover) {
        switch (handover) {
            case INLINE -> {
                if (awaitIdle()) {
                    process(item);
                } else {
                    discard(item);
                }
            }
            case QUEUED -> {
                lock.lock();
                try {
                    if (thread == null) {
                        thread = threads.newThread(this::drain);
                        thread.start();
                    }
                    items.add(item);
                    changed.signalAll();
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    private void process(Item item) {
        switch (item) {
            case Item.Rows rows -> {
                try {
                    side.write(rows.batch(), rows.source(), rows.out());
                } finally {
                    flow.budget().release(rows.bytes());
                }
            }
            case Item.Cut cut -> side.cut(cut.cut(), cut.epoch(), cut.reading());
        }
    }

    private void drain() {
        try {
            Item item = next();
            while (item != null) {
                process(item);
                item = next();
            }
        } catch (Throwable e) {
            flow.tell(new Message.Fatal(e));
            discard();
        }
    }

    private @Nullable Item next() {
        lock.lock();
        try {
            busy = false;
            changed.signalAll();
            while (items.isEmpty() && !ending) {
                changed.awaitUninterruptibly();
            }
            Item item = items.poll();
            busy = item != null;
            return item;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the writer's thread has nothing to do any more, so that this one may write; false if the run is given up. */
    private boolean awaitIdle() {
        lock.lock();
        try {
            while (thread != null && thread.isAlive() && (busy || !items.isEmpty())) {
                if (!changed.await(100, TimeUnit.MILLISECONDS) && flow.aborted()) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Frees what the writer's thread did not get to; only when that thread is gone or the run is being given up. */
    private void discard() {
        lock.lock();
        try {
            for (Item item = items.poll(); item != null; item = items.poll()) {
                discard(item);
            }
        } finally {
            lock.unlock();
        }
    }

    private void discard(Item item) {
        if (item instanceof Item.Rows rows) {
            rows.batch().close();
            flow.budget().release(rows.bytes());
        }
    }

    /** Ends the writer's thread when it has done what is queued, or at once if the run is given up; then closes the writers. */
    void close() {
        if (flow.aborted()) {
            discard();
        }
        lock.lock();
        Thread running;
        try {
            ending = true;
            running = thread;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (running != null) {
            try {
                running.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        discard();
        side.close();
    }
}
