package io.windrow.connectors.postgres;

import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.SplitReader;
import io.windrow.connectors.postgres.pgoutput.MessageReader;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads a replication slot: transactions in the order of their commits, each whole. Rows of several streams are gathered
 * side by side and handed out together, so that the place behind the last of them holds for all.
 */
final class LogReader implements SplitReader {
    /** Rows wait so long for more of them, so that a slow log does not make a batch of each row. */
    private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long MOVED_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** The server is asked so often how far it is while a copied range waits for that. */
    private static final long ASK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** Of the run's memory this part is gathered at most: what grows is copied, and what was handed on is still there. */
    private static final int MEMORY_SHARE = 8;

    private final PostgresSource source;
    private final Context context;
    private final LogSplit split;
    private final LogStart start;
    private final ArrayDeque<ReadResult> ready = new ArrayDeque<>();
    private final InProgress pending;
    private final RangeReader ranges;
    private final FollowedStreams streams;
    private final LogRows rows;
    private final MessageReader messages;
    private volatile @Nullable LogConnection log;
    private long released;
    private LogPosition told;
    private long toldAt = System.nanoTime();
    /** Whether a part of a transaction was handed out, and the rest was not. */
    private boolean partial;
    private boolean ended;
    /** Why nothing more is read once what is ready was handed out. */
    private @Nullable WindrowException failure;

    LogReader(PostgresSource source, Context context, LogSplit split, Map<StreamName, Position> starts) {
        this.source = source;
        this.context = context;
        this.split = split;
        ChangesConfig config = source.config().following();
        Map<StreamName, LogPosition> from = new HashMap<>();
        starts.forEach((stream, position) -> from.put(stream, LogPosition.of(position)));
        this.told = from.values().stream()
                .min((one, other) -> Long.compareUnsigned(one.readFrom(), other.readFrom()))
                .orElseThrow(() -> WindrowException.of(
                        PostgresError.PLANNER_MISUSED, "Opening the slot " + split.slot() + ": no stream reads it"));
        this.partial = from.values().stream().anyMatch(one -> one.inside().isPresent());
        this.pending = new InProgress(new SpillSpace(context.temporaryFolder(), config.spillLimit().bytes()));
        this.ranges = new RangeReader(source, context, this::report);
        this.streams = new FollowedStreams(ranges);
        this.rows = new LogRows(
                config, split.slot(), pending, ranges, streams, told.readFrom(), context.allocator().getLimit() / MEMORY_SHARE);
        this.messages = new MessageReader(rows);
        this.start = new LogStart(source, context, split, from, rows, streams);
    }

    @Override
    public ReadResult read(long deadlineNanos) {
        if (!ready.isEmpty()) {
            return ready.poll();
        }
        if (failure != null) {
            throw failure;
        }
        streams.leave();
        source.watch().expectAllowed();
        try {
            LogConnection open = opened();
            if (!open.isStarted() && !start.begins(open, deadlineNanos)) {
                return new ReadResult.Idle();
            }
            while (ready.isEmpty()) {
                if (rows.isBetweenTransactions() && ranges.isDue(rows.lsn())) {
                    if (rows.gathered()) {
                        hand();
                    } else if (!copied(deadlineNanos) && ranges.isReading()) {
                        return idle();
                    }
                    continue;
                }
                InProgress.Replay replay = pending.replay();
                boolean silent = false;
                if (replay != null) {
                    replay(replay);
                } else {
                    silent = !receive(open, deadlineNanos);
                }
                if (streams.areLeaving()) {
                    continue;
                }
                long now = System.nanoTime();
                boolean late = now - deadlineNanos >= 0;
                if (rows.gathered() && (silent || late && now - rows.gatheredSince() > GATHER_NANOS)) {
                    hand();
                }
                if (partial && rows.isWhole() && !rows.inTransaction()) {
                    transactionEnds();
                }
                if (isAtEnd()) {
                    hand();
                    ready.add(end());
                } else if (silent && !late && ranges.waitsForLog()) {
                    report();
                    ranges.awaitLog();
                } else if ((silent || late) && !rows.gathered() && ready.isEmpty()) {
                    return idle();
                }
            }
            return ready.poll();
        } catch (SQLException e) {
            source.watch().expectAllowed();
            throw LogFailures.coded("Reading the slot " + split.slot(), e);
        } catch (OutOfMemoryError e) {
            throw WindrowException.of(
                    PostgresError.ROW_TOO_LARGE,
                    "Reading the slot " + split.slot() + ": the heap of " + Runtime.getRuntime().maxMemory() + " bytes does not hold a change");
        } catch (IOException e) {
            source.watch().expectAllowed();
            throw WindrowException.of(
                    PostgresError.CONNECTION_LOST, "Reading the slot " + split.slot() + ": " + e.getMessage());
        }
    }

