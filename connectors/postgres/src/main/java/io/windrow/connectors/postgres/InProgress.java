package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.postgres.codec.Transaction;
import io.windrow.connectors.postgres.pgoutput.Control;
import io.windrow.connectors.postgres.pgoutput.LogError;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Transactions that the server sends before they are committed: put aside as they come, given out again when their commit
 * does, forgotten when they are rolled back. Of what a subtransaction did that was rolled back only the form of the tables
 * is given out. The reader's thread only.
 */
final class InProgress implements AutoCloseable {
    /** Place in the log, id of the (sub)transaction, length of the message behind. */
    private static final int HEADER = 16;

    private final SpillSpace space;
    private final Map<Long, Aside> all = new HashMap<>();
    private final byte[] header = new byte[HEADER + 1];
    private @Nullable Aside writing;
    private @Nullable Replay replay;

    InProgress(SpillSpace space) {
        this.space = space;
    }

    /** How a transaction comes. */
    private enum Form {
        /** In parts, while it goes on; behind each message's kind stands the id of its (sub)transaction. */
        PARTS,
        /** Whole, when it is prepared. */
        PREPARED
    }

    private static final class Aside {
        final long xid;
        final Form form;
        final Spill spill;
        /** Ids of what was rolled back, 64 to an entry: a loop may roll back millions, whose ids lie close together. */
        private final Map<Long, Long> undone = new HashMap<>();
        OptionalLong prepared = OptionalLong.empty();

        Aside(long xid, Form form, Spill spill) {
            this.xid = xid;
            this.form = form;
            this.spill = spill;
        }

        void undo(long part) {
            undone.merge(part >>> 6, 1L << part, (some, one) -> some | one);
        }

        boolean isUndone(long part) {
            return (undone.getOrDefault(part >>> 6, 0L) & 1L << part) != 0;
        }
    }

    /** A committed transaction, message by message. */
    static final class Replay {
        private final Aside aside;
        private final Transaction transaction;
        private final long endLsn;
        private final byte[] header = new byte[HEADER];
        private byte[] bytes = new byte[1 << 10];
        private int length;
        private long lsn;
        private long xid;

        private Replay(Aside aside, Transaction transaction, long endLsn) {
            this.aside = aside;
            this.transaction = transaction;
            this.endLsn = endLsn;
        }

        /** Goes on to the next message; false: there is none. */
        boolean next() {
            if (!aside.spill.read(header, HEADER)) {
                return false;
            }
            ByteBuffer read = ByteBuffer.wrap(header);
            lsn = read.getLong();
            xid = read.getInt() & 0xFFFF_FFFFL;
            length = read.getInt();
            if (length > bytes.length) {
                bytes = new byte[Math.max(length, bytes.length * 2)];
            }
            return aside.spill.read(bytes, length);
        }

        byte[] bytes() {
            return bytes;
        }

        int length() {
            return length;
        }

        /** The place of the message's record. */
        long lsn() {
            return lsn;
        }

        /** Whether the message is of a subtransaction that was rolled back. */
        boolean isUndone() {
            return aside.isUndone(xid);
        }

        Transaction transaction() {
            return transaction;
        }

        /** The place behind the commit record. */
        long endLsn() {
            return endLsn;
        }
    }

    /** Whether a message of this kind is one of those that are put aside now. */
    boolean takes(byte kind) {
        Aside into = writing;
        return into != null && kind != (into.form == Form.PARTS ? 'E' : 'P');
    }

    /**
     * Whether what is put aside now tells how tables look to the transactions of others too: the server says it once, not for
     * each transaction that it sends when it is prepared.
     */
    boolean announces() {
        return writing != null && writing.form == Form.PREPARED;
    }

    /** How many bytes of a message stand before what it says: its kind, and the id of a transaction in progress. */
    int head() {
        Aside into = writing;
        return into != null && into.form == Form.PARTS ? 1 + Integer.BYTES : 1;
    }

    /** Puts a message aside. */
    void put(long lsn, byte[] bytes, int from, int to) {
        Aside into = writing;
        byte kind = bytes[from];
        if (into == null || kind == 'O' || kind == 'Y') {
            return;
        }
        int head = head();
        if (to - from < head) {
            throw unknown("a message of transaction " + into.xid + " that ends too early");
        }
        int xid = into.form == Form.PARTS ? ByteBuffer.wrap(bytes).getInt(from + 1) : (int) into.xid;
        ByteBuffer.wrap(header).putLong(lsn).putInt(xid).putInt(to - from - head + 1).put(kind);
        into.spill.write(header, 0, header.length);
        into.spill.write(bytes, from + head, to - from - head);
    }

    /** Takes in what became of a transaction. After a commit there is a {@link #replay}. */
    void hear(Control what) {
        switch (what) {
            case Control.PartBegins part ->
                writing = all.computeIfAbsent(part.xid(), xid -> new Aside(xid, Form.PARTS, new Spill(space)));
            case Control.PrepareBegins begin -> {
                forget(begin.xid());
                writing = new Aside(begin.xid(), Form.PREPARED, new Spill(space));
                all.put(begin.xid(), writing);
            }
            case Control.PartEnds ignored -> writing = null;
            case Control.Prepared prepared -> {
                known(prepared.xid()).prepared = OptionalLong.of(prepared.prepareLsn());
                writing = null;
            }
            case Control.PartsCommitted commit ->
                replay(commit.xid(), commit.commitLsn(), commit.endLsn(), commit.commitMicros());
            case Control.PreparedCommitted commit ->
                replay(commit.xid(), commit.commitLsn(), commit.endLsn(), commit.commitMicros());
            case Control.PartsUndone undone -> {
                Aside of = all.get(undone.xid());
                if (of != null && undone.undone() != undone.xid()) {
                    of.undo(undone.undone());
                } else {
                    forget(undone.xid());
                }
            }
            case Control.PreparedUndone undone -> forget(undone.xid());
        }
    }

    private Aside known(long xid) {
        Aside found = all.get(xid);
        if (found == null) {
            throw unknown("the end of transaction " + xid + ", of which nothing came");
        }
        return found;
    }

    private void replay(long xid, long commitLsn, long endLsn, long commitMicros) {
        Aside of = known(xid);
        all.remove(xid);
        replay = new Replay(of, new Transaction(xid, commitLsn, commitMicros), endLsn);
    }

    private void forget(long xid) {
        Aside of = all.remove(xid);
        if (of != null) {
            of.spill.close();
        }
    }

    /** The committed transaction that is given out now. */
    @Nullable Replay replay() {
        return replay;
    }

    /** It was given out whole. */
    void replayed() {
        Replay done = replay;
        replay = null;
        if (done != null) {
            done.aside.spill.close();
        }
    }

    /**
     * From where the log is needed again, since the oldest prepared transaction lies there that was not given out whole: of one
     * that was prepared before the place where reading begins the server sends the commit alone.
     */
    OptionalLong kept() {
        return Stream.concat(all.values().stream(), Stream.ofNullable(replay).map(now -> now.aside))
                .flatMapToLong(aside -> aside.prepared.stream())
                .reduce((one, other) -> Long.compareUnsigned(one, other) <= 0 ? one : other);
    }

    private static WindrowException unknown(String what) {
        return WindrowException.of(LogError.MESSAGE_UNKNOWN, "Reading the change log: " + what);
    }

    @Override
    public void close() {
        replayed();
        all.values().forEach(aside -> aside.spill.close());
        all.clear();
    }
}
