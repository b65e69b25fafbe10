package io.windrow.connectors.jdbc.source;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitReader;
import io.windrow.connectors.jdbc.catalog.SourceDialect;
import io.windrow.connectors.jdbc.catalog.SourceError;
import io.windrow.connectors.jdbc.source.JdbcSplit.Part;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.apache.arrow.memory.OutOfMemoryException;
import org.jspecify.annotations.Nullable;

/**
 * Reads one split. A driver can neither be asked to wait for a while only nor be woken, so a thread of the reader's own waits
 * for the database and makes batches, at most one ahead; nothing else touches the connection until it is done.
 */
final class JdbcReader implements SplitReader {
    /** A driver that has not heard in this time that its answer is cancelled has its connection taken away. */
    private static final long GRACE_MILLIS = 5_000;
    /** Then it fails as soon as the machine lets it; one that does not is left to itself. */
    private static final int GRACES = 12;

    private final JdbcSource source;
    private final Context context;
    private final StreamName stream;
    private final Split whole;
    private final JdbcSplit split;
    private final Optional<JdbcPosition> from;
    private final Handover<Brought> handover = new Handover<>();
    private @Nullable Thread thread;
    private volatile @Nullable Session session;

    /** What the thread brings. */
    private sealed interface Brought {
        record Rows(Batch batch) implements Brought {}

        record End(long rows) implements Brought {}

        record Failure(Throwable cause) implements Brought {}
    }

    JdbcReader(JdbcSource source, Context context, Split split, Optional<JdbcPosition> from) {
        this.source = source;
        this.context = context;
        this.stream = split.stream();
        this.whole = split;
        this.split = JdbcSplit.of(split);
        this.from = from;
    }

    @Override
    public ReadResult read(long deadlineNanos) {
        if (thread == null) {
            // No virtual thread: a driver's native code would pin the carrier.
            thread = Thread.ofPlatform().daemon().name("windrow-jdbc-reader").start(this::run);
        }
        return switch (handover.take(deadlineNanos)) {
            case null -> new ReadResult.Idle();
            case Brought.Rows rows -> new ReadResult.Data(rows.batch());
            // I9: the driver has read the end of the answer, and not the end of the connection.
            case Brought.End end -> new ReadResult.End(new EndProof(
                    "terminal_chunk", -1, "the answer's own end, behind row " + end.rows() + " of the split"));
            case Brought.Failure(WindrowException coded) -> throw coded;
            case Brought.Failure(Error error) -> throw error;
            case Brought.Failure(Throwable other) -> throw WindrowException.of(
                    SourceError.PLANNER_MISUSED, "Reading " + stream + ": " + other.getClass().getName(), other);
        };
    }

    private void run() {
        try {
            rows();
        } catch (SQLException e) {
            fail(Session.coded(source.dialect(), "Reading " + stream, e));
        } catch (OutOfMemoryException e) {
            fail(WindrowException.of(
                    SourceError.ROW_TOO_LARGE, "Reading " + stream + ": a batch takes more than the memory of " + context.allocator().getLimit()
                            + " bytes"));
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private void fail(Throwable cause) {
        if (!handover.put(new Brought.Failure(cause))) {
            // The reader is closed: whoever closed it does not wait for rows.
            handover.wake();
        }
    }

    private void rows() throws SQLException {
        Optional<Moment> moment = split.part() == Part.RANGE ? Optional.empty() : Optional.of(source.moment(stream));
        Optional<Session> opened = moment.isPresent() ? moment.get().borrow(handover::isClosed) : Optional.of(Session.begun(source));
        if (opened.isEmpty()) {
            return;
        }
        Session used = opened.get();
        session = used;
        boolean usable = false;
        try {
            context.failpoints().reach("jdbc.before_rows");
            usable = rows(used);
        } finally {
            session = null;
            if (moment.isEmpty()) {
                used.close();
            } else if (usable || used.isAlive()) {
                moment.get().giveBack(used);
            } else {
                moment.get().giveUp(used);
            }
        }
    }

    /** Brings all rows, or those up to where nobody wants them. */
    private boolean rows(Session used) throws SQLException {
        StreamShape shape = source.shape(stream, used);
        if (from.isPresent() && shape.order().isEmpty()) {
            throw WindrowException.of(
                    SourceError.SNAPSHOT_LOST, "Going on within " + stream + ": its rows have no order, so nobody knows which were delivered");
        }
        Session.Sql sql = ReadSql.rows(source.dialect(), shape, split, from);
        Optional<WindowRead.Window> window = split.isOfWindow() ? Optional.of(source.window(stream, whole.id())) : Optional.empty();
        try (RowBatch batch = new RowBatch(shape, window, source.config(), context.allocator(), from.map(JdbcPosition::rows).orElse(0L));
                PreparedStatement statement = used.prepared(sql, source.config().batchRows());
                ResultSet row = statement.executeQuery()) {
            boolean wanted = true;
            boolean ended = false;
            try {
                while (wanted && row.next()) {
                    batch.append(row);
                    wanted = batch.isFull() ? bring(batch.take()) : !handover.isClosed();
                }
                if (wanted) {
                    used.expectWhole();
                }
                ended = wanted;
            } finally {
                if (!ended) {
                    leave(statement, used);
                }
            }
            if (ended && (batch.isEmpty() || bring(batch.take()))) {
                handover.put(new Brought.End(batch.rows()));
            }
            return ended;
        }
    }

    private boolean bring(Batch batch) {
        if (handover.put(new Brought.Rows(batch))) {
            return true;
        }
        batch.close();
        return false;
    }

    /** Else closing the answer would read it to its end. */
    private void leave(PreparedStatement statement, Session used) {
        if (source.dialect().leaving() == SourceDialect.Leaving.CANCEL) {
            try {
                statement.cancel();
            } catch (SQLException e) {
                used.abort();
            }
        }
    }

    /** Nothing upstream is released by reading a table. */
    @Override
    public void acknowledge(Position position) {}

    /** A server waits as long as the session's settings say: nothing is needed. */
    @Override
    public void keepAlive() {}

    @Override
    public void wakeUp() {
        handover.wake();
    }

    @Override
    public void close() {
        if (handover.close() instanceof Brought.Rows left) {
            left.batch().close();
        }
        Thread running = thread;
        if (running == null) {
            return;
        }
        try {
            for (int i = 0; i < GRACES && !running.join(Duration.ofMillis(GRACE_MILLIS)); i++) {
                Session used = session;
                if (used != null) {
                    used.abort();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
