package io.windrow.connectors.postgres;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.ChangeColumns;
import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.SplitReader;
import io.windrow.connectors.postgres.codec.BatchLimits;
import io.windrow.connectors.postgres.codec.CopyDecoder;
import io.windrow.connectors.postgres.codec.NulledValue;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyOut;

/** Reads one split with one {@code COPY … TO STDOUT (FORMAT binary)} over a connection of its own. */
final class PostgresReader implements SplitReader {
    private static final long WAKE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int CLOCK_EVERY_ROWS = 512;
    /** The heap must have so many times the bytes of a row. */
    private static final int HEAP_PER_ROW = 3;

    private final PostgresSource source;
    private final Context context;
    private final PostgresSplit split;
    private final io.windrow.api.schema.StreamName stream;
    private final Optional<PostgresPosition> from;
    private final List<String> conditions;
    private final Wire wire;
    private final LostReply lost;
    private final boolean encrypted;
    private volatile @Nullable Session session;
    private volatile @Nullable StreamShape shape;
    private @Nullable CopyOut copy;
    private volatile @Nullable CopyDecoder decoder;
    private LeadColumn lead;
    private Wire.@Nullable Frames frames;
    private byte @Nullable [] pending;
    private int pendingAt;
    private int pendingEnd;
    /** Whether the driver has read something since it was asked whether the copy goes on. */
    private boolean driverRead = true;
    private @Nullable FutureTask<CopyOut> starting;
    private boolean finished;
    private boolean closed;

    PostgresReader(
            PostgresSource source,
            Context context,
            io.windrow.api.schema.StreamName stream,
            PostgresSplit split,
            Optional<PostgresPosition> from) {
        this(source, context, stream, split, from, List.of());
    }

    /** Reads those rows of the split that meet further conditions of {@link ReadSql}. */
    PostgresReader(
            PostgresSource source,
            Context context,
            io.windrow.api.schema.StreamName stream,
            PostgresSplit split,
            Optional<PostgresPosition> from,
            List<String> conditions) {
        this.conditions = List.copyOf(conditions);
        this.source = source;
        this.context = context;
        this.stream = stream;
        this.split = split;
        this.from = from;
        this.lead = new LeadColumn(stream, ReadSql.Lead.NONE, from);
        this.encrypted = !"disable".equals(source.address().parameters().get("sslmode"));
        this.wire = new Wire(encrypted ? Wire.Content.TLS : Wire.Content.MESSAGES);
        this.lost = new LostReply(source, stream, wire);
        if (split.part() == PostgresSplit.Part.WHOLE && from.isPresent() && from.get().rows() > 0) {
            throw WindrowException.of(
                    PostgresError.SNAPSHOT_LOST,
                    "Opening a split of " + stream + " after " + from.get().rows()
                            + " rows: its rows have no order by which reading could go on");
        }
    }

    @Override
    public ReadResult read(long deadlineNanos) {
        String doing = "Reading " + stream;
        try {
            CopyOut running = started(deadlineNanos);
            ReadResult result = running == null ? new ReadResult.Idle() : read(running, decoder(), deadlineNanos);
            if (result instanceof ReadResult.Idle) {
                lost.nothingCame(Optional.ofNullable(session).flatMap(Session::process));
            }
            return result;
        } catch (SQLException e) {
            throw SqlStates.coded(doing, e);
        } catch (IOException e) {
            throw WindrowException.of(PostgresError.CONNECTION_LOST, doing + ": " + e.getMessage());
        } catch (OutOfMemoryError e) {
            pending = null;
            throw WindrowException.of(
                    PostgresError.ROW_TOO_LARGE,
                    doing + " at row " + (decoder == null ? 1 : decoder().received() + 1) + ": the heap of "
                            + Runtime.getRuntime().maxMemory() + " bytes does not hold it; columns of unlimited size are "
                            + unlimited());
        }
    }