    /** Reads on in the range of keys that is due; false: nothing has come. A copy that fails stops its own stream. */
    private boolean copied(long deadlineNanos) {
        ReadResult result;
        try {
            result = ranges.read(rows.lsn(), deadlineNanos);
        } catch (WindrowException e) {
            streams.fail(ranges.reading().orElseThrow(() -> e).stream(), e);
            return false;
        }
        switch (result) {
            case ReadResult.Data data -> {
                LogPosition now = rows.position();
                Position own = now.forOnly(data.batch().stream()).toPosition();
                ready.add(new ReadResult.Data(data.batch().release().at(own).batch(), Optional.of(now.toPosition())));
                tell(now);
                return true;
            }
            case ReadResult.End ignored -> {
                return true;
            }
            case ReadResult.Idle ignored -> {
                return false;
            }
        }
    }

    /** The log's connection, on which it may still have to be asked for. */
    private LogConnection opened() throws SQLException {
        LogConnection open = log;
        if (open == null) {
            open = start.open();
            log = open;
            start.prepare(open);
        }
        return open;
    }

    /** Takes in what comes next; false: nothing has come in time. */
    private boolean receive(LogConnection open, long deadlineNanos) throws SQLException, IOException {
        long until = rows.gathered() ? Math.min(deadlineNanos, rows.gatheredSince() + GATHER_NANOS) : deadlineNanos;
        switch (open.next(ranges.waitsForLog() ? Math.min(until, System.nanoTime() + ASK_NANOS) : until)) {
            case MESSAGE -> take(open.lsn(), open.bytes(), open.from(), open.to());
            case BEGINNING -> {
                String size = open.size();
                byte[] instead = MessageReader.oversize(open.bytes(), open.from(), open.to(), pending.head(), size)
                        .orElseThrow(() -> WindrowException.of(
                                PostgresError.ROW_TOO_LARGE, "Reading the slot " + split.slot() + ": a message of " + size));
                take(open.lsn(), instead, 0, instead.length);
            }
            case ALIVE -> {
                rows.alive(open.lsn());
                if (open.asksBack()) {
                    report();
                }
            }
            case NOTHING -> {
                return false;
            }
        }
        return true;
    }

    private void take(long at, byte[] bytes, int from, int to) {
        byte kind = to > from ? bytes[from] : 0;
        if (!pending.takes(kind)) {
            message(kind, at, bytes, from, to);
            return;
        }
        pending.put(at, bytes, from, to);
        if (kind == 'R' && pending.announces()) {
            announce(at, bytes, from, to);
        }
    }

    /** Takes in what comes next of a transaction that was put aside and is committed now. */
    private void replay(InProgress.Replay replay) {
        if (!replay.next()) {
            pending.replayed();
            rows.commit(replay.endLsn());
            return;
        }
        byte kind = replay.bytes()[0];
        if (!replay.isUndone()) {
            message(kind, replay.lsn(), replay.bytes(), 0, replay.length());
        } else if (kind == 'R') {
            announce(replay.lsn(), replay.bytes(), 0, replay.length());
        }
    }

    /** Takes in how a table looks to somebody who may have rolled that back, or may still. */
    private void announce(long at, byte[] bytes, int from, int to) {
        rows.unsure(true);
        message((byte) 'R', at, bytes, from, to);
        rows.unsure(false);
    }

