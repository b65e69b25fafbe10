package io.windrow.connectors.postgres;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Measure;
import io.windrow.api.batch.Operation;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.Presence;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.Source;
import io.windrow.connectors.postgres.codec.BatchLimits;
import io.windrow.connectors.postgres.codec.ChangeDecoder;
import io.windrow.connectors.postgres.codec.ColumnPlan;
import io.windrow.connectors.postgres.codec.LogForm;
import io.windrow.connectors.postgres.codec.NulledValue;
import io.windrow.connectors.postgres.codec.Transaction;
import io.windrow.connectors.postgres.pgoutput.LogError;
import io.windrow.connectors.postgres.pgoutput.Messages;
import io.windrow.connectors.postgres.pgoutput.PublishedRelation.PublishedColumn;
import io.windrow.connectors.postgres.pgoutput.PublishedRelation.Role;
import io.windrow.connectors.postgres.pgoutput.PublishedRelation;
import io.windrow.connectors.postgres.pgoutput.Tuple;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One stream of a change log: its rows become batches. Used by the reader's thread. */
final class FollowedStream implements AutoCloseable {
    private final PostgresSource source;
    private final Context context;
    private final StreamShape shape;
    private final ChangeDecoder decoder;
    private final LogPosition start;
    private @Nullable Binding binding;
    private long seenAgain;
    private long superseded;
    private final Optional<KeyOrder> keys;
    private @Nullable TableCopy copy;

    /**
     * How the log's columns become the stream's.
     *
     * @param columnOf for each column of the log the stream's, or −1
     * @param identity for each column of the log whether it is part of the replica identity
     * @param missing the stream's columns that the log does not have
     */
    private record Binding(int[] columnOf, boolean[] identity, int[] missing) {}

    FollowedStream(PostgresSource source, StreamShape shape, LogPosition start, Context context) {
        this.source = source;
        this.context = context;
        this.shape = shape;
        this.start = start;
        this.keys = KeyOrder.of(shape);
        this.decoder = new ChangeDecoder(
                shape.stream(), shape.plans(), new BatchLimits(source.config().batchRows(), source.config().batchSize().bytes()),
                context.allocator());
    }

    StreamName stream() {
        return shape.stream();
    }

    StreamShape shape() {
        return shape;
    }

    /** Where it goes on. */
    LogPosition start() {
        return start;
    }

    /** The order of its keys; empty: it cannot be copied in ranges of them. */
    Optional<KeyOrder> keys() {
        return keys;
    }

    /** How far its table is copied; null: it is. */
    @Nullable TableCopy copy() {
        return copy;
    }

    /** Its table is copied meanwhile. */
    void copyFrom(TableCopy from) {
        copy = from;
    }

    /** Its table is copied. */
    void copyEnds() {
        copy = null;
    }

    /** Whether the row was delivered in an earlier run; it is then counted as seen again. */
    boolean passesOver(Transaction transaction, long record, long ordinal) {
        boolean delivered = start.covers(transaction.position(), record, ordinal);
        if (delivered) {
            seenAgain++;
        }
        return delivered;
    }

    /**
     * What does not fit between the log and the table as it was planned.
     *
     * @param column the column
     * @param kind how bad that is
     * @param why what the log has
     */
    private record Misfit(String column, Kind kind, String why) {
        enum Kind {
            /** The log's rows hold it, the table may have lost it since. */
            GONE,
            /** The log's rows hold it in another form. */
            OTHER
        }
    }

    /**
     * The log says how the table looks from here on. A column that the table has lost since is left out of the rows to come;
     * anything else that differs stops the stream.
     */
    void bind(PublishedRelation relation) {
        Optional<Misfit> misfit = bound(relation);
        if (misfit.isEmpty()) {
            return;
        }
        // The log's table is not the one that was planned: is it another by now, or was it another in the past?
        boolean past = source.fresh(shape.stream()).schema().equals(shape.schema());
        if (past && misfit.get().kind() == Misfit.Kind.GONE) {
            context.notices().tell(
                    "postgres.dropped_column",
                    "Table " + shape.stream() + " no longer has the column " + misfit.get().column()
                            + ": older changes in the log are delivered without it.");
            return;
        }
        throw WindrowException.of(
                past ? LogError.RELATION_DIFFERS : LogError.RELATION_CHANGED,
                "Reading the changes of " + shape.stream() + ": column " + misfit.get().column() + " " + misfit.get().why());
    }

