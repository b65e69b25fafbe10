package io.windrow.connectors.postgres;

import io.windrow.api.batch.Position;
import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.codec.Transaction;
import io.windrow.connectors.postgres.pgoutput.Control;
import io.windrow.connectors.postgres.pgoutput.LogError;
import io.windrow.connectors.postgres.pgoutput.Messages;
import io.windrow.connectors.postgres.pgoutput.PublishedRelation;
import io.windrow.connectors.postgres.pgoutput.Tuple;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the messages of a log say, in the streams' rows, and the place up to which they were said. A stream that cannot take a
 * row is left behind: the others go on. The reader's thread only.
 */
final class LogRows implements Messages, AutoCloseable {
    private final ChangesConfig.OnTruncate onTruncate;
    private final String slot;
    private final InProgress pending;
    private final RangeReader ranges;
    private final Map<StreamName, FollowedStream> streams = new HashMap<>();
    private final Map<StreamName, WindrowException> failed = new HashMap<>();
    private final Map<StreamName, Position> altered = new HashMap<>();
    private final AnnouncedTables tables = new AnnouncedTables(streams);
    private final List<FollowedStream> ofMessages = new ArrayList<>();
    private boolean guessing;
    private String system = "";
    private long timeline;
    /** Everything that ended before it was handed on or is gathered. */
    private long lsn;
    private @Nullable Transaction transaction;
    private long ordinal;
    private long record;
    private long inRecord;
    private boolean gathered;
    private long gatheredSince;
    /** The stream that the message is for. */
    private @Nullable FollowedStream busy;

    LogRows(ChangesConfig.OnTruncate onTruncate, String slot, InProgress pending, RangeReader ranges, long lsn) {
        this.ranges = ranges;
        this.onTruncate = onTruncate;
        this.slot = slot;
        this.pending = pending;
        this.lsn = lsn;
    }

    /** The cluster and the timeline on which positions lie from now on. */
    void on(Timelines timelines) {
        system = timelines.system();
        timeline = timelines.current();
    }

    void follow(FollowedStream stream) {
        streams.put(stream.stream(), stream);
        if (stream.shape().config().isOfMessages()) {
            ofMessages.add(stream);
        }
    }

    Collection<FollowedStream> streams() {
        return streams.values();
    }

    /** Whether messages have to be sent. No place within a transaction holds for them: one that has some must not be cut inside. */
    LogConnection.Beside messages() {
        return ofMessages.isEmpty() ? LogConnection.Beside.NOTHING : LogConnection.Beside.MESSAGES;
    }

    /** The streams that were left behind. */
    Map<StreamName, WindrowException> failed() {
        return failed;
    }

    /** The first rows that do not fit their planned streams. */
    Map<StreamName, Position> altered() {
        return altered;
    }

    /** Leaves a stream behind. */
    void fail(StreamName name, WindrowException why) {
        FollowedStream stream = streams.remove(name);
        if (stream != null) {
            failed.put(name, why);
            tables.leave(stream);
            ofMessages.remove(stream);
            ranges.forget(stream);
            stream.close();
        }
    }

    /** A message could not be taken in: what is wrong with one stream's row, and will be, is that stream's alone. */
    void refused(WindrowException why) {
        FollowedStream stream = busy;
        ErrorKind kind = why.kind();
        TableCopy copy = stream == null ? null : stream.copy();
        boolean own = kind == ErrorKind.DATA || kind == ErrorKind.USER || kind == ErrorKind.EXTERNAL_PERMANENT
                || copy != null && copy.isFailure(why);
        if (stream == null || !own || why.errorCode() == LogError.MESSAGE_UNKNOWN) {
            throw why;
        }
        fail(stream.stream(), why);
    }

    /** Another message comes. A row's place in its transaction is that of its record, and its number within that. */
    void message(byte kind, long at) {
        busy = null;
        switch (kind) {
            case 'I', 'U', 'D', 'T' -> {
                if (at == record) {
                    inRecord++;
                } else {
                    record = at;
                    inRecord = 0;
                }
            }
            default -> {
                // Tells of no row; a table may be announced once or again, so it is not counted.
            }
        }
    }

    /** Whether a row's message fits into its stream's batch, and surely does not end the read. */
    boolean fits(byte[] bytes, int from, int to) {
        if (bytes[from] == 'M') {
            return ofMessages.stream().allMatch(stream -> stream.fits(to - from));
        }
        if (to - from < 5) {
            return true;
        }
        FollowedStream stream = bound(ByteBuffer.wrap(bytes).getInt(from + 1) & 0xFFFF_FFFFL);
        return stream == null || !stream.isUnjudged() && stream.fits(to - from);
    }

    /** Whether the messages to come are of something that was rolled back or may be. */
    void unsure(boolean now) {
        guessing = now;
    }

    boolean inTransaction() {
        return transaction != null;
    }

    /** Whether everything before was said whole, and nothing of what comes. */
    boolean isBetweenTransactions() {
        return transaction == null && pending.replay() == null;
    }

    /** The server says that everything up to here was sent. */
    void alive(long upTo) {
        if (transaction == null && Long.compareUnsigned(upTo, lsn) > 0) {
            lsn = upTo;
        }
    }

    long lsn() {
        return lsn;
    }

    /** Whether rows are gathered, and since when. */
    boolean gathered() {
        return gathered;
    }

    long gatheredSince() {
        return gatheredSince;
    }

    void handedOut() {
        gathered = false;
    }

