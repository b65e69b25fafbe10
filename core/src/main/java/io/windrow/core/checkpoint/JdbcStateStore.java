package io.windrow.core.checkpoint;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.core.checkpoint.Dialect.Access;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.ledger.LedgerEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The one store behind both databases. Keeps one connection, and makes a new one after it broke. */
final class JdbcStateStore implements StateStore {
    /** So many ledger entries are in memory at a time; each can hold thousands of windows. */
    private static final int LEDGER_PAGE = 100;

    private final Dialect dialect;
    private @Nullable Connection connection;
    private boolean closed;

    JdbcStateStore(Dialect dialect) {
        this.dialect = dialect;
        this.connection = dialect.connect();
    }

    private interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    @Override
    public synchronized Lease acquire(String pipeline, String owner, Duration ttl) {
        if (ttl.toMillis() < 1) {
            throw new IllegalArgumentException("A lease lasts at least a millisecond, not " + ttl);
        }
        return plain("Taking the lease of " + pipeline, c -> dialect.acquire(c, pipeline, owner, ttl));
    }

    @Override
    public synchronized void renew(Lease lease) {
        int renewed = plain("Renewing the lease of " + lease.pipeline(), c -> {
            try (PreparedStatement update = c.prepareStatement(
                    "UPDATE windrow_lease SET renewals = renewals + 1, expires_millis = " + dialect.nowMillis()
                            + " + ttl_millis WHERE pipeline = ? AND token = ? AND held = 1")) {
                update.setString(1, lease.pipeline());
                update.setLong(2, lease.fencingToken());
                return update.executeUpdate();
            }
        });
        if (renewed == 0) {
            throw Fence.lost(lease, "Renewing the lease of " + lease.pipeline());
        }
    }

    @Override
    public synchronized Optional<Instant> serverTime() {
        return switch (dialect.timekeeper()) {
            case THIS_MACHINE -> Optional.empty();
            case SERVER -> Optional.of(plain("Asking the state store for the time", c -> {
                try (PreparedStatement select = c.prepareStatement("SELECT " + dialect.nowMillis()); ResultSet row = select.executeQuery()) {
                    row.next();
                    return Instant.ofEpochMilli(row.getLong(1));
                }
            }));
        };
    }

    @Override
    public synchronized void release(Lease lease) {
        try {
            plain("Releasing the lease of " + lease.pipeline(), c -> {
                try (PreparedStatement update = c.prepareStatement(
                        "UPDATE windrow_lease SET held = 0 WHERE pipeline = ? AND token = ?")) {
                    update.setString(1, lease.pipeline());
                    update.setLong(2, lease.fencingToken());
                    return update.executeUpdate();
                }
            });
        } finally {
            dialect.released(lease);
        }
    }

    @Override
    public synchronized List<StreamState> load(String pipeline) {
        String doing = "Loading the state of " + pipeline;
        return transaction(doing, Access.READ, c -> {
            StreamRows rows = new StreamRows(c, pipeline, damage(doing));
            List<StreamState> states = rows.states(Optional.empty());
            rows.expectNoOrphans(states);
            return states;
        });
    }

    @Override
    public synchronized Optional<StreamState> load(String pipeline, StreamName stream) {
        String doing = "Loading the state of " + pipeline + ", stream " + stream;
        return transaction(doing, Access.READ, c ->
                new StreamRows(c, pipeline, damage(doing)).states(Optional.of(stream)).stream().findFirst());
    }

    @Override
    public synchronized void save(Lease lease, List<StreamEpoch> epochs) {
        if (epochs.isEmpty()) {
            return;
        }
        String doing = "Saving epoch " + epochs.getFirst().epoch() + " of " + lease.pipeline();
        transaction(doing, Access.WRITE, c -> {
            new Fence(c, dialect).check(lease, doing); // I6
            StreamRows rows = new StreamRows(c, lease.pipeline(), damage(doing));
            for (StreamEpoch epoch : epochs) {
                switch (epoch.status()) {
                    case PREPARED -> rows.prepare(epoch);
                    case COMMITTED -> rows.commit(epoch);
                    case ROLLED_BACK -> rows.rollBack(epoch);
                }
            }
            return epochs.size();
        });
    }

    @Override
    public synchronized List<RememberedRows> remembered(String pipeline, StreamName stream) {
        String doing = "Loading the remembered rows of " + stream;
        return transaction(
                doing, Access.READ, c -> new StreamRows(c, pipeline, damage(doing)).remembered(stream));
    }