    private Optional<Misfit> bound(PublishedRelation relation) {
        Optional<Misfit> misfit = Optional.empty();
        int[] columnOf = new int[relation.columns().size()];
        boolean[] identity = new boolean[columnOf.length];
        boolean[] found = new boolean[shape.plans().size()];
        for (int i = 0; i < columnOf.length; i++) {
            PublishedColumn column = relation.columns().get(i);
            identity[i] = column.role() == Role.IDENTITY;
            columnOf[i] = shape.schema().indexOf(column.name());
            if (columnOf[i] < 0) {
                if (shape.config().columns().isEmpty() && !shape.leftOut().contains(column.name()) && misfit.isEmpty()) {
                    misfit = Optional.of(new Misfit(
                            column.name(), Misfit.Kind.GONE, "is in the log, and was not in the table when the run was planned"));
                }
                continue;
            }
            found[columnOf[i]] = true;
            var planned = shape.column(column.name());
            if (planned.typeOid() != column.typeOid() || planned.typmod() != column.typmod()) {
                misfit = Optional.of(new Misfit(
                        column.name(), Misfit.Kind.OTHER, "has another type in the log than in the table"));
            }
        }
        int[] missing = new int[found.length];
        int count = 0;
        for (int i = 0; i < found.length; i++) {
            if (!found[i]) {
                missing[count++] = i;
            }
        }
        binding = new Binding(columnOf, identity, Arrays.copyOf(missing, count));
        if (count > 0 && misfit.isPresent()) {
            // A column gone and one come together may be one that was renamed: nobody guesses (D17).
            String missed = shape.plans().get(missing[0]).column().name();
            return misfit.map(one -> new Misfit(
                    one.column(), Misfit.Kind.OTHER, one.why() + ", where the table has " + missed + ": it may have been renamed"));
        }
        return misfit;
    }

    boolean fits(int wireBytes) {
        return decoder.fits(wireBytes);
    }

    /** Whether there is something to hand out: rows, or the count of those that the copy has already. */
    boolean hasNews() {
        return decoder.rows() > 0 || superseded > 0;
    }

    /** Whether the copied rows of the key's range show the change of the row, or will; it is then counted. */
    private boolean isSuperseded(Transaction transaction, Tuple row, @Nullable Tuple before) {
        TableCopy copying = copy;
        if (copying == null) {
            return false;
        }
        boolean known = copying.supersedes(keys.orElseThrow().key(row, before, bound().columnOf), transaction.id());
        superseded += known ? 1 : 0;
        return known;
    }

    void insert(Transaction transaction, long ordinal, Tuple row) {
        if (isSuperseded(transaction, row, null)) {
            return;
        }
        decoder.begin(Operation.INSERT, transaction, ordinal, -1);
        write(row, null);
        decoder.end();
    }

    /** Whether the old row, which was sent, is of another identity than the new one. */
    boolean movesKey(Tuple old, Messages.Image image, Tuple row) {
        Binding columns = bound();
        boolean keyed = !shape.schema().key().isEmpty();
        for (int i = 0; i < columns.columnOf.length; i++) {
            boolean judged = image == Messages.Image.KEY || !keyed
                    ? columns.identity[i]
                    : columns.columnOf[i] >= 0
                            && shape.schema().key().contains(shape.schema().columns().get(columns.columnOf[i]).name());
            if (judged && row.kind(i) != Tuple.UNCHANGED && !row.sameCell(old, i)) {
                return true;
            }
        }
        return false;
    }

    void update(Transaction transaction, long ordinal, Optional<Tuple> old, Messages.Image image, Tuple row) {
        if (isSuperseded(transaction, row, old.orElse(null))) {
            return;
        }
        decoder.begin(Operation.UPDATE, transaction, ordinal, -1);
        write(row, image == Messages.Image.FULL ? old.orElse(null) : null);
        decoder.end();
    }

    /** A change of key: the old row goes, the new one comes, each with a link to the other. */
    void move(Transaction transaction, long ordinal, Tuple old, Messages.Image image, Tuple row) {
        boolean goes = !isSuperseded(transaction, old, null);
        boolean comes = !isSuperseded(transaction, row, old);
        if (goes) {
            decoder.begin(Operation.DELETE, transaction, ordinal, comes ? ordinal + 1 : -1);
            writeOld(old, image);
            decoder.end();
        }
        if (comes) {
            if (!goes && image == Messages.Image.KEY) {
                expectSent(row);
            }
            decoder.begin(Operation.INSERT, transaction, ordinal + 1, goes ? ordinal : -1);
            write(row, image == Messages.Image.FULL ? old : null);
            decoder.end();
        }
    }

