package io.windrow.connectors.connect;

import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.ReadResult;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.connectors.connect.host.HostedTask;
import io.windrow.connectors.connect.record.Change;
import io.windrow.connectors.connect.record.LogOrder;
import io.windrow.connectors.connect.record.LogPlace;
import io.windrow.connectors.connect.record.Shape;
import io.windrow.connectors.connect.record.Values;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log through a connector. Rows of several streams are gathered side by side and handed out together, so that the
 * place behind the last of them holds for all.
 */
final class LogReader extends TaskReader {
    private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long MOVED_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What says where in the log it was met. */
    private static final Set<ErrorCode> PLACED =
            Set.of(ConnectError.STATEMENT_UNREADABLE, ConnectError.EVENT_UNREADABLE, ConnectError.STATEMENT_LOGGED, ConnectError.CHANGES_TAKEN_BACK);

    private final Map<StreamName, LogPlace> starts = new TreeMap<>();
    private final LogOrder order;
    private final Ending ending;
    private final Silence silence;
    private final Arrivals arrivals;
    private final LeftOut leftOut;
    private final ValuesUntold untold;
    private final TransactionRows counted;
    /** Whether the connector was seen to have reached the server that the places are of. */
    private boolean met;
    private Arrivals.Told tells = Arrivals.Told.LAST;
    private long transaction;
    private long row;
    private Map<String, ?> lastOffset;
    /** Up to where everything is committed, if the connector was not told of it yet. */
    private @Nullable LogPlace committed;
    /**
     * Streams behind a statement that took their rows away unnamed. Known with the very read that met it: the places that this and
     * later reads tell lie behind the statement, and none of them may become the stream's.
     */
    private final Map<StreamName, WindrowException> emptied = new TreeMap<>();
    private final Map<StreamName, Position> altered = new TreeMap<>();
    /** The first half of a change of key: no place lies between the two. */
    private Change.@Nullable Row gone;
    private boolean gathered;
    private long gatheredSince;
    private LogPlace told;
    private long toldAt = System.nanoTime();
    private boolean saidFull;

    LogReader(ConnectSource source, Context context, ConnectSplit split, Map<StreamName, Position> starts) {
        super(source, context);
        this.order = source.logOrder();
        this.ending = new Ending(source, split.until());
        this.silence = new Silence(source.silence());
        this.leftOut = new LeftOut(context.notices());
        this.untold = new ValuesUntold(source.preset(), context.notices());
        starts.forEach((stream, position) -> this.starts.put(stream, LogPlace.of(position)));
        Position lowest = starts.values().stream()
                .min(LogPlace.ORDER)
                .orElseThrow(() -> WindrowException.of(ConnectError.PLANNER_MISUSED, "Opening the log: no stream reads it"));
        this.told = LogPlace.of(lowest);
        this.transaction = told.transaction();
        this.row = told.row();
        this.arrivals = new Arrivals(told.offsets());
        this.lastOffset = told.offsets().only();
        this.counted = new TransactionRows(this.starts, told);
    }

    @Override
    public ReadResult read(long deadlineNanos) {
        if (!ready.isEmpty()) {
            return ready.poll();
        }
        if (ending.isAt(transaction) && running() == null) {
            return end();
        }
        HostedTask open = opened(
                ConnectSplit.Kind.LOG, starts.keySet(), () -> source.history().from(starts, told), told.offsets());
        if (source.preset().shape() == Shape.MESSAGES && open.takesCommittedRecords()) {
            tells = Arrivals.Told.ALL;
        }
        while (ready.isEmpty()) {
            if (!open.isPolling()) {
                tellCommitted(open);
                if (tells == Arrivals.Told.ALL && arrivals.bytes() >= source.preset().heldSize().bytes()) {
                    return full(open, deadlineNanos);
                }
                ending.ask(transaction);
            }
            Optional<List<SourceRecord>> polled = polled(open, awaited(deadlineNanos));
            List<SourceRecord> come = polled.orElse(List.of());
            learn(come);
            come.forEach(this::take);
            if (come.isEmpty()) {
                silence.goesOn(source.preset().heard(context.pipeline()));
            } else {
                silence.broken();
            }
            long now = System.nanoTime();
            // What was gathered is handed out first: the end comes behind it.
            if (gathered && (come.isEmpty() || now - gatheredSince > GATHER_NANOS)) {
                hand();
            }
            boolean through = polled.isPresent() && come.isEmpty() && ending.isReached();
            if (through && ending.isSaid(transaction, now)) {
                ready.add(end());
            } else if (ready.isEmpty() && (polled.isEmpty() || now - deadlineNanos >= 0)) {
                return idle();
            }
        }
        return ready.poll();
    }

