package io.windrow.connectors.postgres;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Measure;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Source;
import io.windrow.connectors.postgres.CopyPlace.Key;
import io.windrow.connectors.postgres.PostgresSplit.Keys;
import io.windrow.connectors.postgres.PostgresSplit.Part;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows of followed tables again by their keys, some at a time: each time under a snapshot of its own and at a place between two
 * transactions of the log, which stands still meanwhile. A row that is there comes as a copy of it does, one that is not as a delete of
 * its key. Used as {@link RangeReader}, whose part it is.
 */
final class RepairReader implements AutoCloseable {
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final PostgresSource source;
    private final Context context;
    private final Aside aside;
    private final Runnable stepped;
    private final List<Mended> mended = new ArrayList<>();
    private @Nullable Beginning beginning;
    private volatile @Nullable Running running;
    private long again = System.nanoTime();
    private long waitsSince;
    private boolean waits;

    /** A stream of which rows are read again. */
    private record Mended(FollowedStream stream, KeyRepair repair, KeyOrder order) {}

    /**
     * A snapshot and what it shows of some keys.
     *
     * @param holder exports the snapshot
     * @param there the keys of rows, in their order
     * @param gone the keys of which there is no row
     */
    private record Found(Session holder, String exported, Visible visible, long until, List<Key> there, List<Key> gone) {
        void close() {
            holder.close();
        }
    }

    /** What is looked for; nothing is found as long as no snapshot shows all that it has to. */
    private record Beginning(Mended of, Aside.Answer<Optional<Found>> found) {}

    /** Rows that are being read. */
    private static final class Running {
        final Mended of;
        final Found found;
        /** Empty: there is no row. */
        final Optional<PostgresReader> reader;
        int rows;

        Running(Mended of, Found found, Optional<PostgresReader> reader) {
            this.of = of;
            this.found = found;
            this.reader = reader;
        }

        void close() {
            reader.ifPresent(PostgresReader::close);
            found.close();
        }
    }

    /**
     * Nothing is to be read yet.
     *
     * @param stepped called whenever rows were read
     */
    RepairReader(PostgresSource source, Context context, Aside aside, Runnable stepped) {
        this.source = source;
        this.context = context;
        this.aside = aside;
        this.stepped = stepped;
    }

    /** Reads the rows of a stream that were asked for, and remembers those that the log has not passed. */
    void repair(FollowedStream stream) {
        List<Key> keys = source.repair(stream.stream());
        Optional<RepairPlace> read = Optional.ofNullable(stream.start().repairs().get(stream.stream()));
        if (!keys.isEmpty() || read.isPresent()) {
            KeyRepair repair = new KeyRepair(keys, read);
            stream.reread().repairs(repair);
            mended.add(new Mended(stream, repair, stream.keys()));
        }
    }

    /** Whether the log has to stand still for rows now; see {@link RangeReader#isDue}. */
    boolean isDue(long lsn) {
        if (isReading()) {
            return true;
        }
        mended.removeIf(one -> {
            boolean over = one.repair().passed(lsn);
            if (over) {
                one.stream().reread().repairs(null);
            }
            return over;
        });
        return System.nanoTime() - again >= 0 && next(lsn) != null;
    }

    /** A table that is copied is copied first. */
    private @Nullable Mended next(long lsn) {
        return mended.stream()
                .filter(one -> !one.repair().isRead() && !one.repair().waitsForLog() && !one.stream().reread().isCopying()
                        && one.stream().start().isPassed(lsn))
                .findFirst()
                .orElse(null);
    }

    boolean waitsForLog() {
        return mended.stream().anyMatch(one -> one.repair().waitsForLog());
    }

    boolean isReading() {
        return running != null || beginning != null;
    }

    Optional<FollowedStream> reading() {
        Running now = running;
        Beginning soon = beginning;
        return now != null ? Optional.of(now.of.stream()) : Optional.ofNullable(soon).map(one -> one.of().stream());
    }

    boolean finished() {
        return mended.isEmpty();
    }

    void forget(FollowedStream stream) {
        Running now = running;
        if (now != null && now.of.stream() == stream) {
            running = null;
            now.close();
        }
        Beginning soon = beginning;
        if (soon != null && soon.of().stream() == stream) {
            beginning = null;
            soon.found().leaveTo(found -> found.ifPresent(Found::close));
        }
        mended.removeIf(one -> one.stream() == stream);
    }

    /** The most transactions that a snapshot of one stream has to show. */
    int delivered() {
        return mended.stream().mapToInt(one -> one.repair().delivered()).max().orElse(0);
    }

    void settle(Visible visible) {
        mended.forEach(one -> one.repair().settle(visible));
    }

    /** Reads on; as {@link RangeReader#read}. */
    ReadResult read(long lsn, long deadlineNanos) {
        if (running == null) {
            running = begun(lsn, deadlineNanos);
        }
        Running now = running;
        if (now == null) {
            return new ReadResult.Idle();
        }
        Optional<PostgresReader> reader = now.reader;
        if (reader.isPresent()) {
            ReadResult result = reader.get().read(deadlineNanos);
            switch (result) {
                case ReadResult.Data data -> {
                    now.rows += data.batch().rowCount();
                    return read(now, now.found.there().subList(0, now.rows), data.batch());
                }
                case ReadResult.Idle ignored -> {
                    return result;
                }
                case ReadResult.End ignored when now.found.gone().isEmpty() -> {
                    ends(now);
                    return result;
                }
                case ReadResult.End ignored -> {
                    // The others follow.
                }
            }
        }
        ends(now);
        FollowedStream stream = now.of.stream();
        List<Key> all = new ArrayList<>(now.found.there());
        all.addAll(now.found.gone());
        return read(now, all, stream.gone(now.found.gone(), lsn - 1));
    }

