package io.windrow.runner.local;

import io.windrow.api.schema.StreamName;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;

/** A log that outlives runs and forgets what it is told to let go; it checks that everything of that was delivered. */
final class LogUpstream {
    private final List<StreamName> streams;
    private final LongFunction<StreamName> streamOf;
    private final MemoryTarget target;
    private volatile long end;
    final AtomicLong released = new AtomicLong();
    final CountDownLatch drained = new CountDownLatch(1);
    long batchRows = 100;
    LongConsumer beforeRead = next -> {};
    /** Whether nothing comes for now where the next number is this. */
    LongPredicate silentAt = next -> false;
    /** Whether the reader cannot take this number, and leaves its stream behind. */
    LongPredicate badAt = number -> false;
    /** An epoch may end only where the next number is a multiple of this; 0: anywhere. */
    long cutEvery;
    /** Streams that are to be copied before the log is handed out, which never come to their end. */
    Set<StreamName> uncopied = Set.of();
    /** The keys of rows that were asked for; the next batch of the stream has them. */
    final Map<StreamName, List<List<String>>> repairs = new ConcurrentHashMap<>();
    /** How many times rows were asked for; a batch does not take it back. */
    final AtomicInteger repairsAsked = new AtomicInteger();
    /** How often the log was planned, and where it was let go. */
    final AtomicLong plans = new AtomicLong();
    final List<Long> letGo = new CopyOnWriteArrayList<>();

    LogUpstream(List<StreamName> streams, LongFunction<StreamName> streamOf, MemoryTarget target, long end) {
        this.streams = streams;
        this.streamOf = streamOf;
        this.target = target;
        this.end = end;
    }

    List<StreamName> streams() {
        return streams;
    }

    StreamName streamOf(long number) {
        return streamOf.apply(number);
    }

    long end() {
        return end;
    }

    void append(long rows) {
        end += rows;
    }

    /** I2: what is let go can be seen at the target. */
    void letGo(long position) {
        for (StreamName stream : streams) {
            if (uncopied.contains(stream)) {
                // Whenever it begins, its copy shows what happened before.
                continue;
            }
            List<Long> visible = target.visible(stream.name());
            for (long number = released.get(); number < position; number++) {
                if (streamOf(number).equals(stream) && !visible.contains(number)) {
                    throw new AssertionError("Number " + number + " of " + stream + " is let go and not delivered");
                }
            }
        }
        letGo.add(position);
        released.accumulateAndGet(position, Math::max);
    }

    void expectThere(long number) {
        if (number < released.get()) {
            throw new AssertionError("Number " + number + " is read although it was let go");
        }
    }
}
