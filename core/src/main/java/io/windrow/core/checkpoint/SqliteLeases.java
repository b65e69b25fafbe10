package io.windrow.core.checkpoint;

import io.windrow.api.error.WindrowException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The leases of a state store in one file: a row with the fencing token, guarded by a lock file where the system has
 * such locks, so that a killed holder's lease is free at once. Holds the locks it took until they are released.
 */
final class SqliteLeases implements AutoCloseable {
    private static final long WATCH_NANOS = 20_000_000;

    private final Path file;
    private final Clock clock;
    private final Map<String, LeaseLock> locks = new HashMap<>();

    SqliteLeases(Path file, Clock clock) {
        this.file = file;
        this.clock = clock;
    }

    /** The lease's row; {@code guarded}: its holder has the file lock as well. */
    private record Row(String owner, long token, boolean held, boolean guarded, long ttl, long expires, long renewals) {}

    /** Takes the lease within the caller's write transaction; see {@link Dialect#acquire}. */
    Lease acquire(Connection connection, String pipeline, String owner, Duration ttl) throws SQLException, IOException {
        String doing = "Taking the lease of " + pipeline;
        // By whatever links the file was named: two names of one store must not have two locks.
        Path lockFile = Path.of(file.toRealPath() + "." + Checksum.of("lease", pipeline).substring(0, 12) + ".lock");
        Optional<LeaseLock> lock = LeaseLock.take(lockFile);
        boolean done = false;
        try {
            Optional<Row> row = row(connection, pipeline);
            if (row.isPresent() && row.get().held && !(lock.isPresent() && row.get().guarded)) {
                // The file lock tells nothing of this holder: only time does, and the wall clock may have jumped (G16).
                if (row.get().expires > clock.millis() || renewedWithinTtl(connection, pipeline, row.get())) {
                    throw held(doing, row.get().owner);
                }
            } else if (lock.isEmpty()) {
                throw held(doing, row.map(Row::owner).orElse("another run"));
            }
            Lease lease = write(connection, pipeline, owner, ttl, row.map(Row::token).orElse(0L), lock.isPresent());
            lock.ifPresent(held -> locks.put(pipeline, held));
            done = true;
            return lease;
        } finally {
            if (!done) {
                lock.ifPresent(this::unlock);
            }
        }
    }

    /** Watches a holder for the length of its ttl, by a clock that does not jump. */
    private boolean renewedWithinTtl(Connection connection, String pipeline, Row seen) throws SQLException {
        long end = System.nanoTime() + seen.ttl * 1_000_000;
        while (true) {
            // The last look begins behind the ttl: a pause of the watcher alone is not the holder's.
            boolean last = System.nanoTime() >= end;
            Optional<Row> now = row(connection, pipeline);
            if (now.isEmpty() || now.get().token != seen.token || now.get().renewals != seen.renewals) {
                return now.isPresent() && now.get().held;
            }
            if (last) {
                return false;
            }
            LockSupport.parkNanos(WATCH_NANOS);
        }
    }

    private Lease write(
            Connection connection, String pipeline, String owner, Duration ttl, long token, boolean guarded)
            throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(
                "INSERT INTO windrow_lease (pipeline, owner, token, held, guarded, ttl_millis, expires_millis, renewals)"
                        + " VALUES (?, ?, ?, 1, ?, ?, ?, 0) ON CONFLICT (pipeline) DO UPDATE SET owner = excluded.owner,"
                        + " token = excluded.token, held = 1, guarded = excluded.guarded,"
                        + " ttl_millis = excluded.ttl_millis, expires_millis = excluded.expires_millis, renewals = 0"
                        + " WHERE windrow_lease.token = ?")) {
            upsert.setString(1, pipeline);
            upsert.setString(2, owner);
            upsert.setLong(3, token + 1);
            upsert.setInt(4, guarded ? 1 : 0);
            upsert.setLong(5, ttl.toMillis());
            upsert.setLong(6, clock.millis() + ttl.toMillis());
            upsert.setLong(7, token);
            if (upsert.executeUpdate() == 0) {
                throw held("Taking the lease of " + pipeline, "another run that was faster");
            }
            return new Lease(pipeline, owner, token + 1);
        }
    }

    private static Optional<Row> row(Connection connection, String pipeline) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT owner, token, held, guarded, ttl_millis, expires_millis, renewals FROM windrow_lease"
                        + " WHERE pipeline = ?")) {
            select.setString(1, pipeline);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                return Optional.of(new Row(
                        row.getString(1), row.getLong(2), row.getInt(3) == 1, row.getInt(4) == 1, row.getLong(5),
                        row.getLong(6), row.getLong(7)));
            }
        }
    }

    private WindrowException held(String doing, String owner) {
        return WindrowException.of(CheckpointError.LEASE_HELD, doing + ": " + owner + " has it").at(file.toString());
    }

    /** Lets go of the lock file, if this process has it. */
    void released(Lease lease) {
        LeaseLock lock = locks.remove(lease.pipeline());
        if (lock != null) {
            unlock(lock);
        }
    }

    @Override
    public void close() {
        locks.values().forEach(this::unlock);
        locks.clear();
    }

    private void unlock(LeaseLock lock) {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Closing a lock file beside " + file, e);
        }
    }
}
