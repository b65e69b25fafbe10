package io.windrow.connectors.postgres;

import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.source.ReadResult;
import io.windrow.connectors.postgres.CopyPlace.Key;
import io.windrow.connectors.postgres.CopyPlace.Range;
import io.windrow.connectors.postgres.PostgresSplit.Keys;
import io.windrow.connectors.postgres.PostgresSplit.Part;
import io.windrow.connectors.postgres.catalog.Relation;
import io.windrow.connectors.postgres.pgoutput.LogError;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Copies tables while the log is read: one range of keys of one table after the other, each under a snapshot of its own and
 * each at a place between two transactions of the log, which stands still meanwhile. The log's reader's thread only, but for
 * {@link #wakeUp}.
 */
final class RangeReader implements KeyOrder.Database, AutoCloseable {
    /** A range is small, so that the log does not stand still for long. */
    private static final long MAX_BYTES = 16L << 20;
    private static final long MAX_ROWS = 100_000;
    /** What a row is taken for where nobody has counted them. */
    private static final long ROW_BYTES = 100;
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long NUDGE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** So many transactions may be remembered before the server is asked which of them every snapshot shows by now. */
    private static final int MAX_UNSEEN = 100;

    private final PostgresSource source;
    private final Context context;
    private final List<FollowedStream> copied = new ArrayList<>();
    private @Nullable Session asking;
    private volatile @Nullable Running running;
    private long again = System.nanoTime();
    private long waitsSince;
    private boolean waits;
    private long steps;
    private long nudged = System.nanoTime();

    /**
     * A range that is being read.
     *
     * @param holder exports the snapshot
     * @param to the range's last key; empty: it has all that follow
     */
    private record Running(
            FollowedStream stream, TableCopy copy, Session holder, PostgresReader reader, Optional<Key> to, Visible visible, long until)
            implements AutoCloseable {
        Range upTo(Optional<Key> key) {
            return new Range(key, visible, until);
        }

        @Override
        public void close() {
            reader.close();
            holder.close();
        }
    }

    RangeReader(PostgresSource source, Context context) {
        this.source = source;
        this.context = context;
    }

    /** Copies a stream's table from where it stands. */
    void copy(FollowedStream stream) {
        CopyPlace place = stream.start().copies().get(stream.stream());
        if (place != null) {
            KeyOrder order = order(stream);
            stream.copyFrom(new TableCopy((key, bound) -> order.isWithin(key, bound, this), place));
            copied.add(stream);
        }
        steps = Math.max(steps, stream.start().step());
    }

    private static KeyOrder order(FollowedStream stream) {
        return stream.keys().orElseThrow(() -> WindrowException.of(
                LogError.RELATION_DIFFERS,
                "Copying " + stream.stream() + ": its key was made another one meanwhile, by which no ranges can be read"));
    }

    /** How many times something was copied; grows with every place that the copies come to. */
    long steps() {
        return steps;
    }

    /** Whether the log, which was read up to here and is between two transactions, has to stand still for a range now. */
    boolean isDue(long lsn) {
        if (running != null) {
            return true;
        }
        copied.removeIf(stream -> {
            TableCopy copy = stream.copy();
            boolean over = copy == null || copy.passed(lsn);
            if (over) {
                stream.copyEnds();
                context.notices().tell("postgres.copied", "Table " + stream.stream() + " is copied; only its changes follow from here.");
            }
            return over;
        });
        return System.nanoTime() - again >= 0 && next(lsn) != null;
    }

    private @Nullable FollowedStream next(long lsn) {
        for (FollowedStream stream : copied) {
            TableCopy copy = stream.copy();
            // What the log sends again of what was delivered says nothing about the copy as it stands.
            if (copy != null && !copy.waitsForLog() && Long.compareUnsigned(lsn, stream.start().lsn()) >= 0) {
                return stream;
            }
        }
        return null;
    }

    /** Whether a range waits for the log to pass it: then the server's word that nothing more comes is wanted soon. */
    boolean waitsForLog() {
        return copied.stream().map(FollowedStream::copy).anyMatch(copy -> copy != null && copy.waitsForLog());
    }

    /**
     * Has the server write its log out, if it has not for a while: what nobody who commits waits for, it keeps to itself for up
     * to 15 s. A transaction with an id that does nothing is enough.
     */
    void awaitLog() throws SQLException {
        long now = System.nanoTime();
        if (now - nudged > NUDGE_NANOS) {
            nudged = now;
            asking().row("SELECT pg_catalog.pg_current_xact_id()");
        }
    }

    /** Whether a range is being read. */
    boolean isReading() {
        return running != null;
    }

    /** Whether everything is copied, and the log has passed it. */
    boolean finished() {
        return copied.isEmpty();
    }

    /** Leaves a stream alone that was left behind. */
    void forget(FollowedStream stream) {
        Running now = running;
        if (now != null && now.stream() == stream) {
            running = null;
            now.close();
        }
        copied.remove(stream);
    }

    /**
     * Reads on in the range that is due. {@code End} says that it was read to its end, {@code Idle} that nothing came in time
     * or that it has to be read later.
     *
     * @param lsn the place of the log between two transactions, where the rows belong
     */
    ReadResult read(long lsn, long deadlineNanos) throws SQLException {
        Running now = running;
        if (now == null) {
            now = begin(lsn);
            running = now;
        }
        if (now == null) {
            return new ReadResult.Idle();
        }
        ReadResult result = now.reader().read(deadlineNanos);
        switch (result) {
            case ReadResult.Data data -> {
                steps++;
                now.copy().read(now.upTo(Optional.of(new Key(PostgresPosition.of(data.batch().position()).key()))));
            }
            case ReadResult.End ignored -> {
                steps++;
                now.copy().read(now.upTo(now.to()));
                running = null;
                now.close();
            }
            case ReadResult.Idle ignored -> {
                // It goes on.
            }
        }
        return result;
    }

    private @Nullable Running begin(long lsn) throws SQLException {
        FollowedStream stream = next(lsn);
        TableCopy copy = stream == null ? null : stream.copy();
        if (stream == null || copy == null || !isReady(stream, copy, visible())) {
            return null;
        }
        KeyOrder order = order(stream);
        Session holder = Session.open(source.address(), source.config());
        boolean done = false;
        try {
            holder.begin(null);
            String exported = String.valueOf(holder.row("SELECT pg_catalog.pg_export_snapshot()").getFirst());
            Visible visible = visible(holder);
            if (!isReady(stream, copy, visible)) {
                return null;
            }
            long until = LogCopy.lastRecord(holder);
            List<@Nullable String> end = holder.row(order.end(copy.done(), rows(stream.shape())));
            Optional<Key> to = end.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Key(StateText.parse("{\"key\":" + end.getFirst() + "}").texts("key")));
            List<String> conditions = new ArrayList<>();
            copy.done().ifPresent(key -> conditions.add(order.behind(key)));
            to.ifPresent(key -> conditions.add(order.upTo(key)));
            // Behind every commit that was read, before every one to come.
            PostgresSplit split = new PostgresSplit(
                    Part.KEYS, exported, Optional.empty(), Optional.empty(), Optional.empty(),
                    Optional.of(new Keys(Optional.empty(), Optional.empty())), OptionalLong.of(lsn - 1));
            PostgresReader reader =
                    new PostgresReader(source, context, stream.stream(), split, Optional.empty(), conditions);
            context.failpoints().reach("postgres.before_range");
            done = true;
            return new Running(stream, copy, holder, reader, to, visible, until);
        } finally {
            if (!done) {
                holder.close();
            }
        }
    }

    /** Whether a snapshot shows all that it has to; if not, it is tried again later, and the log goes on until then. */
    private boolean isReady(FollowedStream stream, TableCopy copy, Visible visible) {
        if (copy.accepts(visible)) {
            waits = false;
            return true;
        }
        long now = System.nanoTime();
        again = now + AGAIN_NANOS;
        if (!waits) {
            waits = true;
            waitsSince = now;
        } else if (now - waitsSince > PATIENCE_NANOS) {
            waitsSince = now;
            context.notices().tell(
                    "postgres.copy_waits",
                    "The copy of table " + stream.stream() + " waits for a transaction that is older than its place in the publication; "
                            + "the log goes on. Look at pg_stat_activity.backend_xmin and pg_prepared_xacts.");
        }
        return false;
    }

    private long rows(StreamShape shape) {
        long bytes = Math.min(MAX_BYTES, source.config().splitSize().bytes());
        long row = shape.relation()
                .map(Relation::estimate)
                .filter(estimate -> estimate.rows() >= 1)
                .map(estimate -> (long) (estimate.pages() * 8192.0 / estimate.rows()) + 1)
                .orElse(ROW_BYTES);
        return Math.clamp(bytes / row, 1, MAX_ROWS);
    }

    /** Forgets which transactions were left to later ranges, as far as every snapshot shows them by now. */
    void settle() throws SQLException {
        for (FollowedStream stream : copied) {
            TableCopy copy = stream.copy();
            if (copy != null && copy.unseen() > MAX_UNSEEN) {
                copy.settle(visible());
            }
        }
    }

    private Visible visible() throws SQLException {
        return visible(asking());
    }

    static Visible visible(Session session) throws SQLException {
        return Visible.parse(String.valueOf(
                session.row("SELECT pg_catalog.pg_current_snapshot()::pg_catalog.text").getFirst()));
    }

    @Override
    public String ask(String sql) throws SQLException {
        return String.valueOf(asking().row(sql).getFirst());
    }

    private Session asking() {
        Session open = asking;
        if (open == null) {
            open = Session.open(source.address(), source.config());
            asking = open;
        }
        return open;
    }

    /** Ends a read that blocks. Any thread. */
    void wakeUp() {
        Running now = running;
        if (now != null) {
            now.reader().wakeUp();
        }
    }

    @Override
    public void close() {
        Running now = running;
        running = null;
        if (now != null) {
            now.close();
        }
        if (asking != null) {
            asking.close();
            asking = null;
        }
    }
}