    /** What cannot be read lies behind what came last. */
    private Optional<List<SourceRecord>> polled(HostedTask open, long deadlineNanos) {
        try {
            return open.poll(deadlineNanos);
        } catch (WindrowException e) {
            throw PLACED.contains(e.errorCode())
                    ? WindrowException.of((ConnectError) e.errorCode(), e.getMessage() + ", behind " + order.text(lastOffset) + " of the log")
                    : e;
        }
    }

    /** I12: too many records wait for a commit to ask for more; they are handed on, so that one comes. */
    private ReadResult full(HostedTask open, long deadlineNanos) {
        hand();
        if (!ready.isEmpty()) {
            return ready.poll();
        }
        if (!saidFull) {
            saidFull = true;
            context.notices().tell("connect.held_size", "Reading the log: " + arrivals.bytes() + " bytes of records wait until they are"
                    + " committed, and the connector is asked for no more before that. A stream that is parked, or left out of this run,"
                    + " keeps them waiting.");
        }
        open.rest(deadlineNanos);
        return idle();
    }

    /** Rows that were gathered wait for others no longer than this. */
    private long awaited(long deadlineNanos) {
        long gatheredUntil = gatheredSince + GATHER_NANOS;
        return gathered && gatheredUntil - deadlineNanos < 0 ? gatheredUntil : deadlineNanos;
    }

    /** What the connector has learnt of the tables' form is kept before the rows that have it. */
    private void learn(List<SourceRecord> come) {
        List<String> lines = learnt();
        if (!met && !(come.isEmpty() && lines.isEmpty())) {
            // Between the plan and this, another server may have taken the place of the one whose places these are.
            source.expectFollowed();
            met = true;
        }
        lines.forEach(line -> source.history().add(starts.keySet(), line));
    }

    private void take(SourceRecord record) {
        Arrivals.expectPlace(record);
        switch (records.read(record)) {
            case Change.Row one -> row(record, one);
            case Change.Altered altered -> altered(record, altered);
            case Change.Moved ignored -> moved(record);
            case Change.Nothing ignored -> {}
        }
    }

    private void row(SourceRecord record, Change.Row change) {
        if (change.what() == Change.What.COPIED) {
            throw WindrowException.of(
                    ConnectError.VALUE_UNKNOWN, "Reading the log: the connector copies " + change.stream() + " instead");
        }
        Change.Row first = gone;
        if (change.moved() && change.what() == Change.What.DELETED) {
            gone = change;
            return;
        }
        gone = null;
        long place = place(record);
        if (place < transaction) {
            throw WindrowException.of(
                    ConnectError.LOG_WENT_BACK, "Reading the log: a row at place " + place + " follows place " + transaction);
        }
        long number = order.number(record.sourceOffset(), place == transaction ? row : 0);
        if (place == transaction && number < row) {
            // The connector has connected anew, and the server sends the transaction from its start.
            passOver(change.stream());
            return;
        }
        arrive(record, place, number + (first == null ? 1 : 2));
        counted.at(change.gtid(), place);
        FollowedTable table = tables.get(change.stream());
        if (table == null) {
            expectKnown(change.stream());
            return;
        }
        LogPlace start = starts.get(change.stream());
        if (start != null && start.covers(place, number)) {
            table.passOver();
            return;
        }
        if (counted.passesOver(change.stream())) {
            table.passOver();
            return;
        }
        counted.taken(change.stream());
        if (source.preset().shape() == Shape.MESSAGES) {
            leftOut.of(record);
        }
        if (!gathered) {
            gathered = true;
            gatheredSince = System.nanoTime();
        }
        try {
            if (first == null) {
                table.add(change, place, number);
            } else {
                table.move(first, change, place, number);
            }
        } catch (WindrowException e) {
            if (e.errorCode().needsNewPlan()) {
                altered.put(change.stream(), position().toPosition());
            }
            throw e;
        }
        // A change of key adds two.
        if (table.isFull(source.preset().batchRows() - 1, source.preset().batchSize().bytes())) {
            hand();
        }
    }

    private void passOver(StreamName stream) {
        FollowedTable table = tables.get(stream);
        if (table != null) {
            table.passOver();
        }
    }

