package io.windrow.core.compact;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.RowHash;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamSchema;
import io.windrow.core.transform.change.ChangeLog;
import io.windrow.core.verify.RowDigest;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Folds a change log into the rows that it makes. It is read three times: to count it and to learn which rows changed their key, for
 * the copied rows, and for the changes. If the rows do not fit into the memory that is given, it is put aside in parts by the keys'
 * hashes, and each part is folded alone (I12). Used by one thread.
 */
public final class ChangeLogFold {
    private static final int MOST_KEYS = 200_000;
    private static final int MOST_JOINED = 1_000_000;

    private final Log whole;
    private final StreamSchema log;
    private final StreamSchema state;
    private final BufferAllocator allocator;
    private final Path folder;
    private final long bytes;
    private final RowDigest digest = new RowDigest();
    /** Keys of one row that changed its key and took values along: what it was is needed where it came to. */
    private final Map<RowHash, RowHash> joined = new HashMap<>();

    /**
     * What was folded.
     *
     * @param changes rows of the log
     * @param rows rows that they make
     */
    public record Folded(long changes, long rows) {}

    /**
     * A folding.
     *
     * @param whole the log
     * @param log its newest schema
     * @param allocator for the rows
     * @param folder for what does not fit into memory; behind the mask, as what was delivered is
     * @param bytes so much memory the rows may take. More is taken only for a single row that is larger
     */
    ChangeLogFold(Log whole, StreamSchema log, BufferAllocator allocator, Path folder, long bytes) {
        this.whole = whole;
        this.log = log;
        this.state = stateOf(log);
        this.allocator = allocator;
        this.folder = folder;
        this.bytes = bytes;
    }

    /** Whether rows of the schema are those of a change log. */
    static boolean isLog(StreamSchema schema) {
        return ChangeLog.COLUMNS.stream().allMatch(name -> schema.indexOf(name) >= 0);
    }

    /** The schema of the rows that a log makes: the table's columns, of which those of the key are never null. */
    private static StreamSchema stateOf(StreamSchema log) {
        if (log.key().isEmpty()) {
            throw WindrowException.of(CompactError.NO_KEY, "Folding the change log of " + log.stream());
        }
        List<Column> columns = log.columns().stream()
                .filter(column -> !ChangeLog.COLUMNS.contains(column.name()))
                .map(column -> new Column(
                        column.id(), column.name(), column.type(), !log.key().contains(column.name()), column.sourceType()))
                .toList();
        return new StreamSchema(log.stream(), log.version(), columns, log.key());
    }

    /** The schema of the rows that {@link #fold} gives, under the log's name. */
    public StreamSchema schema() {
        return state;
    }

    /** Folds and gives the rows, each once, in no order; each batch is valid during the call. */
    public Folded fold(Consumer<Batch> taker) {
        long changes = scan();
        long[] rows = {0};
        Deque<LogPart> parts = new ArrayDeque<>(List.of(new LogPart(whole, 0, List.of())));
        try {
            while (!parts.isEmpty()) {
                try (LogPart part = parts.pop(); StateFold fold = new StateFold(state, allocator)) {
                    if (fill(fold, part)) {
                        fold.each(some -> {
                            rows[0] += some.getRowCount();
                            taker.accept(new Batch(state, some, new Position(1, "{}"), Account.ZERO));
                        });
                    } else {
                        part.split(log, allocator, folder, this::group).forEach(parts::push);
                    }
                }
            }
        } finally {
            LogPart.closeAll(parts);
        }
        return new Folded(changes, rows[0]);
    }

    /** Counts the rows, and joins the keys of rows that changed it. */
    private long scan() {
        long[] count = {0};
        Place[] deleted = new Place[1];
        RowHash[] key = new RowHash[1];
        whole.changes(rows -> {
            count[0] += rows.count();
            for (int row = 0; row < rows.count(); row++) {
                LogRows.Kind kind = rows.kind(row);
                if (rows.link(row).isEmpty()) {
                    continue;
                }
                if (kind == LogRows.Kind.DELETE) {
                    deleted[0] = rows.place(row);
                    key[0] = digest.of(rows.keys(), row);
                } else if (rows.leavesAnything(row)
                        && new Place(rows.place(row).position(), rows.link(row).getAsLong()).equals(deleted[0])) {
                    join(key[0], digest.of(rows.keys(), row));
                }
            }
        });
        return count[0];
    }

    private void join(RowHash one, RowHash other) {
        RowHash first = first(one);
        RowHash second = first(other);
        if (!first.equals(second)) {
            joined.put(second, first);
        }
        if (joined.size() > MOST_JOINED) {
            throw WindrowException.of(
                    CompactError.TOO_MANY, "Folding the change log of " + log.stream() + ": more than " + MOST_JOINED + " rows");
        }
    }

    private RowHash first(RowHash key) {
        RowHash first = key;
        for (RowHash next = joined.get(first); next != null; next = joined.get(first)) {
            first = next;
        }
        return first;
    }

    /** What decides in which part a row lies. */
    private long group(LogRows rows, int row) {
        return first(digest.of(rows.keys(), row)).low();
    }

    /** Whether the part's rows fit into memory. If not, the rest of it is passed over. */
    private boolean fill(StateFold fold, LogPart part) {
        boolean[] fits = {true};
        part.log().copies(rows -> fits[0] = fits[0] && take(fold, part, rows, true));
        if (fits[0]) {
            part.log().changes(rows -> fits[0] = fits[0] && take(fold, part, rows, false));
        }
        return fits[0];
    }

    private boolean take(StateFold fold, LogPart part, LogRows rows, boolean copies) {
        for (int row = 0; row < rows.count(); row++) {
            LogRows.Kind kind = rows.kind(row);
            if ((kind == LogRows.Kind.COPY) == copies) {
                fold.take(rows, row, kind == LogRows.Kind.TRUNCATE ? RowHash.ZERO : digest.of(rows.keys(), row));
            }
        }
        fold.settle();
        return fold.size() <= MOST_KEYS && fold.bytes() <= bytes || fold.size() <= 1 || part.isSmallest();
    }
}
