package io.windrow.connectors.postgres;

import io.windrow.connectors.postgres.codec.Transaction;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Behind what was taken in of a log. The reader's thread only. */
final class LogPlace {
    /** Everything that ended before it was taken in. */
    private long lsn;
    private @Nullable Transaction transaction;
    /** The rows of the transaction so far, also those of tables that nobody follows. */
    private long ordinal;
    private long record;
    private long inRecord;

    LogPlace(long lsn) {
        this.lsn = lsn;
    }

    /** Becomes the same place as another. */
    void set(LogPlace other) {
        lsn = other.lsn;
        transaction = other.transaction;
        ordinal = other.ordinal;
        record = other.record;
        inRecord = other.inRecord;
    }

    long lsn() {
        return lsn;
    }

    /** The transaction that is open here; null: none. */
    @Nullable Transaction transaction() {
        return transaction;
    }

    long ordinal() {
        return ordinal;
    }

    /** The place of the last row's record. */
    long record() {
        return record;
    }

    /** The last row's number within its record, from 0. */
    long inRecord() {
        return inRecord;
    }

    void begin(Transaction next) {
        transaction = next;
        ordinal = 0;
        record = 0;
        inRecord = 0;
    }

    /** Nothing is open from here on. */
    void end(long endLsn) {
        transaction = null;
        lsn = endLsn;
    }

    /** Everything up to here is taken in, of what is open nothing. */
    void reach(long upTo) {
        lsn = upTo;
    }

    /** A message of a row comes. Its place in the transaction is that of its record, and its number within that. */
    void row(long at) {
        if (at == record) {
            inRecord++;
        } else {
            record = at;
            inRecord = 0;
        }
    }

    /** So many places in the order of the transaction's rows are taken. */
    void takes(int rows) {
        ordinal += rows;
    }

    /** Where that is within a transaction; empty: in front of its first row, or in none. */
    Optional<LogPosition.Inside> inside() {
        Transaction open = transaction;
        return open == null || ordinal == 0
                ? Optional.empty()
                : Optional.of(new LogPosition.Inside(open.position(), open.id(), record, inRecord));
    }
}
