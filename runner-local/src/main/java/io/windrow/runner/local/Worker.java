package io.windrow.runner.local;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.RowHash;
import io.windrow.api.context.Failpoints;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Source;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitReader;
import io.windrow.api.transform.BoundTransform;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * The reading half of a worker. Opens, reads, keeps alive, acknowledges and closes readers on its own thread, one split
 * after the other, and obeys commands between two batches.
 */
final class Worker implements Runnable {
    private static final long READ_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final int number;
    private final Source source;
    private final Flow flow;
    private final Failpoints failpoints;
    private final SplitParts parts;
    private final WriteQueue writes;
    private final Function<Batch, RowHash> hasher;
    private final Chain chain;
    private final OptionalLong limit;
    private final LinkedBlockingQueue<Command> commands = new LinkedBlockingQueue<>();
    /** Commands that wait until the reader has handed out what must not be cut. */
    private final ArrayDeque<Command> held = new ArrayDeque<>();

    private long cut;
    private volatile @Nullable SplitReader reader;
    private @Nullable Split split;
    private List<StreamName> streams = List.of();
    private final ReadPlace place = new ReadPlace();
    private boolean progressed;
    /** The last position that the reader was told is committed. */
    private Optional<Position> acknowledged = Optional.empty();
    private Command.Handover handover = Command.Handover.INLINE;
    private long lastKeepAlive;
    /** Before this nothing more is read, so that the source is not asked for more than it may give a second. */
    private long notBefore = System.nanoTime();
    private final Reservation reserved;

    Worker(
            int number, long firstCut, Source source, Flow flow, Failpoints failpoints, SplitParts parts,
            WriteQueue writes, Function<Batch, RowHash> hasher, Chain chain, OptionalLong limit) {
        this.number = number;
        this.cut = firstCut;
        this.source = source;
        this.flow = flow;
        this.failpoints = failpoints;
        this.parts = parts;
        this.writes = writes;
        this.hasher = hasher;
        this.chain = chain;
        this.limit = limit;
        this.reserved = new Reservation(flow, this::waits);
        chain.epoch(flow.epochOf(firstCut));
    }

    /** Binds the transforms to the streams that a worker meets. Used by the worker's thread. */
    interface Chain extends AutoCloseable {
        /** The bound transforms for the batch's schema, in order; the same for the same schema. */
        List<BoundTransform> of(Batch batch);

        /** The batches to come belong to this epoch. */
        void epoch(long epoch);

        /** Whether all rows of an epoch, of all workers, must have passed before one of the next may. */
        boolean ordered();

        @Override
        void close();
    }

    /** Any thread. */
    void tell(Command command) {
        commands.add(command);
    }

    /** Ends a read that blocks. Any thread. */
    void wakeUp() {
        SplitReader blocked = reader;
        if (blocked != null) {
            blocked.wakeUp();
        }
    }

    @Override
    public void run() {
        try {
            work();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            flow.tell(new Message.Fatal(e));
        } finally {
            leave();
        }
    }

    private void work() throws InterruptedException {
        while (!flow.aborted()) {
            Command command = next();
            if (command == null) {
                if (split != null && notBefore <= System.nanoTime()) {
                    step();
                }
                continue;
            }
            switch (command) {
                case Command.Cut ignored when !mayCut() -> held.add(command);
                case Command.GiveBack ignored when !mayCut() -> held.add(command);
                case Command.Read read -> open(read);
                case Command.Cut taken -> cut(taken);
                case Command.Acknowledge acknowledge -> acknowledge(acknowledge);
                case Command.GiveBack ignored -> giveBack(Optional.empty());
                case Command.HandOver how -> handover = how.handover();
                case Command.Leave ignored -> {
                    return;
                }
            }
        }
    }

    /** The next command; null after a while, at once if there is something to read. */
    private @Nullable Command next() throws InterruptedException {
        if (!held.isEmpty() && mayCut()) {
            return held.poll();
        }
        if (split == null) {
            return commands.poll(1, TimeUnit.SECONDS);
        }
        long early = notBefore - System.nanoTime();
        if (early <= 0) {
            return commands.poll();
        }
        Command command = commands.poll(Math.min(early, READ_NANOS), TimeUnit.NANOSECONDS);
        if (command == null) {
            keepAliveWhileIdle();
        }
        return command;
    }

    private boolean mayCut() {
        SplitReader opened = reader;
        return opened == null || opened.mayCut();
    }

    private void keepAliveWhileIdle() {
        Split current = current();
        try {
            keepAlive();
        } catch (RuntimeException e) {
            giveBack(Optional.of(Failures.coded(e, "Keeping " + name(current) + " alive")));
        }
    }

    private void open(Command.Read read) {
        split = read.split();
        streams = read.streams();
        Optional<Position> from = place.begin(split, read.starts());
        progressed = false;
        acknowledged = Optional.empty();
        handover = read.handover();
        MDC.put("stream", LogScope.name(streams));
        MDC.put("epoch", Long.toString(flow.epochOf(cut)));
        parts.opened(split, from);
        if (streams.stream().allMatch(flow::isParked)) {
            giveBack(Optional.empty());
            return;
        }
        try {
            SplitReader opened = switch (split.kind()) {
                case PART -> source.open(split, from);
                case LOG -> source.openLog(split, read.starts());
            };
            reader = opened;
            lastKeepAlive = System.nanoTime();
            read.committed().ifPresent(opened::acknowledge);
            acknowledged = read.committed();
        } catch (RuntimeException e) {
            giveBack(Optional.of(Failures.coded(e, "Opening " + name(read.split()))));
        }
    }