    /** I8: what did not change is in the row of the old key, which was not copied and never will be. */
    private void expectSent(Tuple row) {
        for (int i = 0; i < row.size(); i++) {
            if (row.kind(i) == Tuple.UNCHANGED) {
                throw WindrowException.of(
                        LogError.KEY_MOVED,
                        "Reading the changes of " + shape.stream() + ": a row got another key while the table was copied, and column "
                                + shape.schema().columns().get(Math.max(0, bound().columnOf[i])).name() + " was not sent");
            }
        }
    }

    void delete(Transaction transaction, long ordinal, Tuple old, Messages.Image image) {
        if (isSuperseded(transaction, old, null)) {
            return;
        }
        decoder.begin(Operation.DELETE, transaction, ordinal, -1);
        writeOld(old, image);
        decoder.end();
    }

    void truncate(Transaction transaction, long ordinal) {
        TableCopy copying = copy;
        if (copying != null) {
            copying.emptied(transaction.id());
        }
        decoder.begin(Operation.TRUNCATE, transaction, ordinal, -1);
        for (int column = 0; column < shape.plans().size(); column++) {
            decoder.without(column, Presence.ABSENT);
        }
        decoder.end();
    }

    /** Writes the row; what did not change is taken from the old one, if that was sent whole. */
    private void write(Tuple row, @Nullable Tuple whole) {
        Binding columns = bound(row);
        for (int i = 0; i < columns.columnOf.length; i++) {
            int column = columns.columnOf[i];
            if (column < 0) {
                continue;
            }
            if (row.kind(i) != Tuple.UNCHANGED) {
                cell(row, i, column);
            } else if (whole != null && whole.kind(i) != Tuple.UNCHANGED) {
                cell(whole, i, column);
            } else {
                decoder.without(column, Presence.UNCHANGED);
            }
        }
        absent(columns);
    }

    private void writeOld(Tuple old, Messages.Image image) {
        Binding columns = bound(old);
        for (int i = 0; i < columns.columnOf.length; i++) {
            int column = columns.columnOf[i];
            if (column < 0) {
                continue;
            }
            if (image == Messages.Image.KEY && !columns.identity[i] || old.kind(i) == Tuple.UNCHANGED) {
                decoder.without(column, Presence.ABSENT);
            } else {
                cell(old, i, column);
            }
        }
        absent(columns);
    }

    private void absent(Binding columns) {
        for (int column : columns.missing) {
            decoder.without(column, Presence.ABSENT);
        }
    }

    private void cell(Tuple row, int cell, int column) {
        ColumnPlan plan = shape.plans().get(column);
        switch (row.kind(cell)) {
            case Tuple.NULL -> decoder.nullValue(column);
            case Tuple.BINARY, Tuple.TEXT -> {
                LogForm form = row.kind(cell) == Tuple.BINARY ? LogForm.BINARY : LogForm.TEXT;
                if (plan.logForm() != form) {
                    throw decoder.misfit(column, "a value in " + form + " form where " + plan.logForm() + " was expected");
                }
                decoder.value(column, row.bytes(), row.offset(cell), row.length(cell));
            }
            default -> throw decoder.misfit(column, "a cell of an unknown kind");
        }
    }

    private Binding bound(Tuple row) {
        Binding columns = bound();
        if (row.size() != columns.columnOf.length) {
            throw WindrowException.of(
                    LogError.MESSAGE_UNKNOWN,
                    "Reading the changes of " + shape.stream() + ": a row of " + row.size() + " columns where the log announced "
                            + columns.columnOf.length);
        }
        return columns;
    }

    private Binding bound() {
        Binding columns = binding;
        if (columns == null) {
            throw WindrowException.of(
                    LogError.MESSAGE_UNKNOWN,
                    "Reading the changes of " + shape.stream() + ": a row came before the log said what its columns are");
        }
        return columns;
    }

    /** The rows so far as a batch. */
    Batch take(Position position) {
        int rows = decoder.rows();
        Map<String, Long> exceptions = new HashMap<>();
        for (NulledValue nulled : decoder.takeNulled()) {
            exceptions.merge(
                    nulled.column() + ":" + nulled.kind().name().toLowerCase(Locale.ROOT), nulled.count(), Long::sum);
        }
        ChangeDecoder.Changes changes = decoder.take();
        Batch batch = new Batch(
                shape.schema(), changes.rows(), position, Account.ofRead(rows).plus(Account.ofSuperseded(superseded)), exceptions,
                changes.facts());
        superseded = 0;
        if (seenAgain == 0) {
            return batch;
        }
        Measure again = Measure.ofCount(seenAgain);
        seenAgain = 0;
        return batch.release().plusMeasure(Source.SEEN_AGAIN, again).batch();
    }

    @Override
    public void close() {
        decoder.close();
    }
}