    private void message(byte kind, long at, byte[] bytes, int from, int to) {
        switch (kind) {
            case 'I', 'U', 'D', 'M' -> {
                if (rows.gathered() && !rows.fits(bytes, from, to)) {
                    hand();
                }
            }
            case 'T' -> hand();
            default -> {} // Holds no row.
        }
        rows.message(kind, at);
        try {
            messages.read(bytes, from, to);
        } catch (WindrowException e) {
            refused(e);
        }
        if (streams.areLeaving()) {
            hand();
            if (ready.isEmpty() && failure != null) {
                throw failure;
            } else if (ready.isEmpty()) {
                streams.leave();
            }
        }
    }

    /** What ends the read for all streams ends it behind what was gathered in front of it. */
    private void refused(WindrowException why) {
        try {
            rows.refused(why);
        } catch (WindrowException all) {
            if (ready.isEmpty() && !streams.areLeaving()) {
                throw all;
            }
            failure = all;
        }
    }

    private boolean isAtEnd() {
        return !ended && !rows.inTransaction() && ranges.finished() && split.until().isPresent()
                && Long.compareUnsigned(rows.lsn(), split.until().getAsLong()) >= 0;
    }

    private ReadResult end() {
        ended = true;
        return new ReadResult.End(split.reached(rows.lsn()), Optional.of(rows.position().toPosition()));
    }

    private ReadResult idle() {
        LogPosition now = rows.position();
        if (now.equals(told) || System.nanoTime() - toldAt < MOVED_NANOS) {
            return new ReadResult.Idle();
        }
        tell(now);
        return new ReadResult.Idle(Optional.of(now.toPosition()));
    }

    private void tell(LogPosition now) {
        told = now;
        toldAt = System.nanoTime();
        partial = now.inside().isPresent();
    }

    /** Hands out what was gathered; with the last batch, all streams have everything up to here. */
    private void hand() {
        if (!rows.gathered()) {
            return;
        }
        rows.handedOut();
        ranges.settle();
        LogPosition now = rows.position();
        Position here = now.toPosition();
        List<FollowedStream> full = streams.all().stream().filter(FollowedStream::hasNews).toList();
        for (int i = 0; i < full.size(); i++) {
            // A stream that is being left behind must not come to the place of the others.
            Optional<Position> moved = i == full.size() - 1 && !streams.areLeaving() ? Optional.of(here) : Optional.empty();
            ready.add(new ReadResult.Data(full.get(i).take(streams.position(full.get(i), now).toPosition()), moved));
        }
        tell(now);
    }

    /** A part of the transaction that has ended was handed out before: the rest follows at once, so that a cut may come. */
    private void transactionEnds() {
        if (rows.gathered()) {
            hand();
        } else {
            LogPosition now = rows.position();
            tell(now);
            ready.add(new ReadResult.Idle(Optional.of(now.toPosition())));
        }
    }

    @Override
    public boolean mayCut() {
        return !rows.isWhole() || ready.isEmpty() && !partial;
    }

    @Override
    public Map<StreamName, WindrowException> failed() {
        source.watch().failed().forEach(streams::fail);
        return streams.failed();
    }

    @Override
    public Map<StreamName, Position> altered() {
        return rows.altered();
    }

    @Override
    public void acknowledge(Position position) {
        long upTo = LogPosition.of(position).readFrom();
        if (Long.compareUnsigned(upTo, released) > 0) {
            released = upTo;
            report();
        }
    }

    @Override
    public void keepAlive() {
        source.watch().expectAllowed();
        report();
    }

    private void report() {
        LogConnection open = log;
        if (open != null && open.isStarted() && !ended) {
            try {
                long received = rows.lsn();
                open.report(Long.compareUnsigned(received, released) > 0 ? received : released, released);
            } catch (SQLException e) {
                throw LogFailures.coded("Reporting to the slot " + split.slot(), e);
            }
        }
    }

    @Override
    public void wakeUp() {
        LogConnection open = log;
        if (open != null) {
            open.wakeUp();
        }
        ranges.wakeUp();
    }

    @Override
    public void close() {
        ready.forEach(result -> {
            if (result instanceof ReadResult.Data data) {
                data.batch().close();
            }
        });
        ready.clear();
        streams.close();
        ranges.close();
        pending.close();
        LogConnection open = log;
        log = null;
        if (open != null) {
            open.close();
        }
    }
}
