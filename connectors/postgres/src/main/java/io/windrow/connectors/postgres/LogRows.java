package io.windrow.connectors.postgres;

import io.windrow.api.batch.Position;
import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.codec.Transaction;
import io.windrow.connectors.postgres.pgoutput.Control;
import io.windrow.connectors.postgres.pgoutput.LogError;
import io.windrow.connectors.postgres.pgoutput.MessageReader;
import io.windrow.connectors.postgres.pgoutput.Messages;
import io.windrow.connectors.postgres.pgoutput.PublishedRelation;
import io.windrow.connectors.postgres.pgoutput.Tuple;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the messages of a log say, in the streams' rows, and the place up to which they were said. A stream that cannot take a
 * row is left behind: the others go on. The reader's thread only.
 */
final class LogRows implements Messages {
    private final ChangesConfig config;
    private final String slot;
    private final InProgress pending;
    private final RangeReader ranges;
    private final FollowedStreams streams;
    private final AnnouncedTables tables;
    private final Map<StreamName, Position> altered = new HashMap<>();
    private boolean guessing;
    private String system = "";
    private long timeline;
    private final LogPlace here;
    /** In front of the message that is taken in; of the whole transaction, if nothing goes on inside one. */
    private final LogPlace front;
    private boolean gathered;
    private long gatheredSince;
    /** So much memory may be gathered for all streams together, in bytes. */
    private final long room;
    private long held;
    /** Of that what the message's stream held in front of it. */
    private long heldBefore;
    /** The stream that the message is for. */
    private @Nullable FollowedStream busy;

    LogRows(ChangesConfig config, String slot, InProgress pending, RangeReader ranges, FollowedStreams streams, long lsn, long room) {
        this.room = room;
        this.streams = streams;
        this.tables = streams.tables();
        this.ranges = ranges;
        this.config = config;
        this.slot = slot;
        this.pending = pending;
        this.here = new LogPlace(lsn);
        this.front = new LogPlace(lsn);
    }

    /** The cluster and the timeline on which positions lie from now on. */
    void on(Timelines timelines) {
        system = timelines.system();
        timeline = timelines.current();
    }

    /** Whether messages have to be sent. */
    LogConnection.Beside messages() {
        return streams.ofMessages().isEmpty() ? LogConnection.Beside.NOTHING : LogConnection.Beside.MESSAGES;
    }

    /** Whether a transaction is not cut inside: so it is configured, or it may have messages, for which no place inside holds. */
    boolean isWhole() {
        return config.cut() == ChangesConfig.Cut.TRANSACTION_END || streams.hasMessages();
    }

    /** The first rows that do not fit their planned streams. */
    Map<StreamName, Position> altered() {
        return altered;
    }

    /**
     * A message could not be taken in: what is wrong with one stream's row, and will be, is that stream's alone. What it took
     * in front of that is handed out before it is left behind.
     */
    void refused(WindrowException why) {
        FollowedStream stream = busy;
        boolean own = why.kind() == ErrorKind.DATA || why.kind() == ErrorKind.USER || why.kind() == ErrorKind.EXTERNAL_PERMANENT
                || why.errorCode() == PostgresError.ROW_TOO_LARGE || stream != null && stream.reread().isFailure(why);
        if (stream == null || !own || why.errorCode() == LogError.MESSAGE_UNKNOWN) {
            throw why;
        }
        Optional<WindrowException> altered = stream.altered(why);
        streams.stop(stream, altered.orElse(why), position(front));
        if (altered.isPresent()) {
            this.altered.put(stream.stream(), LogPosition.ofChange(current(), here.record(), here.inRecord()));
            throw altered.get();
        }
    }

    /** Another message comes. */
    void message(byte kind, long at) {
        settle();
        busy = null;
        if (!isWhole() || !inTransaction()) {
            front.set(here);
        }
        switch (kind) {
            case 'I', 'U', 'D', 'T', MessageReader.OVERSIZE -> here.row(at);
            default -> {} // Tells of no row; a table may be announced once or again, so it is not counted.
        }
    }

    /** Whether a row's message fits into its stream's batch and beside those of the others, and surely does not end the read. */
    boolean fits(byte[] bytes, int from, int to) {
        settle();
        if (bytes[from] == 'M') {
            return streams.ofMessages().stream().allMatch(stream -> stream.fits(to - from, room - held));
        }
        if (to - from < 5) {
            return true;
        }
        FollowedStream stream = bound(ByteBuffer.wrap(bytes).getInt(from + 1) & 0xFFFF_FFFFL);
        return stream == null || !stream.isUnjudged() && stream.fits(to - from, room - held);
    }

    /** Whether the messages to come are of something that was rolled back or may be. */
    void unsure(boolean now) {
        guessing = now;
    }

    boolean inTransaction() {
        return here.transaction() != null;
    }

    /** Whether everything before was said whole, and nothing of what comes. */
    boolean isBetweenTransactions() {
        return !inTransaction() && pending.replay() == null;
    }