    @Override
    public synchronized List<Release> released(String pipeline) {
        String doing = "Reading what was released of " + pipeline;
        return transaction(doing, Access.READ, c -> new ReleaseRows(c, pipeline, damage(doing)).all());
    }

    @Override
    public synchronized void release(Lease lease, Release release) {
        String doing = "Saving how far split " + release.split() + " of " + lease.pipeline() + " is released";
        transaction(doing, Access.WRITE, c -> {
            new Fence(c, dialect).check(lease, doing); // I6
            new ReleaseRows(c, lease.pipeline(), damage(doing)).save(release);
            return 1;
        });
    }

    @Override
    public synchronized List<Resync> resyncs(String pipeline) {
        String doing = "Reading what was asked of " + pipeline;
        return transaction(doing, Access.READ, c -> new ResyncRows(c, pipeline, damage(doing)).all());
    }

    @Override
    public synchronized void ask(String pipeline, Resync resync) {
        String doing = "Asking for a copy of " + resync.stream();
        transaction(doing, Access.WRITE, c -> {
            new ResyncRows(c, pipeline, damage(doing)).add(resync);
            return 1;
        });
    }

    @Override
    public synchronized List<Repair> repairs(String pipeline) {
        String doing = "Reading what was asked of " + pipeline;
        return transaction(doing, Access.READ, c -> new RepairRows(c, pipeline, damage(doing)).all());
    }

    @Override
    public synchronized void ask(String pipeline, Repair repair) {
        String doing = "Asking for a repair of " + repair.stream();
        transaction(doing, Access.WRITE, c -> {
            new RepairRows(c, pipeline, damage(doing)).add(repair);
            return 1;
        });
    }

    @Override
    public synchronized void repaired(Lease lease, Repair repair) {
        String doing = "Saving that " + repair.stream() + " is repaired";
        transaction(doing, Access.WRITE, c -> {
            new Fence(c, dialect).check(lease, doing); // I6
            new RepairRows(c, lease.pipeline(), damage(doing)).remove(repair);
            return 1;
        });
    }

    @Override
    public synchronized void open(Lease lease, GenerationStart generation) {
        String doing = "Opening generation " + generation.generation() + " of " + generation.stream();
        transaction(doing, Access.WRITE, c -> {
            new Fence(c, dialect).check(lease, doing); // I6
            new StreamRows(c, lease.pipeline(), damage(doing)).open(generation);
            if (generation.start().isEmpty()) {
                new ResyncRows(c, lease.pipeline(), damage(doing)).remove(generation.stream());
                new RepairRows(c, lease.pipeline(), damage(doing)).remove(generation.stream());
            }
            return 1;
        });
    }

    @Override
    public synchronized List<String> ledger(String pipeline, Optional<StreamName> stream, int limit) {
        String doing = "Reading the ledger of " + pipeline;
        return transaction(
                        doing, Access.READ, c -> ledgerRows(c, pipeline, doing).newest(stream, Long.MAX_VALUE, limit)).stream()
                .map(LedgerRows.Recorded::json)
                .toList();
    }

    @Override
    public void eachLedger(String pipeline, StreamName stream, Consumer<String> taker) {
        List<String> page = ledger(pipeline, Optional.of(stream), LEDGER_PAGE);
        if (page.size() < LEDGER_PAGE) {
            page.forEach(taker);
            return;
        }
        // From the start again, all pages in one transaction: between two of them entries could be rolled up into a sum of which
        // a part was given already. Its connection is its own, so that others, and the taker, may use the store meanwhile.
        String doing = "Reading the ledger of " + pipeline;
        try (Connection snapshot = dialect.connect()) {
            dialect.begin(snapshot, Access.READ);
            ledgerRows(snapshot, pipeline, doing).each(stream, LEDGER_PAGE, taker);
            dialect.commit(snapshot);
        } catch (SQLException e) {
            throw dialect.coded(doing, e);
        }
    }

    private LedgerRows ledgerRows(Connection c, String pipeline, String doing) {
        Damage damage = damage(doing);
        return new LedgerRows(c, pipeline, new RecordChecksums(pipeline, damage), damage);
    }

    @Override
    public synchronized void rollUp(Lease lease, LedgerEntry entry) {
        String doing = "Rolling up the ledger of " + entry.stream() + " to epoch " + entry.epoch();
        transaction(doing, Access.WRITE, c -> {
            new Fence(c, dialect).check(lease, doing); // I6
            ledgerRows(c, lease.pipeline(), doing).rollUp(entry);
            return 1;
        });
    }