    private void step() throws InterruptedException {
        Split current = current();
        if (streams.stream().allMatch(flow::isParked) || streams.stream().anyMatch(flow::isLimited) && mayCut()) {
            giveBack(Optional.empty());
            return;
        }
        try {
            // A cut that waits for the rest of a transaction is what room would be waited for.
            if (held.isEmpty() && !flow.awaitRoom() || chain.ordered() && !flow.awaitOthers(cut)) {
                keepAlive();
                return;
            }
            if (!reserved.ahead()) {
                return;
            }
            ReadResult result = open().read(System.nanoTime() + READ_NANOS);
            open().failed().forEach(flow::park);
            switch (result) {
                case ReadResult.Data data -> {
                    deliver(data.batch());
                    place.moved(data.moved());
                }
                case ReadResult.Idle idle -> {
                    reserved.giveBack();
                    if (place.moved(idle.moved())) {
                        flow.moved();
                    }
                }
                case ReadResult.End end -> {
                    release();
                    parts.ended(flow.epochOf(cut), end.proof());
                    flow.tell(new Message.Ended(number, cut, current, end.proof(), end.resume(), acknowledged));
                    split = null;
                    MDC.remove("stream");
                    return;
                }
            }
            keepAlive();
        } catch (RuntimeException e) {
            if (split != null) {
                giveBack(Optional.of(Failures.coded(e, "Reading " + name(current))));
            }
        }
    }

    private void deliver(Batch read) throws InterruptedException {
        StreamName stream = read.stream();
        if (flow.isParked(stream)) {
            // Another stream of the split goes on; this one stays where it is.
            read.close();
            reserved.giveBack();
            return;
        }
        long bytes = read.bytes();
        long rows = read.account().in();
        Position after = read.position();
        flow.read(stream, rows, bytes);
        Batch batch = read;
        boolean taken = false;
        boolean begun = false;
        try {
            failpoints.reach("run.after_read");
            RowHash hashSource = hasher.apply(batch);
            RowHash hashOut = hashSource;
            List<BoundTransform> transforms = chain.of(batch);
            if (!transforms.isEmpty()) {
                begun = true;
                for (BoundTransform transform : transforms) {
                    batch = transform.apply(batch);
                }
                hashOut = hasher.apply(batch);
            }
            failpoints.reach("run.after_transform");
            if (!reserved.exactly(bytes)) {
                return;
            }
            reserved.handOver();
            taken = true;
            writes.write(batch, hashSource, hashOut, bytes, handover);
            place.passed(stream, after);
            progressed = true;
            parts.read(stream, rows, bytes, after);
            long now = System.nanoTime();
            notBefore = now + flow.throttle().take(rows, bytes, now);
        } catch (WindrowException e) {
            if (!begun) {
                throw e;
            }
            // What a step remembers of these rows is forgotten only with the attempt: read again in it, they would be
            // taken for repetitions.
            flow.park(stream, e);
        } catch (RuntimeException e) {
            // A transform is pure: it would fail again on the same rows.
            flow.park(stream, Failures.coded(e, "Transforming rows of " + stream));
        } finally {
            if (!taken) {
                batch.close();
            }
        }
        if (limit.isPresent() && flow.counters(stream).rows.get() >= limit.getAsLong()) {
            streams.forEach(flow::limit);
        }
    }

    private boolean waits() {
        keepAlive();
        return !flow.aborted();
    }

    private void keepAlive() {
        SplitReader opened = reader;
        long now = System.nanoTime();
        if (opened != null && now - lastKeepAlive > KEEP_ALIVE_NANOS) {
            lastKeepAlive = now;
            opened.keepAlive();
        }
    }

    private void cut(Command.Cut taken) {
        Optional<Message.ReadUpTo> reading =
                split == null ? Optional.empty() : Optional.of(new Message.ReadUpTo(split, place.now()));
        flow.cutPassed();
        chain.epoch(taken.epoch() + 1);
        parts.cut(taken.epoch());
        writes.cut(taken.cut(), taken.epoch(), reading, handover);
        cut = taken.cut() + 1;
        MDC.put("epoch", Long.toString(taken.epoch() + 1));
    }

    private void acknowledge(Command.Acknowledge acknowledge) {
        SplitReader opened = reader;
        if (split == null || opened == null) {
            return;
        }
        Position committed = acknowledge.positions().get(split.id());
        if (committed != null) {
            try {
                opened.acknowledge(committed);
                acknowledged = Optional.of(committed);
            } catch (RuntimeException e) {
                giveBack(Optional.of(Failures.coded(e, "Acknowledging " + name(split))));
            }
        }
    }

    private void giveBack(Optional<WindrowException> error) {
        if (split == null) {
            return;
        }
        if (error.isPresent() && !mayCut()) {
            // A part of what must not be cut is in the epoch: without the rest it is not committed.
            streams.forEach(stream -> flow.park(stream, error.get()));
        }
        release();
        parts.gaveBack(flow.epochOf(cut), error);
        flow.tell(new Message.GaveBack(number, cut, split, place.now(), progressed, error, acknowledged));
        split = null;
        MDC.remove("stream");
    }

    private void release() {
        reserved.giveBack();
        SplitReader opened = reader;
        reader = null;
        if (opened != null) {
            opened.altered().forEach(flow::altered);
            opened.close();
        }
    }

    private void leave() {
        try {
            release();
            writes.close();
            chain.close();
        } catch (RuntimeException e) {
            flow.tell(new Message.Fatal(e));
        }
    }

    private static String name(Split split) {
        return "split " + split.id() + " of " + LogScope.name(split.streams());
    }

    private Split current() {
        if (split == null) {
            throw new IllegalStateException("No split is being read");
        }
        return split;
    }

    private SplitReader open() {
        SplitReader opened = reader;
        if (opened == null) {
            throw new IllegalStateException("No reader is open");
        }
        return opened;
    }
}