    private ReadResult read(CopyOut running, CopyDecoder rows, long deadlineNanos) throws SQLException, IOException {
        Wire.Frames rowsOnWire = frames;
        int untilClock = CLOCK_EVERY_ROWS;
        while (true) {
            byte[] message = pending;
            int at = pendingAt;
            int end = pendingEnd;
            if (message == null) {
                if (driverRead && !running.isActive()) {
                    return end(running, rows);
                }
                driverRead = rowsOnWire == null;
                switch (rowsOnWire == null ? Wire.Frames.Next.OTHER : rowsOnWire.next(deadlineNanos)) {
                    case ROW -> {
                        message = rowsOnWire.bytes();
                        at = rowsOnWire.from();
                        end = rowsOnWire.to();
                    }
                    case TOO_LARGE -> throw tooLarge(rows, rowsOnWire);
                    case NOT_YET -> {
                        wire.takeWoken();
                        return rows.rows() > 0 ? data(rows) : new ReadResult.Idle();
                    }
                    case OTHER -> {
                        driverRead = true;
                        message = running.readFromCopy(rowsOnWire != null && rowsOnWire.ended());
                        if (message == null && running.isActive()) {
                            if (wire.takeWoken() || !wire.await(deadlineNanos)) {
                                wire.takeWoken();
                                return rows.rows() > 0 ? data(rows) : new ReadResult.Idle();
                            }
                            // Below TLS there are bytes, and nobody knows yet whether they are a message.
                            message = running.readFromCopy(encrypted);
                        }
                        if (message == null) {
                            continue;
                        }
                        at = 0;
                        end = message.length;
                    }
                }
                if (lead.isThere()) {
                    at = lead.afterHeader(message, at, end, rows);
                    if (at == end) {
                        consumed();
                        continue;
                    }
                }
            }
            if (!rows.fits(end - at)) {
                pending = message;
                pendingAt = at;
                pendingEnd = end;
                return data(rows);
            }
            pending = null;
            at = lead.isThere() ? lead.takenOff(message, at) : at;
            rows.append(message, at, end - at);
            consumed();
            if (--untilClock == 0) {
                untilClock = CLOCK_EVERY_ROWS;
                if (System.nanoTime() - deadlineNanos >= 0 || wire.takeWoken()) {
                    return rows.rows() > 0 ? data(rows) : new ReadResult.Idle();
                }
            }
        }
    }

    private void consumed() {
        Wire.Frames rowsOnWire = frames;
        if (rowsOnWire != null) {
            rowsOnWire.consumed();
        }
    }

    private ReadResult end(CopyOut running, CopyDecoder rows) {
        if (rows.rows() > 0) {
            return data(rows);
        }
        finished = true;
        long announced = running.getHandledRowCount();
        // I9: the trailer of the format and the count of CommandComplete, both.
        if (!rows.ended() || announced != rows.received()) {
            throw WindrowException.of(
                    PostgresError.END_NOT_PROVEN,
                    "Reading " + stream + ": the server counts " + announced + " rows, " + rows.received()
                            + " arrived, and the end of the data was " + (rows.ended() ? "" : "not ") + "seen");
        }
        return new ReadResult.End(new EndProof(
                "command_complete", announced, "COPY " + announced + " and as many rows decoded up to the trailer"));
    }

    private ReadResult.Data data(CopyDecoder rows) {
        int count = rows.rows();
        Map<String, Long> exceptions = new HashMap<>();
        Position position = lead.position(rows.received()).toPosition();
        for (NulledValue nulled : rows.takeNulled()) {
            exceptions.merge(
                    nulled.column() + ":" + nulled.kind().name().toLowerCase(Locale.ROOT), nulled.count(), Long::sum);
        }
        StreamShape current = shape;
        if (current == null) {
            throw misused("a batch before the split was opened");
        }
        ChangeColumns changes = split.consistent().isPresent()
                ? CopiedRows.changes(count, split.consistent().getAsLong(), context.allocator())
                : null;
        return new ReadResult.Data(
                new Batch(current.schema(), rows.take(), position, Account.ofRead(count), exceptions, changes));
    }

    /**
     * The running copy, or null if the server has not begun to send by the deadline: it announces a copy only together with
     * the first rows, and the driver cannot be asked to wait for less than that. So a thread of its own waits, and nothing
     * else touches the connection until it is done.
     */
    private @Nullable CopyOut started(long deadlineNanos) throws SQLException, IOException {
        if (copy != null) {
            return copy;
        }
        FutureTask<CopyOut> task = starting;
        if (task == null) {
            task = new FutureTask<>(this::start);
            starting = task;
            // No virtual thread: its reads would start the poller, which the end of the process then waits 300 ms for.
            Thread.ofPlatform().daemon().name("windrow-postgres-start").start(task);
        }
        while (!wire.takeWoken()) {
            long left = deadlineNanos - System.nanoTime();
            try {
                CopyOut running = task.get(Math.max(0, Math.min(left, WAKE_NANOS)), TimeUnit.NANOSECONDS);
                copy = running;
                wire.streaming();
                frames = wire.frames();
                return running;
            } catch (TimeoutException e) {
                if (left <= 0) {
                    return null;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    case SQLException sql -> throw sql;
                    case WindrowException coded -> throw coded;
                    case OutOfMemoryError memory -> throw memory;
                    case null, default -> throw misused("starting ended with " + e.getCause());
                }
            }
        }
        return null;
    }