    @Override
    public synchronized Optional<HashKey> hashKey(String pipeline) {
        String doing = "Reading the key of the row hashes of " + pipeline;
        return transaction(doing, Access.READ, c -> new PipelineRow(c, pipeline, damage(doing)).hashKey());
    }

    @Override
    public synchronized HashKey hashKey(Lease lease) {
        Optional<HashKey> kept = hashKey(lease.pipeline());
        if (kept.isPresent()) {
            return kept.get();
        }
        String doing = "Saving the key of the row hashes of " + lease.pipeline();
        return transaction(doing, Access.WRITE, c -> {
            new Fence(c, dialect).check(lease, doing); // I6
            return new PipelineRow(c, lease.pipeline(), damage(doing)).keepHashKey();
        });
    }

    @Override
    public synchronized Optional<RunMark> run(String pipeline) {
        String doing = "Reading the last run of " + pipeline;
        return transaction(doing, Access.READ, c -> new PipelineRow(c, pipeline, damage(doing)).run());
    }

    @Override
    public synchronized void mark(Lease lease, RunMark run) {
        String doing = "Saving how far run " + run.id() + " of " + lease.pipeline() + " has come";
        transaction(doing, Access.WRITE, c -> {
            new Fence(c, dialect).check(lease, doing); // I6
            new PipelineRow(c, lease.pipeline(), damage(doing)).mark(run);
            return 1;
        });
    }

    @Override
    public synchronized List<Document> documents(String pipeline, String kind) {
        String doing = "Reading each " + kind + " of " + pipeline;
        return transaction(doing, Access.READ, c -> new DocumentRows(c, pipeline, damage(doing)).all(kind));
    }

    @Override
    public synchronized Document record(Lease lease, String kind, String name, String json, Instant recordedAt) {
        String doing = "Recording the " + kind + " of " + name;
        return transaction(doing, Access.WRITE, c -> {
            new Fence(c, dialect).check(lease, doing); // I6
            return new DocumentRows(c, lease.pipeline(), damage(doing)).add(kind, name, json, recordedAt);
        });
    }

    @Override
    public synchronized void shred(Lease lease, String kind, String name) {
        String doing = "Shredding the " + kind + " " + name;
        transaction(doing, Access.WRITE, c -> {
            new Fence(c, dialect).check(lease, doing); // I6
            return new DocumentRows(c, lease.pipeline(), damage(doing)).remove(kind, name);
        });
        plain(doing, c -> {
            dialect.wipe(c);
            return name;
        });
    }

    @Override
    public synchronized void close() {
        closed = true;
        drop();
        dialect.close();
    }

    private Damage damage(String doing) {
        return new Damage(doing, dialect.place());
    }

    private <T> T plain(String doing, Work<T> work) {
        Connection c = connected(doing);
        try {
            return work.run(c);
        } catch (SQLException e) {
            throw failed(doing, c, e);
        }
    }

    private <T> T transaction(String doing, Access access, Work<T> work) {
        Connection c = connected(doing);
        boolean committing = false;
        boolean done = false;
        try {
            dialect.begin(c, access);
            T result = work.run(c);
            committing = true;
            dialect.commit(c);
            done = true;
            return result;
        } catch (SQLException e) {
            WindrowException coded = failed(doing, c, e);
            if (committing && access == Access.WRITE && dialect.leavesOpen(e)) {
                throw WindrowException.of(CheckpointError.SAVE_UNKNOWN, coded.getMessage(), e);
            }
            throw coded;
        } catch (RecordJson.Damaged e) {
            throw damage(doing).found("a record cannot be read: " + e.getMessage(), e);
        } finally {
            if (!done) {
                undo(c);
            }
        }
    }

    private void undo(Connection c) {
        try {
            dialect.rollback(c);
        } catch (SQLException e) {
            // The connection cannot even roll back: closing it makes the database do so.
            drop();
        }
    }

    private WindrowException failed(String doing, Connection c, SQLException error) {
        WindrowException coded = dialect.coded(doing, error);
        if (dialect.broken(c, error)) {
            drop();
        }
        return coded;
    }

    private Connection connected(String doing) {
        if (closed) {
            throw new IllegalStateException(doing + ": the store is closed");
        }
        Connection current = connection;
        if (current == null) {
            current = dialect.connect();
            connection = current;
        }
        return current;
    }

    private void drop() {
        Connection current = connection;
        connection = null;
        if (current != null) {
            try {
                current.close();
            } catch (SQLException e) {
                org.slf4j.LoggerFactory.getLogger(JdbcStateStore.class)
                        .debug("Closing the connection to {}: {}", dialect.place(), e.getMessage());
            }
        }
    }
}
