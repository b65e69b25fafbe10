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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies tables while the log is read: one range of keys of one table after the other, each under a snapshot of its own and
 * each at a place between two transactions of the log, which stands still meanwhile. Whatever is asked of the database is
 * asked {@link Aside}, so that the slot's server hears of us however long that takes. The log's reader's thread only, but for
 * {@link #wakeUp}. What is thrown while a table is copied is that table's trouble alone.
 */
final class RangeReader implements KeyOrder.Database, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RangeReader.class);

    /** A range is small, so that the log does not stand still for long. */
    private static final long MAX_BYTES = 16L << 20;
    private static final long MAX_ROWS = 100_000;
    /** What a row is taken for where nobody has counted them. */
    private static final long ROW_BYTES = 100;
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long NUDGE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** So many transactions may be remembered before the server is asked which of them every snapshot shows by now. */
    private static final int MAX_UNSEEN = 100;

    private final PostgresSource source;
    private final Context context;
    private final Runnable report;
    private final Aside aside;
    private final RepairReader repairs;
    private final List<Copied> copied = new ArrayList<>();
    private @Nullable Beginning beginning;
    private volatile @Nullable Running running;
    private Aside.@Nullable Answer<Visible> settling;
    private Aside.@Nullable Answer<?> nudge;
    private long again = System.nanoTime();
    private long waitsSince;
    private boolean waits;
    private long steps;
    private long nudged = System.nanoTime();

    /** A table that is being copied. */
    private record Copied(FollowedStream stream, TableCopy copy, KeyOrder order) {}

    /**
     * A snapshot and the range that is read under it.
     *
     * @param holder exports the snapshot
     * @param to the range's last key; empty: it has all that follow
     */
    private record Found(Session holder, String exported, Visible visible, long until, Optional<Key> to) {
        void close() {
            holder.close();
        }
    }

    /** A range that is looked for; none is found as long as no snapshot shows all that it has to. */
    private record Beginning(Copied of, Aside.Answer<Optional<Found>> range) {}

    /** A range that is being read. */
    private record Running(Copied of, Found range, PostgresReader reader) {
        Range upTo(Optional<Key> key) {
            return new Range(key, range.visible(), range.until());
        }

        void close() {
            reader.close();
            range.close();
        }
    }

    /**
     * Nothing is copied yet.
     *
     * @param report says to the slot's server that we are there; called while an answer is waited for, also while a message of the
     *     log is taken in
     */
    RangeReader(PostgresSource source, Context context, Runnable report) {
        this.source = source;
        this.context = context;
        this.report = report;
        this.aside = new Aside(source);
        this.repairs = new RepairReader(source, context, aside, () -> steps++);
    }

    /** Copies a stream's table from where it stands, if it is not copied, and reads the rows again that were asked for. */
    void copy(FollowedStream stream, Session session) throws SQLException {
        CopyPlace place = stream.start().copies().get(stream.stream());
        steps = Math.max(steps, stream.start().step());
        if (place != null) {
            KeyOrder order = stream.keys().collatedBy(session);
            TableCopy copy = new TableCopy((key, bound) -> order.isWithin(key, bound, this), place);
            stream.reread().copies(copy);
            copied.add(new Copied(stream, copy, order));
        }
        repairs.repair(stream);
    }

    /** How many times something was copied; grows with every place that the copies come to. */
    long steps() {
        return steps;
    }

    /** Whether the log, which was read up to here and is between two transactions, has to stand still for a range now. */
    boolean isDue(long lsn) {
        if (isReading()) {
            return true;
        }
        copied.removeIf(one -> {
            boolean over = one.copy().passed(lsn);
            if (over) {
                one.stream().reread().copies(null);
                context.notices().tell(
                        "postgres.copied", "Table " + one.stream().stream() + " is copied; only its changes follow from here.");
            }
            return over;
        });
        return repairs.isDue(lsn) || isCopyDue(lsn);
    }

    private boolean isCopyDue(long lsn) {
        return System.nanoTime() - again >= 0 && next(lsn) != null;
    }

    /** What the log sends again of what was delivered says nothing about the copy as it stands. */
    private @Nullable Copied next(long lsn) {
        return copied.stream()
                .filter(one -> !one.copy().waitsForLog() && one.stream().start().isPassed(lsn))
                .findFirst()
                .orElse(null);
    }

    /** Whether a range waits for the log to pass it: then the server's word that nothing more comes is wanted soon. */
    boolean waitsForLog() {
        return repairs.waitsForLog() || copied.stream().anyMatch(one -> one.copy().waitsForLog());
    }

    /**
     * Has the server write its log out, if it has not for a while: what nobody who commits waits for, it keeps to itself for up
     * to 15 s. A transaction with an id that does nothing is enough, and where it fails the 15 s are.
     */
    void awaitLog() {
        long now = System.nanoTime();
        if (now - nudged > NUDGE_NANOS && (nudge == null || nudge.isThere())) {
            nudged = now;
            nudge = aside.ask("Having the log written", session -> session.row("SELECT pg_catalog.pg_current_xact_id()"));
        }
    }

    /** Whether a range is being read, or looked for. */
    boolean isReading() {
        return isCopying() || repairs.isReading();
    }

    private boolean isCopying() {
        return running != null || beginning != null;
    }

    /** The stream whose range that is. */
    Optional<FollowedStream> reading() {
        Running now = running;
        Beginning soon = beginning;
        return now != null
                ? Optional.of(now.of().stream())
                : Optional.ofNullable(soon).map(one -> one.of().stream()).or(repairs::reading);
    }

    /** Whether everything is copied, and the log has passed it. */
    boolean finished() {
        return copied.isEmpty() && repairs.finished();
    }

    /** Leaves a stream alone that was left behind. */
    void forget(FollowedStream stream) {
        repairs.forget(stream);
        Running now = running;
        if (now != null && now.of().stream() == stream) {
            running = null;
            now.close();
        }
        Beginning soon = beginning;
        if (soon != null && soon.of().stream() == stream) {
            beginning = null;
            soon.range().leaveTo(found -> found.ifPresent(Found::close));
        }
        copied.removeIf(one -> one.stream() == stream);
    }

    /**
     * Reads on in the range that is due. {@code End} says that it was read to its end, {@code Idle} that nothing came in time
     * or that it has to be read later.
     *
     * @param lsn the place of the log between two transactions, where the rows belong
     */
    ReadResult read(long lsn, long deadlineNanos) {
        if (repairs.isReading() || !isCopying() && !isCopyDue(lsn)) {
            return repairs.read(lsn, deadlineNanos);
        }
        Running now = running;
        if (now == null) {
            now = begun(lsn, deadlineNanos);
            running = now;
        }
        if (now == null) {
            return new ReadResult.Idle();
        }
        ReadResult result = now.reader().read(deadlineNanos);
        switch (result) {
            case ReadResult.Data data -> {
                steps++;
                now.of().copy().read(now.upTo(Optional.of(new Key(PostgresPosition.of(data.batch().position()).key()))));
            }
            case ReadResult.End ignored -> {
                steps++;
                now.of().copy().read(now.upTo(now.range().to()));
                running = null;
                now.close();
            }
            case ReadResult.Idle ignored -> {
                // It goes on.
            }
        }
        return result;
    }

    /** The range that is due, once it is found; null: it is not yet, or has to be looked for again later. */
    private @Nullable Running begun(long lsn, long deadlineNanos) {
        Beginning soon = beginning;
        if (soon == null) {
            Copied of = next(lsn);
            if (of == null) {
                return null;
            }
            soon = new Beginning(of, aside.ask("Copying " + of.stream().stream(), session -> find(of, session)));
            beginning = soon;
        }
        if (!soon.range().comes(deadlineNanos)) {
            return null;
        }
        Optional<Found> found = soon.range().take();
        if (found.isEmpty()) {
            beginning = null;
            triesLater(soon.of());
            return null;
        }
        waits = false;
        context.failpoints().reach("postgres.before_range");
        Running now = new Running(soon.of(), found.get(), reader(soon.of(), found.get(), lsn));
        beginning = null;
        return now;
    }

    private PostgresReader reader(Copied of, Found range, long lsn) {
        List<String> conditions = new ArrayList<>();
        of.copy().done().ifPresent(key -> conditions.add(of.order().behind(key)));
        range.to().ifPresent(key -> conditions.add(of.order().upTo(key)));
        // Behind every commit that was read, before every one to come.
        PostgresSplit split = new PostgresSplit(
                Part.KEYS, range.exported(), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.of(new Keys(Optional.empty(), Optional.empty())), OptionalLong.of(lsn - 1));
        return new PostgresReader(source, context, of.stream().stream(), split, Optional.empty(), conditions);
    }

    /** Takes a snapshot and asks where the range ends; empty: it does not show all that it has to. By the thread aside. */
    private Optional<Found> find(Copied of, Session session) throws SQLException {
        if (!of.copy().accepts(visible(session))) {
            return Optional.empty();
        }
        Session holder = aside.hold();
        boolean done = false;
        try {
            holder.begin(null);
            String exported = String.valueOf(
                    holder.promptly(() -> holder.row("SELECT pg_catalog.pg_export_snapshot()")).getFirst());
            Visible visible = holder.promptly(() -> visible(holder));
            if (!of.copy().accepts(visible)) {
                return Optional.empty();
            }
            long until = holder.promptly(() -> LogCopy.lastRecord(holder));
            List<@Nullable String> end = holder.row(of.order().end(of.copy().done(), rows(of.stream().shape())));
            Optional<Key> to = end.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Key(StateText.parse("{\"key\":" + end.getFirst() + "}").texts("key")));
            done = true;
            return Optional.of(new Found(holder, exported, visible, until, to));
        } finally {
            if (!done) {
                holder.close();
            }
        }
    }

    /** The log goes on until then. */
    private void triesLater(Copied of) {
        long now = System.nanoTime();
        again = now + AGAIN_NANOS;
        if (!waits) {
            waits = true;
            waitsSince = now;
        } else if (now - waitsSince > PATIENCE_NANOS) {
            waitsSince = now;
            context.notices().tell(
                    "postgres.copy_waits",
                    "The copy of table " + of.stream().stream() + " waits for a transaction that is older than its place in the"
                            + " publication; the log goes on. Look at pg_stat_activity.backend_xmin and pg_prepared_xacts.");
        }
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

    /** Forgets, some time, which transactions were left to later ranges, as far as every snapshot shows them by now. */
    void settle() {
        Aside.Answer<Visible> asked = settling;
        if (asked == null) {
            if (repairs.delivered() > MAX_UNSEEN || copied.stream().anyMatch(one -> one.copy().unseen() > MAX_UNSEEN)) {
                settling = aside.ask("Looking which transactions have ended", RangeReader::visible);
            }
        } else if (asked.isThere()) {
            settling = null;
            try {
                Visible visible = asked.take();
                copied.forEach(one -> one.copy().settle(visible));
                repairs.settle(visible);
            } catch (WindrowException e) {
                LOG.debug("Looking which transactions have ended: {}; asked again", e.errorCode().code());
            }
        }
    }

    static Visible visible(Session session) throws SQLException {
        return Visible.parse(String.valueOf(
                session.row("SELECT pg_catalog.pg_current_snapshot()::pg_catalog.text").getFirst()));
    }

    /** A row of the log cannot be taken in before that is known. */
    @Override
    public String ask(String sql) {
        Aside.Answer<String> asked =
                aside.ask("Comparing a changed key with those that were copied", session -> String.valueOf(session.row(sql).getFirst()));
        while (!asked.comes(System.nanoTime() + REPORT_NANOS)) {
            if (Thread.currentThread().isInterrupted()) {
                throw WindrowException.of(PostgresError.CANCELED, "Comparing a changed key with those that were copied: interrupted");
            }
            report.run();
        }
        return asked.take();
    }

    /** Ends a read that blocks. Any thread. */
    void wakeUp() {
        aside.wakeUp();
        repairs.wakeUp();
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
        repairs.close();
        aside.close();
    }
}