    /** I10: a table that this run leaves alone is passed over; a topic that nobody has named is not. */
    private void expectKnown(StreamName stream) {
        if (source.preset().shape() == Shape.MESSAGES && !source.preset().streams().contains(stream)) {
            throw WindrowException.of(
                    ConnectError.VALUE_UNKNOWN, "Reading: the connector writes to topic " + stream + ", which topics does not name");
        }
    }

    private long place(SourceRecord record) {
        return order.place(record.sourceOffset(), new LogOrder.Before(transaction, lastOffset));
    }

    private void arrive(SourceRecord record, long place, long behind) {
        if (place != transaction) {
            counted.left();
        }
        transaction = place;
        row = behind;
        arrivals.add(record, tells);
        lastOffset = record.sourceOffset();
    }

    /** A table of ours was altered: its stream commits what is known of it from here on, even if no row comes. */
    private void altered(SourceRecord record, Change.Altered altered) {
        hand();
        moved(record);
        for (StreamName stream : altered.among(tables.keySet())) {
            FollowedTable table = tables.get(stream);
            LogPlace start = starts.get(stream);
            if (table == null || start == null || start.covers(transaction, row)) {
                continue;
            }
            // Others tell of a table as made when they first see it, for all that is known.
            if (altered.emptied() && source.preset().dialect() == Values.Dialect.BINLOG) {
                tables.remove(stream);
                table.close();
                emptied.put(stream, WindrowException.of(
                        ConnectError.TABLE_EMPTIED, "Reading the changes of " + stream + ": a statement replaced the table or took rows"
                                + " away that the log does not name one by one"));
            } else {
                if (source.preset().dialect() == Values.Dialect.BINLOG) {
                    untold.meets(stream, altered);
                }
                Position here = position().toPosition();
                ready.add(new ReadResult.Data(table.event(here), Optional.of(here)));
            }
        }
    }

    /** A place further on, between two transactions. One that lies before is where the connector took up the log. */
    private void moved(SourceRecord record) {
        long place = order.isAbsolute() ? place(record) : transaction;
        if (place > transaction) {
            counted.moved(record.sourceOffset());
            arrive(record, place, 0);
        } else if (!order.isAbsolute()) {
            arrive(record, transaction, row);
        }
    }

    private LogPlace position() {
        return arrivals.place(transaction, row).in(source.log(), counted.halfway());
    }

    @Override
    public Map<StreamName, WindrowException> failed() {
        return Map.copyOf(emptied);
    }

    @Override
    public Map<StreamName, Position> altered() {
        return altered;
    }

    /** Hands out what was gathered; with the last batch, all streams have everything up to here. */
    private void hand() {
        if (!gathered) {
            return;
        }
        gathered = false;
        LogPlace now = position();
        Position here = now.toPosition();
        List<FollowedTable> full = tables.values().stream().filter(table -> table.rows() > 0).toList();
        for (int i = 0; i < full.size(); i++) {
            ready.add(new ReadResult.Data(
                    full.get(i).take(here), i == full.size() - 1 ? Optional.of(here) : Optional.empty()));
        }
        told = now;
        toldAt = System.nanoTime();
    }

    private ReadResult idle() {
        LogPlace now = position();
        if (now.transaction() == told.transaction() && now.row() == told.row() || System.nanoTime() - toldAt < MOVED_NANOS) {
            return new ReadResult.Idle();
        }
        told = now;
        toldAt = System.nanoTime();
        return new ReadResult.Idle(Optional.of(now.toPosition()));
    }

    private ReadResult end() {
        return new ReadResult.End(
                new EndProof("reached_position", -1, "the log's end at the start, " + ending.text() + ", is reached"),
                Optional.of(position().toPosition()));
    }

    @Override
    public void acknowledge(Position position) {
        committed = LogPlace.of(position);
        HostedTask open = running();
        if (open != null) {
            tellCommitted(open);
        }
    }

    /**
     * I2: a connector that looks at single records is told of those that are committed; another one once all that it gave is,
     * and none is on its way.
     */
    private void tellCommitted(HostedTask open) {
        LogPlace place = committed;
        if (place == null) {
            return;
        }
        boolean all = !gathered && gone == null && ready.isEmpty() && !open.isPolling()
                && place.transaction() == transaction && place.row() == row;
        List<SourceRecord> records = arrivals.upTo(place);
        if (all || !records.isEmpty() && open.takesCommittedRecords()) {
            open.commit(records);
        }
        if (all) {
            committed = null;
        }
    }
}
