package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.postgres.CopyPlace.Key;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is read of a stream's table beside its log: all of it in ranges, or rows by their keys, or nothing. The reader's thread only. */
final class Reread {
    private @Nullable TableCopy copy;
    private @Nullable KeyRepair repair;

    /** The table is copied meanwhile; null: it is. */
    void copies(@Nullable TableCopy from) {
        copy = from;
    }

    /** Rows are read by their keys; null: they were. */
    void repairs(@Nullable KeyRepair keys) {
        repair = keys;
    }

    /** Whether the table is copied still. */
    boolean isCopying() {
        return copy != null;
    }

    /** Whether the copy began after a transaction did. */
    boolean isNewerThan(long transaction) {
        TableCopy copying = copy;
        return copying != null && copying.isNewerThan(transaction);
    }

    /** Whether that was thrown because the keys could not be compared. */
    boolean isFailure(WindrowException thrown) {
        TableCopy copying = copy;
        return copying != null && copying.isFailure(thrown);
    }

    /** Whether rows that were read show the change, or are going to. */
    boolean supersedes(Supplier<Key> changed, long transaction) {
        TableCopy copying = copy;
        KeyRepair repairing = repair;
        if (copying == null && repairing == null) {
            return false;
        }
        Key key = changed.get();
        return copying != null && copying.supersedes(key, transaction)
                || repairing != null && repairing.supersedes(key, transaction);
    }

    /** The table was emptied. */
    void emptied(long transaction) {
        TableCopy copying = copy;
        if (copying != null) {
            copying.emptied(transaction);
        }
        KeyRepair repairing = repair;
        if (repairing != null) {
            repairing.emptied(transaction);
        }
    }

    /** How far the table is copied; empty: it is. */
    Optional<CopyPlace> copied() {
        return Optional.ofNullable(copy).map(TableCopy::place);
    }

    /** The rows that were read by their keys, as long as the log has not passed them. */
    Optional<RepairPlace> repaired() {
        return Optional.ofNullable(repair).flatMap(KeyRepair::place);
    }
}