    /** The rows of the batch, the last of these keys, are read. */
    private ReadResult.Data read(Running now, List<Key> keys, Batch batch) {
        KeyRepair repair = now.of.repair();
        repair.read(keys, now.found.visible(), now.found.until());
        stepped.run();
        return new ReadResult.Data(
                repair.isRead() ? batch.release().plusMeasure(Source.REPAIRED, Measure.ofCount(repair.asked())).batch() : batch);
    }

    /** I9: as many rows came as the same snapshot showed by their keys. */
    private void ends(Running now) {
        running = null;
        now.close();
        if (now.rows != now.found.there().size()) {
            throw WindrowException.of(
                    PostgresError.END_NOT_PROVEN,
                    "Repairing " + now.of.stream().stream() + ": " + now.found.there().size() + " rows were seen, and " + now.rows + " came");
        }
    }

    /** The rows that are due, once they are found; null: they are not yet, or have to be looked for again later. */
    private @Nullable Running begun(long lsn, long deadlineNanos) {
        Beginning soon = beginning;
        if (soon == null) {
            Mended of = next(lsn);
            if (of == null) {
                return null;
            }
            soon = new Beginning(of, aside.ask("Repairing " + of.stream().stream(), session -> find(of, session)));
            beginning = soon;
        }
        if (!soon.found().comes(deadlineNanos)) {
            return null;
        }
        Optional<Found> found = soon.found().take();
        if (found.isEmpty()) {
            beginning = null;
            triesLater(soon.of());
            return null;
        }
        waits = false;
        context.failpoints().reach("postgres.before_repair");
        Running now = new Running(soon.of(), found.get(), reader(soon.of(), found.get(), lsn));
        beginning = null;
        return now;
    }

    private Optional<PostgresReader> reader(Mended of, Found found, long lsn) {
        if (found.there().isEmpty()) {
            return Optional.empty();
        }
        // Behind every commit that was read, before every one to come.
        PostgresSplit split = new PostgresSplit(
                Part.LISTED, found.exported(), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.of(new Keys(Optional.empty(), Optional.empty())), OptionalLong.of(lsn - 1));
        return Optional.of(new PostgresReader(
                source, context, of.stream().stream(), split, Optional.empty(), List.of(of.order().among(found.there()))));
    }

    /** Takes a snapshot and asks which rows there are; empty: it does not show all that it has to. By the thread aside. */
    private Optional<Found> find(Mended of, Session session) throws SQLException {
        KeyRepair repair = of.repair();
        if (!repair.isBegun()) {
            repair.begin(transaction(session));
        }
        if (!repair.accepts(RangeReader.visible(session))) {
            return Optional.empty();
        }
        Session holder = aside.hold();
        boolean done = false;
        try {
            holder.begin(null);
            String exported = String.valueOf(
                    holder.promptly(() -> holder.row("SELECT pg_catalog.pg_export_snapshot()")).getFirst());
            Visible visible = holder.promptly(() -> RangeReader.visible(holder));
            if (!repair.accepts(visible)) {
                return Optional.empty();
            }
            long until = holder.promptly(() -> LogCopy.lastRecord(holder));
            List<Key> gone = new ArrayList<>(repair.next());
            List<Key> there = new ArrayList<>();
            for (List<@Nullable String> row : holder.rows(of.order().present(gone))) {
                there.add(new Key(row.stream().map(String::valueOf).toList()));
            }
            gone.removeAll(Set.copyOf(there));
            done = true;
            return Optional.of(new Found(holder, exported, visible, until, there, gone));
        } finally {
            if (!done) {
                holder.close();
            }
        }
    }

    /** An id of now: whatever lies in the log that was read has a lower one, also what commits and is seen by nobody yet. */
    private static long transaction(Session session) throws SQLException {
        session.execute("BEGIN READ WRITE");
        try {
            return Long.parseLong(String.valueOf(session.row("SELECT pg_catalog.pg_current_xact_id()").getFirst()));
        } finally {
            if (!session.connection().isClosed()) {
                session.execute("ROLLBACK");
            }
        }
    }

    /** The log goes on until then. */
    private void triesLater(Mended of) {
        long now = System.nanoTime();
        again = now + AGAIN_NANOS;
        if (!waits) {
            waits = true;
            waitsSince = now;
        } else if (now - waitsSince > PATIENCE_NANOS) {
            waitsSince = now;
            context.notices().tell(
                    "postgres.repair_waits",
                    "The repair of table " + of.stream().stream() + " waits for a transaction that is older than it; the log goes on."
                            + " Look at pg_stat_activity.backend_xmin and pg_prepared_xacts.");
        }
    }

    /** Ends a read that blocks. Any thread. */
    void wakeUp() {
        Running now = running;
        if (now != null) {
            now.reader.ifPresent(PostgresReader::wakeUp);
        }
    }

    @Override
    public void close() {
        Running now = running;
        running = null;
        if (now != null) {
            now.close();
        }
    }
}
