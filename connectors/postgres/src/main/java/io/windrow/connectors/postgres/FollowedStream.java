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
import io.windrow.connectors.postgres.CopyPlace.Key;
import io.windrow.connectors.postgres.LogBinding.Misfit;
import io.windrow.connectors.postgres.catalog.Relation;
import io.windrow.connectors.postgres.codec.BatchLimits;
import io.windrow.connectors.postgres.codec.ChangeDecoder;
import io.windrow.connectors.postgres.codec.CodecError;
import io.windrow.connectors.postgres.codec.NulledValue;
import io.windrow.connectors.postgres.codec.Transaction;
import io.windrow.connectors.postgres.pgoutput.LogError;
import io.windrow.connectors.postgres.pgoutput.Messages;
import io.windrow.connectors.postgres.pgoutput.PublishedRelation;
import io.windrow.connectors.postgres.pgoutput.Tuple;
import java.util.HashMap;
import java.util.List;
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
    private final RowWriter writer;
    private final LogPosition start;
    private @Nullable LogBinding binding;
    private @Nullable TableHistory history;
    /** Whether what the log says the table is was found to fit. */
    private boolean judged;
    private long seenAgain;
    private long superseded;
    /** Changes of key: one event each, of which two rows are made. */
    private long moved;
    private long supersededBefore;
    private long movedBefore;
    private final Optional<KeyOrder> keys;
    private final Reread reread = new Reread();

    FollowedStream(PostgresSource source, StreamShape shape, LogPosition start, Context context) {
        this.source = source;
        this.context = context;
        this.shape = shape;
        this.start = start;
        this.keys = KeyOrder.of(shape);
        this.decoder = new ChangeDecoder(
                shape.stream(), shape.plans(), new BatchLimits(source.config().batchRows(), source.config().batchSize().bytes()),
                context.allocator());
        this.writer = new RowWriter(decoder);
        if (shape.config().isOfMessages()) {
            binding = LogBinding.ofMessages(shape);
            judged = true;
        }
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

    /** The order of its keys, by which rows are read beside the log. */
    KeyOrder keys() {
        return keys.orElseThrow(() -> WindrowException.of(
                LogError.RELATION_DIFFERS,
                "Copying " + shape.stream() + ": its key was made another one meanwhile, by which no rows can be read"));
    }

    /** What is read of its table meanwhile. */
    Reread reread() {
        return reread;
    }

    /** Whether the row was delivered in an earlier run; it is then counted as seen again. */
    boolean passesOver(Transaction transaction, long record, long ordinal) {
        boolean delivered = start.covers(transaction.position(), record, ordinal);
        if (delivered) {
            seenAgain++;
        }
        return delivered;
    }

    /** Which table it is, for the database; 0: it is none. */
    long oid() {
        return shape.relation().map(Relation::oid).orElse(0L);
    }

    /** The log says how the table looks from here on, in a transaction whose commit lies there. */
    void bind(PublishedRelation relation, long commit) {
        TableHistory known = history == null ? source.history(shape) : history;
        Optional<int[]> numbers = known.numbers(relation.columns(), commit);
        history = numbers.map(all -> known.after(relation.columns(), all)).orElse(known);
        binding = LogBinding.of(shape, relation, numbers);
        judged = binding.misfit().isEmpty();
    }

    /** Whether the next row that is wanted may be refused because of what the log says the table is. */
    boolean isUnjudged() {
        return !judged;
    }

    /** Whether a change is from before the table's copy began, whose rows show it, whatever its columns were. */
    private boolean isOlderThanCopy(Transaction transaction) {
        return reread.isNewerThan(transaction.id());
    }

    /**
     * A row of the table is wanted: a column that the table has lost since is left out of the rows to come; anything else that
     * differs stops the stream.
     */
    void judge(Transaction transaction) {
        if (judged || isOlderThanCopy(transaction)) {
            return;
        }
        Misfit misfit = bound().misfit().orElseThrow();
        // The log's table is not the one that was planned: is it another by now, or was it another in the past?
        StreamShape now = source.fresh(shape.stream());
        boolean past = now.schema().equals(shape.schema());
        if (past && misfit.kind() == Misfit.Kind.GONE) {
            context.notices().tell(
                    "postgres.dropped_column",
                    "Table " + shape.stream() + " no longer has the column " + misfit.column()
                            + ": older changes in the log are delivered without it.");
        } else if (!past || misfit.kind() == Misfit.Kind.OTHER) {
            throw WindrowException.of(past ? LogError.RELATION_DIFFERS : LogError.RELATION_CHANGED, "Reading the changes of " + shape.stream() + ": column " + misfit.column() + " " + misfit.why());
        }
        judged = true;
    }

    /**
     * What it means that a value was not read: the fields of a type may be others than planned, which the log does not announce.
     * Then the table is planned anew.
     */
    Optional<WindrowException> altered(WindrowException why) {
        try {
            return why.errorCode() != CodecError.MALFORMED || source.fresh(shape.stream()).schema().equals(shape.schema())
                    ? Optional.empty()
                    : Optional.of(WindrowException.of(LogError.RELATION_CHANGED, why.getMessage() + "; a type was altered meanwhile"));
        } catch (WindrowException e) {
            // The table cannot be looked at: what is wrong with the value is all that can be said.
            return Optional.empty();
        }
    }

    /**
     * A row is of another table that has the stream's name at its place of the log: what was before the stream began is
     * nobody's, and behind it the stream cannot go on.
     */
    void expectEarlier(Transaction transaction, long record, long ordinal, PublishedRelation other) {
        if (!start.covers(transaction.position(), record, ordinal) && !isOlderThanCopy(transaction)) {
            throw replaced("Reading the changes of " + shape.stream(), other.oid(), oid());
        }
    }

    /** The stream's name is another table's. */
    static WindrowException replaced(String doing, long other, long followed) {
        return WindrowException.of(
                LogError.TABLE_REPLACED,
                doing + ": another table has the name (oid " + other + ", the followed one is " + followed + ")");
    }

    /** Memory does not hold a change. */
    WindrowException tooLarge(Transaction transaction, String size) {
        return WindrowException.of(
                PostgresError.ROW_TOO_LARGE, "Reading the changes of " + shape.stream() + ": one of transaction " + transaction.id() + " has " + size);
    }

    /** What comes from here on may have to be forgotten. */
    void mark() {
        decoder.mark();
        supersededBefore = superseded;
        movedBefore = moved;
    }

    /** Forgets what came since the last {@link #mark}; no row may come any more. */
    void forgetLast() {
        decoder.cut();
        superseded = supersededBefore;
        moved = movedBefore;
    }

    /**
     * Whether a row belongs into the batch that is gathered.
     *
     * @param wireBytes the row's size on the wire
     * @param room how many bytes of memory are left
     */
    boolean fits(int wireBytes, long room) {
        return decoder.fits(wireBytes) && decoder.needs(wireBytes) <= room;
    }

    /** How many bytes of memory the batch takes that is gathered. */
    long held() {
        return decoder.held();
    }

    /** Whether there is something to hand out: rows, or the count of those that the copy has already. */
    boolean hasNews() {
        return decoder.rows() > 0 || superseded > 0;
    }

    /** Whether the copied rows of the key's range show the change of the row, or will; it is then counted. */
    private boolean isSuperseded(Transaction transaction, Tuple row, @Nullable Tuple before) {
        boolean known = isOlderThanCopy(transaction)
                || reread.supersedes(() -> keys().key(row, before, bound().columnOf()), transaction.id());
        superseded += known ? 1 : 0;
        return known;
    }

    void insert(Transaction transaction, long ordinal, Tuple row) {
        if (isSuperseded(transaction, row, null)) {
            return;
        }
        decoder.begin(Operation.INSERT, transaction, ordinal, -1);
        writer.write(bound(row), row, null, Messages.Image.FULL);
        decoder.end();
    }

    /**
     * What the image of an old row holds for sure. That of a partition comes in the name of its table, whose identity may be FULL
     * where that of the partition, which came later, is its key: then what is not of the key says nothing.
     */
    private Messages.Image sure(Messages.Image said) {
        boolean partitioned = shape.relation().orElseThrow().kind() == Relation.Kind.PARTITIONED;
        return partitioned && !shape.schema().key().isEmpty() ? Messages.Image.KEY : said;
    }

    /** Whether the old row, which was sent, is of another identity than the new one. */
    boolean movesKey(Tuple old, Messages.Image said, Tuple row) {
        Messages.Image image = sure(said);
        LogBinding columns = bound();
        boolean keyed = !shape.schema().key().isEmpty();
        for (int i = 0; i < columns.columnOf().length; i++) {
            boolean judged = image == Messages.Image.KEY || !keyed
                    ? columns.identity()[i]
                    : columns.columnOf()[i] >= 0
                            && shape.schema().key().contains(shape.schema().columns().get(columns.columnOf()[i]).name());
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
        writer.write(bound(row), row, old.orElse(null), sure(image));
        decoder.end();
    }

    /** A change of key: the old row goes, the new one comes, each with a link to the other. */
    void move(Transaction transaction, long ordinal, Tuple old, Messages.Image said, Tuple row) {
        Messages.Image image = sure(said);
        moved++;
        boolean goes = !isSuperseded(transaction, old, null);
        boolean comes = !isSuperseded(transaction, row, old);
        if (goes) {
            decoder.begin(Operation.DELETE, transaction, ordinal, comes ? ordinal + 1 : -1);
            writer.writeOld(bound(old), old, image);
            decoder.end();
        }
        if (comes) {
            if (!goes && image == Messages.Image.KEY) {
                expectSent(row);
            }
            decoder.begin(Operation.INSERT, transaction, ordinal + 1, goes ? ordinal : -1);
            writer.write(bound(row), row, old, image);
            decoder.end();
        }
    }

    /** I8: what did not change is in the row of the old key, which was not copied and never will be. */
    private void expectSent(Tuple row) {
        LogBinding columns = bound(row);
        for (int i = 0; i < row.size(); i++) {
            int column = columns.columnOf()[i];
            if (row.kind(i) == Tuple.UNCHANGED && column >= 0 && !columns.identity()[i]) {
                throw WindrowException.of(
                        LogError.KEY_MOVED,
                        "Reading the changes of " + shape.stream() + ": a row got another key while the table was copied, and column "
                                + shape.schema().columns().get(column).name() + " was not sent");
            }
        }
    }

    void delete(Transaction transaction, long ordinal, Tuple old, Messages.Image image) {
        if (isSuperseded(transaction, old, null)) {
            return;
        }
        decoder.begin(Operation.DELETE, transaction, ordinal, -1);
        writer.writeOld(bound(old), old, sure(image));
        decoder.end();
    }

    /**
     * There are no rows of some keys, as of a place in the log: they are deleted, whoever did it. Nothing else is gathered.
     *
     * @return the deletes, with a position that says nothing of it
     */
    Batch gone(List<Key> all, long place) {
        for (int row = 0; row < all.size(); row++) {
            decoder.begin(Operation.DELETE, Transaction.none(place), row, -1);
            writer.writeKey(shape.schema(), all.get(row));
            decoder.end();
        }
        return take(start.forOnly(shape.stream()).toPosition());
    }

    /** Whether who emptied the table did so before its copy began, whose rows show it; it is then counted. */
    boolean isEmptiedBeforeCopy(Transaction transaction) {
        boolean before = isOlderThanCopy(transaction);
        superseded += before ? 1 : 0;
        return before;
    }

    void truncate(Transaction transaction, long ordinal) {
        reread.emptied(transaction.id());
        decoder.begin(Operation.TRUNCATE, transaction, ordinal, -1);
        for (int column = 0; column < shape.plans().size(); column++) {
            decoder.without(column, Presence.ABSENT);
        }
        decoder.end();
    }

    private LogBinding bound(Tuple row) {
        LogBinding columns = bound();
        if (row.size() != columns.columnOf().length) {
            throw WindrowException.of(
                    LogError.MESSAGE_UNKNOWN,
                    "Reading the changes of " + shape.stream() + ": a row of " + row.size() + " columns where the log announced "
                            + columns.columnOf().length);
        }
        return columns;
    }

    private LogBinding bound() {
        LogBinding columns = binding;
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
                shape.schema(), changes.rows(), position,
                Account.ofRead(rows - moved).plus(Account.ofSuperseded(superseded)).plus(Account.ofExpanded(moved)), exceptions,
                changes.facts());
        superseded = 0;
        moved = 0;
        mark();
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