    /** Behind what was read last. */
    LogPosition position() {
        Transaction open = transaction;
        Map<StreamName, CopyPlace> copies = new HashMap<>();
        streams.forEach((name, stream) -> {
            TableCopy copy = stream.copy();
            if (copy != null) {
                copies.put(name, copy.place());
            }
        });
        return new LogPosition(
                system, timeline, lsn,
                open == null || ordinal == 0
                        ? Optional.empty()
                        : Optional.of(new LogPosition.Inside(open.position(), open.id(), record, inRecord)),
                pending.kept(), copies, ranges.steps());
    }

    @Override
    public void begin(long commitLsn, long commitMicros, long xid) {
        begin(new Transaction(xid, commitLsn, commitMicros));
    }

    private void begin(Transaction next) {
        transaction = next;
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
    public void control(Control what) {
        pending.hear(what);
        InProgress.Replay replay = pending.replay();
        if (replay != null) {
            begin(replay.transaction());
        }
        switch (what) {
            case Control.Prepared prepared -> lsn = prepared.endLsn();
            case Control.PreparedUndone undoing -> lsn = undoing.endLsn();
            case Control.PartBegins ignored -> {}
            case Control.PartEnds ignored -> {}
            case Control.PartsCommitted ignored -> {}
            case Control.PartsUndone ignored -> {}
            case Control.PrepareBegins ignored -> {}
            case Control.PreparedCommitted ignored -> {}
        }
    }

    @Override
    public void relation(PublishedRelation relation) {
        if (guessing) {
            tables.suspect(relation);
            return;
        }
        FollowedStream stream = tables.announce(relation);
        if (stream != null) {
            busy = stream;
            stream.bind(relation, current().position());
        }
    }

    private @Nullable FollowedStream bound(long relation) {
        PublishedRelation announced = tables.suspected(relation);
        if (announced != null) {
            relation(announced);
        }
        return tables.stream(relation);
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
        // Nobody can tell a change of key of a table that is not followed: each with an old row takes the places of two.
        int places = old.isPresent() ? 2 : 1;
        FollowedStream stream = next(relation, places);
        if (stream == null) {
            return;
        }
        if (old.isPresent() && stream.movesKey(old.get(), image, row)) {
            stream.move(current(), ordinal - places, old.get(), image, row);
        } else {
            stream.update(current(), ordinal - places, old, image, row);
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
            if (stream != null && onTruncate == ChangesConfig.OnTruncate.STOP) {
                refused(WindrowException.of(
                        LogError.TRUNCATED,
                        "Reading the changes of " + stream.stream() + ": transaction " + current().id() + " emptied it"));
            } else if (stream != null) {
                stream.truncate(current(), ordinal - 1);
            }
        }
    }

    /** The stream that a row is for; null if nobody reads it, or had it before. */
    private @Nullable FollowedStream next(long relation, int rows) {
        ordinal += rows;
        FollowedStream stream = bound(relation);
        if (stream == null) {
            if (!tables.isOther(relation)) {
                throw WindrowException.of(
                        LogError.MESSAGE_UNKNOWN,
                        "Reading the slot " + slot + ": a row of the unannounced table " + relation);
            }
            expectNoNamesake(relation);
            return null;
        }
        if (stream.passesOver(current(), record, inRecord)) {
            return null;
        }
        busy = stream;
        try {
            stream.judge(current());
        } catch (WindrowException e) {
            altered.put(stream.stream(), LogPosition.ofChange(current(), record, inRecord));
            throw e;
        }
        gathers();
        return stream;
    }

    private void gathers() {
        if (!gathered) {
            gathered = true;
            gatheredSince = System.nanoTime();
        }
    }

    /**
     * Of its own it is like a transaction with one row, which lies within its record: the log says where that ends, and another may
     * begin there. In a transaction it has no place of its own: the server puts it before or behind a row that begins there.
     */
    @Override
    public void message(String prefix, long end, Belonging belonging, Tuple cells) {
        if ((belonging == Belonging.TRANSACTION) != inTransaction()) {
            throw WindrowException.of(
                    LogError.MESSAGE_UNKNOWN, "Reading the slot " + slot + ": a message " + (inTransaction() ? "within" : "outside") + " a transaction");
        }
        if (belonging == Belonging.NOTHING) {
            begin(Transaction.none(end - 1));
        }
        ordinal++;
        for (FollowedStream stream : List.copyOf(ofMessages)) {
            if (stream.shape().config().hasMessages(prefix) && !stream.passesOver(current(), record, inRecord)) {
                busy = stream;
                gathers();
                try {
                    stream.insert(current(), ordinal - 1, cells);
                } catch (WindrowException e) {
                    // The other streams of messages get it all the same.
                    refused(e);
                }
            }
        }
        if (belonging == Belonging.NOTHING) {
            commit(end);
        }
    }

    private void expectNoNamesake(long relation) {
        PublishedRelation other = tables.namesake(relation);
        FollowedStream stream = other == null ? null : streams.get(other.name());
        if (other != null && stream != null) {
            busy = stream;
            stream.expectEarlier(current(), record, inRecord, other);
        }
    }

    private Transaction current() {
        Transaction open = transaction;
        if (open == null) {
            throw WindrowException.of(
                    LogError.MESSAGE_UNKNOWN, "Reading the slot " + slot + ": a row outside a transaction");
        }
        return open;
    }

    @Override
    public void close() {
        streams.values().forEach(FollowedStream::close);
    }
}