    /** The server says that everything up to here was sent. */
    void alive(long upTo) {
        if (!inTransaction() && Long.compareUnsigned(upTo, here.lsn()) > 0) {
            here.reach(upTo);
        }
    }

    /** Everything that ended before it was handed on or is gathered. */
    long lsn() {
        return here.lsn();
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
        busy = null;
        held = 0;
        front.set(here);
    }

    /** Behind what was read last. */
    LogPosition position() {
        return position(here);
    }

    private LogPosition position(LogPlace at) {
        return new LogPosition(
                system, timeline, at.lsn(), at.inside(), pending.kept(), streams.copies(), streams.repairs(), ranges.steps());
    }

    @Override
    public void begin(long commitLsn, long commitMicros, long xid) {
        begin(new Transaction(xid, commitLsn, commitMicros));
    }

    private void begin(Transaction next) {
        here.begin(next);
        if (isWhole()) {
            streams.all().forEach(FollowedStream::mark);
        }
    }

    @Override
    public void commit(long endLsn) {
        here.end(endLsn);
    }

    @Override
    public void control(Control what) {
        pending.hear(what);
        InProgress.Replay replay = pending.replay();
        if (replay != null) {
            begin(replay.transaction());
        }
        switch (what) {
            case Control.Prepared prepared -> here.reach(prepared.endLsn());
            case Control.PreparedUndone undoing -> here.reach(undoing.endLsn());
            default -> {} // The others stand at no place of their own.
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
            takesFrom(stream);
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
            stream.insert(current(), here.ordinal() - 1, row);
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
            stream.move(current(), here.ordinal() - places, old.get(), image, row);
        } else {
            stream.update(current(), here.ordinal() - places, old, image, row);
        }
    }

    @Override
    public void delete(long relation, Tuple old, Image image) {
        FollowedStream stream = next(relation, 1);
        if (stream != null) {
            stream.delete(current(), here.ordinal() - 1, old, image);
        }
    }

    @Override
    public void oversize(long relation, String size) {
        FollowedStream stream = next(relation, 1);
        if (stream != null) {
            throw stream.tooLarge(current(), size);
        }
    }

    @Override
    public void truncate(List<Long> relations) {
        for (long relation : relations) {
            try {
                truncate(next(relation, 1));
            } catch (WindrowException e) {
                // The other tables that it names are emptied all the same.
                refused(e);
            }
        }
    }

    private void truncate(@Nullable FollowedStream stream) {
        if (stream != null && !stream.isEmptiedBeforeCopy(current())) {
            if (config.onTruncate() == ChangesConfig.OnTruncate.STOP) {
                throw WindrowException.of(
                        LogError.TRUNCATED, "Reading the changes of " + stream.stream() + ": transaction " + current().id() + " emptied it");
            }
            stream.truncate(current(), here.ordinal() - 1);
        }
    }

    /** The stream that a row is for; null if nobody reads it, or had it before. */
    private @Nullable FollowedStream next(long relation, int rows) {
        here.takes(rows);
        FollowedStream stream = bound(relation);
        if (stream == null) {
            if (!tables.isOther(relation)) {
                throw unknown("a row of the unannounced table " + relation);
            }
            expectNoNamesake(relation);
            return null;
        }
        if (stream.passesOver(current(), here.record(), here.inRecord())) {
            return null;
        }
        takesFrom(stream);
        try {
            stream.judge(current());
        } catch (WindrowException e) {
            altered.put(stream.stream(), LogPosition.ofChange(current(), here.record(), here.inRecord()));
            throw e;
        }
        gathers();
        return stream;
    }

    /** The message is for a stream. */
    private void takesFrom(FollowedStream stream) {
        settle();
        busy = stream;
        heldBefore = stream.held();
        if (!isWhole()) {
            stream.mark();
        }
    }

    /** Counts what the message's stream holds since then. */
    private void settle() {
        FollowedStream stream = busy;
        if (stream != null) {
            held += stream.held() - heldBefore;
            heldBefore = stream.held();
        }
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
            throw unknown("a message " + (inTransaction() ? "within" : "outside") + " a transaction");
        }
        if (belonging == Belonging.NOTHING) {
            begin(Transaction.none(end - 1));
        }
        here.takes(1);
        for (FollowedStream stream : List.copyOf(streams.ofMessages())) {
            if (stream.shape().config().hasMessages(prefix) && !stream.passesOver(current(), here.record(), here.inRecord())) {
                takesFrom(stream);
                gathers();
                try {
                    stream.insert(current(), here.ordinal() - 1, cells);
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
        FollowedStream stream = other == null ? null : streams.named(other.name());
        if (other != null && stream != null) {
            takesFrom(stream);
            stream.expectEarlier(current(), here.record(), here.inRecord(), other);
        }
    }

    private Transaction current() {
        Transaction open = here.transaction();
        if (open == null) {
            throw unknown("a row outside a transaction");
        }
        return open;
    }

    private WindrowException unknown(String what) {
        return WindrowException.of(LogError.MESSAGE_UNKNOWN, "Reading the slot " + slot + ": " + what);
    }
}
