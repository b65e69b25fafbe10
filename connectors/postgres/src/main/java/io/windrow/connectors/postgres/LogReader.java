package io.windrow.connectors.postgres;

import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.SplitReader;
import io.windrow.connectors.postgres.codec.Transaction;
import io.windrow.connectors.postgres.pgoutput.LogError;
import io.windrow.connectors.postgres.pgoutput.Lsn;
import io.windrow.connectors.postgres.pgoutput.MessageReader;
import io.windrow.connectors.postgres.pgoutput.Messages;
import io.windrow.connectors.postgres.pgoutput.PublishedRelation;
import io.windrow.connectors.postgres.pgoutput.Tuple;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    private final PostgresSource source;
    private final Context context;
    private final LogSplit split;
    private final Map<StreamName, LogPosition> starts = new HashMap<>();
    private final Map<StreamName, FollowedStream> streams = new HashMap<>();
    private final Map<Long, FollowedStream> byRelation = new HashMap<>();
    private final Set<Long> others = new HashSet<>();
    private final ArrayDeque<ReadResult> ready = new ArrayDeque<>();
    private final MessageReader messages = new MessageReader(new Rows());
    private @Nullable LogConnection log;
    private String system = "";
    private long timeline;
    /** Everything that ended before it was handed on or is gathered. */
    private long lsn;
    private @Nullable Transaction transaction;
    private long ordinal;
    private long record;
    private long inRecord;
    private long gatheredSince;
    private boolean gathered;
    private long released;
    private LogPosition told;
    private long toldAt = System.nanoTime();
    private boolean ended;

    LogReader(PostgresSource source, Context context, LogSplit split, Map<StreamName, Position> starts) {
        this.source = source;
        this.context = context;
        this.split = split;
        starts.forEach((stream, position) -> this.starts.put(stream, LogPosition.of(position)));
        LogPosition lowest = this.starts.values().stream()
                .min((one, other) -> Long.compareUnsigned(one.lsn(), other.lsn()))
                .orElseThrow(() -> WindrowException.of(
                        PostgresError.PLANNER_MISUSED, "Opening the slot " + split.slot() + ": no stream reads it"));
        this.lsn = lowest.lsn();
        this.told = lowest;
    }

    @Override
    public ReadResult read(long deadlineNanos) {
        if (!ready.isEmpty()) {
            return ready.poll();
        }
        try {
            LogConnection open = opened();
            while (ready.isEmpty()) {
                long wait = gathered ? Math.min(deadlineNanos, gatheredSince + GATHER_NANOS) : deadlineNanos;
                switch (open.next(wait)) {
                    case MESSAGE -> message(open);
                    case ALIVE -> {
                        if (transaction == null && Long.compareUnsigned(open.lsn(), lsn) > 0) {
                            lsn = open.lsn();
                        }
                    }
                    case NOTHING -> {
                        if (gathered) {
                            hand();
                        } else {
                            return idle();
                        }
                    }
                }
                long now = System.nanoTime();
                if (gathered && now - gatheredSince > GATHER_NANOS && now - deadlineNanos >= 0) {
                    hand();
                }
                if (isAtEnd()) {
                    hand();
                    ready.add(end());
                } else if (!gathered && now - deadlineNanos >= 0 && ready.isEmpty()) {
                    return idle();
                }
            }
            return ready.poll();
        } catch (SQLException e) {
            throw LogFailures.coded("Reading the slot " + split.slot(), e);
        } catch (IOException e) {
            throw WindrowException.of(
                    PostgresError.CONNECTION_LOST, "Reading the slot " + split.slot() + ": " + e.getMessage());
        }
    }

    private LogConnection opened() throws SQLException, IOException {
        LogConnection open = log;
        if (open != null) {
            return open;
        }
        open = LogConnection.open(source);
        log = open;
        List<@Nullable String> identity = open.command("IDENTIFY_SYSTEM");
        system = String.valueOf(identity.get(0));
        timeline = Long.parseLong(String.valueOf(identity.get(1)));
        try (Session session = Session.open(source.address(), source.config())) {
            session.begin(null);
            for (Map.Entry<StreamName, LogPosition> start : starts.entrySet()) {
                LogFailures.expectSame(start.getKey(), start.getValue(), system, timeline);
                streams.put(start.getKey(), new FollowedStream(
                        source, source.shape(start.getKey(), session), start.getValue(), context));
            }
        }
        long memory = context.allocator().getLimit();
        open.largestRow(Math.min(memory - memory / 8, Runtime.getRuntime().maxMemory() / 3));
        context.failpoints().reach("postgres.before_log");
        open.start(split, lsn);
        return open;
    }

    private void message(LogConnection open) {
        byte kind = open.to() > open.from() ? open.bytes()[open.from()] : 0;
        switch (kind) {
            case 'I', 'U', 'D' -> {
                if (gathered && !fits(open)) {
                    hand();
                }
                row(open.lsn());
            }
            case 'T' -> {
                hand();
                row(open.lsn());
            }
            default -> {
                // Tells of no row; a table may be announced once or again, so it is not counted.
            }
        }
        messages.read(open.bytes(), open.from(), open.to());
    }

    private boolean fits(LogConnection open) {
        int length = open.to() - open.from();
        if (length < 5) {
            return true;
        }
        FollowedStream stream = byRelation.get(ByteBuffer.wrap(open.bytes()).getInt(open.from() + 1) & 0xFFFF_FFFFL);
        return stream == null || stream.fits(length);
    }

    /** A row's place in its transaction is that of its record, and its number within that. */
    private void row(long at) {
        if (at == record) {
            inRecord++;
        } else {
            record = at;
            inRecord = 0;
        }
    }

    private boolean isAtEnd() {
        return !ended && transaction == null && split.until().isPresent()
                && Long.compareUnsigned(lsn, split.until().getAsLong()) >= 0;
    }

    private ReadResult end() {
        ended = true;
        return new ReadResult.End(
                new EndProof("reached_position", -1, "the log's end at the start, " + Lsn.text(split.until().orElse(lsn))
                        + ", is reached at " + Lsn.text(lsn)),
                Optional.of(position().toPosition()));
    }

    private ReadResult idle() {
        LogPosition now = position();
        if (now.equals(told) || System.nanoTime() - toldAt < MOVED_NANOS) {
            return new ReadResult.Idle();
        }
        told = now;
        toldAt = System.nanoTime();
        return new ReadResult.Idle(Optional.of(now.toPosition()));
    }

    /** Hands out what was gathered; with the last batch, all streams have everything up to here. */
    private void hand() {
        if (!gathered) {
            return;
        }
        gathered = false;
        LogPosition now = position();
        Position here = now.toPosition();
        List<FollowedStream> full = streams.values().stream().filter(stream -> stream.rows() > 0).toList();
        for (int i = 0; i < full.size(); i++) {
            Optional<Position> moved = i == full.size() - 1 ? Optional.of(here) : Optional.empty();
            ready.add(new ReadResult.Data(full.get(i).take(here), moved));
        }
        told = now;
        toldAt = System.nanoTime();
    }

    /** Behind what was read last. */
    private LogPosition position() {
        Transaction open = transaction;
        return new LogPosition(system, timeline, lsn, open == null || ordinal == 0
                ? Optional.empty()
                : Optional.of(new LogPosition.Inside(open.position(), open.id(), record, inRecord)));
    }

    /** What the messages say, in the stream's rows. */
    private final class Rows implements Messages {
        @Override
        public void begin(long commitLsn, long commitMicros, long xid) {
            transaction = new Transaction(xid, commitLsn, commitMicros);
            ordinal = 0;
            record = 0;
            inRecord = 0;
        }

        @Override
        public void commit(long endLsn) {
            transaction = null;
            lsn = endLsn;
        }

        @Override
        public void relation(PublishedRelation relation) {
            FollowedStream stream = streams.get(relation.name());
            if (stream == null) {
                // Another pipeline's table, or one that this run leaves alone.
                byRelation.remove(relation.oid());
                others.add(relation.oid());
                return;
            }
            others.remove(relation.oid());
            byRelation.put(relation.oid(), stream);
            stream.bind(relation);
        }

        @Override
        public void insert(long relation, Tuple row) {
            FollowedStream stream = next(relation, 1);
            if (stream != null) {
                stream.insert(current(), ordinal - 1, row);
            }
        }

        @Override
        public void update(long relation, Optional<Tuple> old, Image image, Tuple row) {
            FollowedStream bound = byRelation.get(relation);
            boolean moves = bound != null && old.isPresent() && bound.movesKey(old.get(), image, row);
            FollowedStream stream = next(relation, moves ? 2 : 1);
            if (stream == null) {
                return;
            }
            if (moves) {
                stream.move(current(), ordinal - 2, old.get(), image, row);
            } else {
                stream.update(current(), ordinal - 1, old, image, row);
            }
        }

        @Override
        public void delete(long relation, Tuple old, Image image) {
            FollowedStream stream = next(relation, 1);
            if (stream != null) {
                stream.delete(current(), ordinal - 1, old, image);
            }
        }

        @Override
        public void truncate(List<Long> relations) {
            for (long relation : relations) {
                FollowedStream stream = next(relation, 1);
                if (stream != null) {
                    if (source.config().following().onTruncate() == ChangesConfig.OnTruncate.STOP) {
                        throw WindrowException.of(
                                LogError.TRUNCATED,
                                "Reading the changes of " + stream.stream() + ": transaction " + current().id() + " emptied it");
                    }
                    stream.truncate(current(), ordinal - 1);
                }
            }
        }

        /** The stream that a row is for; null if nobody reads it, or had it before. */
        private @Nullable FollowedStream next(long relation, int rows) {
            ordinal += rows;
            FollowedStream stream = byRelation.get(relation);
            if (stream == null) {
                if (!others.contains(relation)) {
                    throw WindrowException.of(
                            LogError.MESSAGE_UNKNOWN,
                            "Reading the slot " + split.slot() + ": a row of the unannounced table " + relation);
                }
                return null;
            }
            if (stream.passesOver(current(), record, inRecord)) {
                return null;
            }
            if (!gathered) {
                gathered = true;
                gatheredSince = System.nanoTime();
            }
            return stream;
        }

        private Transaction current() {
            Transaction open = transaction;
            if (open == null) {
                throw WindrowException.of(
                        LogError.MESSAGE_UNKNOWN, "Reading the slot " + split.slot() + ": a row outside a transaction");
            }
            return open;
        }
    }

    @Override
    public void acknowledge(Position position) {
        LogPosition upTo = LogPosition.of(position);
        if (Long.compareUnsigned(upTo.lsn(), released) > 0) {
            released = upTo.lsn();
            report();
        }
    }

    @Override
    public void keepAlive() {
        report();
    }

    private void report() {
        LogConnection open = log;
        if (open != null && !ended) {
            try {
                open.report(Math.max(lsn, released), released);
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
    }

    @Override
    public void close() {
        ready.forEach(result -> {
            if (result instanceof ReadResult.Data data) {
                data.batch().close();
            }
        });
        ready.clear();
        streams.values().forEach(FollowedStream::close);
        LogConnection open = log;
        log = null;
        if (open != null) {
            open.close();
        }
    }
}
