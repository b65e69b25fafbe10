package io.windrow.core.checkpoint;

import io.windrow.api.error.WindrowException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Whether somebody still holds a lease, within the transaction that would save (I6). */
record Fence(Connection connection, Dialect dialect) {
    /** Refuses a stale holder. */
    void check(Lease lease, String doing) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT token, held FROM windrow_lease WHERE pipeline = ?" + dialect.rowLock())) {
            select.setString(1, lease.pipeline());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next() || row.getLong(1) != lease.fencingToken() || row.getInt(2) != 1) {
                    throw lost(lease, doing);
                }
            }
        }
    }

    static WindrowException lost(Lease lease, String doing) {
        return WindrowException.of(
                CheckpointError.LEASE_LOST,
                doing + ": the lease of " + lease.owner() + " (token " + lease.fencingToken() + ") is not the current one");
    }
}