    private CopyOut start() throws SQLException {
        Session opened = Session.open(source.address(), source.config(), wire);
        synchronized (this) {
            session = opened;
            if (closed) {
                opened.abort();
            }
        }
        try {
            opened.begin(split.snapshot());
        } catch (SQLException e) {
            PostgresError code = SqlStates.code(String.valueOf(e.getSQLState()));
            if (code == PostgresError.CONNECTION_LOST || code == PostgresError.SERVER_UNAVAILABLE) {
                throw e;
            }
            throw source.lostSnapshot(stream, split.snapshot(), opened);
        }
        StreamShape read = opened.promptly(() -> {
            StreamShape found = source.shape(stream, opened);
            TableLock.take(opened, found, split.relation());
            return found;
        });
        shape = read;
        ReadSql sql = new ReadSql(read, split, conditions);
        lead = new LeadColumn(stream, sql.lead(), from);
        for (String setting : sql.settings()) {
            opened.execute(setting);
        }
        long next = split.window().isPresent() ? Moment.nextTransaction(opened) : 0;
        wire.largestRow(largestRow());
        decoder = new CopyDecoder(
                stream,
                read.plans(),
                new BatchLimits(source.config().batchRows(), source.config().batchSize().bytes()),
                context.allocator());
        context.failpoints().reach("postgres.before_copy");
        return opened.copy("COPY (" + sql.query(from, next) + ") TO STDOUT (FORMAT binary)");
    }

    /**
     * The row itself lies on the heap while it is decoded, its values in Arrow memory, with an eighth to spare, and on the
     * heap again as what a sink makes of them.
     */
    private long largestRow() {
        long memory = context.allocator().getLimit();
        return Math.min(memory - memory / 8, Runtime.getRuntime().maxMemory() / HEAP_PER_ROW);
    }

    private WindrowException tooLarge(CopyDecoder rows, Wire.Frames wireRows) throws IOException {
        long number = rows.received() + 1;
        OversizeRow row = OversizeRow.read(wireRows.rest());
        StreamShape current = shape;
        int column = lead.isThere() ? row.column() - 1 : row.column();
        String name = current == null || column < 0 || column >= current.schema().columns().size()
                ? "its key"
                : "column " + current.schema().columns().get(column).name();
        return WindrowException.of(
                PostgresError.ROW_TOO_LARGE,
                "Reading " + stream + " at row " + number + " of the split: " + name + " takes " + row.columnBytes()
                        + " of the row's " + row.bytes() + " bytes, expected at most " + largestRow()
                        + ", for run.memory is " + context.allocator().getLimit() + " bytes and the heap (-Xmx) "
                        + Runtime.getRuntime().maxMemory());
    }

    private CopyDecoder decoder() {
        CopyDecoder current = decoder;
        if (current == null) {
            throw misused("a row before the split was opened");
        }
        return current;
    }

    private String unlimited() {
        StreamShape current = shape;
        return current == null
                ? "unknown"
                : current.schema().columns().stream()
                        .filter(column -> column.type() instanceof io.windrow.api.schema.ColumnType.Text
                                || column.type() instanceof io.windrow.api.schema.ColumnType.Bytes
                                || column.type() instanceof io.windrow.api.schema.ColumnType.Json)
                        .map(io.windrow.api.schema.Column::name)
                        .toList()
                        .toString();
    }

    private WindrowException misused(String what) {
        return WindrowException.of(PostgresError.PLANNER_MISUSED, "Reading " + stream + ": " + what);
    }

    /** Nothing upstream is released by reading a table. */
    @Override
    public void acknowledge(Position position) {}

    /** The server sends nothing but data, and its timeouts are off: nothing is needed. */
    @Override
    public void keepAlive() {}

    @Override
    public void wakeUp() {
        wire.wake();
    }

    @Override
    public void close() {
        Session opened;
        synchronized (this) {
            closed = true;
            opened = session;
            session = null;
        }
        if (opened != null) {
            if (finished) {
                opened.close();
            } else {
                opened.abort();
            }
        }
        wire.close();
        lost.close();
        CopyDecoder rows = decoder;
        if (rows != null) {
            rows.close();
        }
    }
}
