package io.windrow.testkit.crash;

import io.windrow.testkit.postgres.PostgresDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A thread that changes a table without end: inserts, updates that move rows between pages, deletes, vacuums. The table
 * is {@code (id bigint primary key, payload text, amount numeric(12,2), updated_at timestamptz)} and is made here;
 * {@code updated_at} is set by the database. When the server goes, it waits for it to come back.
 */
public final class TableChurn implements AutoCloseable {
    private static final long MANY_ROWS = 6000;

    private final PostgresDatabase database;
    private final String table;
    private final Set<Change> changes;
    private final Random random;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final ReentrantLock turn = new ReentrantLock(true);
    private final AtomicLong done = new AtomicLong();
    private final Thread thread;
    private volatile @Nullable SQLException failure;
    private long nextId;

    private TableChurn(PostgresDatabase database, String table, long rows, Set<Change> changes, long seed) {
        this.database = database;
        this.table = table;
        this.changes = Set.copyOf(changes);
        this.random = new Random(seed);
        this.nextId = rows + 1;
        this.thread = Thread.ofPlatform().daemon().name("table-churn").unstarted(this::run);
    }

    /**
     * Makes the table and starts to change it.
     *
     * @param table an unquoted name without a schema
     * @param rows rows to begin with, ids from 1
     * @param changes what is done to it
     */
    public static TableChurn start(PostgresDatabase database, String table, long rows, Set<Change> changes, long seed) {
        database.execute(
                "CREATE TABLE " + table + " (id bigint PRIMARY KEY, payload text, amount numeric(12,2), "
                        + "updated_at timestamptz NOT NULL DEFAULT now())",
                "CREATE FUNCTION " + table + "_touch() RETURNS trigger LANGUAGE plpgsql AS "
                        + "$$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$",
                "CREATE TRIGGER touch BEFORE UPDATE ON " + table + " FOR EACH ROW EXECUTE FUNCTION " + table + "_touch()",
                "INSERT INTO " + table + " (id, payload, amount) SELECT i, repeat(md5(i::text), 3), i / 100.0 "
                        + "FROM generate_series(1, " + rows + ") i",
                "ANALYZE " + table);
        TableChurn churn = new TableChurn(database, table, rows, changes, seed);
        churn.thread.start();
        return churn;
    }

    /** Statements done so far. */
    public long done() {
        return done.get();
    }

    /** Waits for the running statement and holds still. The thread that pauses is the one that resumes. */
    public void pause() {
        turn.lock();
    }

    /** Goes on after {@link #pause}. */
    public void resume() {
        turn.unlock();
    }

    /** Ends the thread; throws if the database refused a statement meanwhile. */
    @Override
    public void close() {
        stop.countDown();
        while (turn.isHeldByCurrentThread()) {
            turn.unlock();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        SQLException failed = failure;
        if (failed != null) {
            throw new IllegalStateException("Changing table " + table + ": " + failed.getMessage(), failed);
        }
    }

    private void run() {
        Change[] kinds = changes.stream().sorted().toArray(Change[]::new);
        try {
            do {
                change(kinds);
            } while (!stop.await(200, TimeUnit.MILLISECONDS));
        } catch (SQLException e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Until it is told to stop, or the server goes. */
    private void change(Change[] kinds) throws SQLException, InterruptedException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            while (!stop.await(5, TimeUnit.MILLISECONDS)) {
                turn.lock();
                try {
                    statement.execute(sql(kinds[random.nextInt(kinds.length)]));
                    done.incrementAndGet();
                } finally {
                    turn.unlock();
                }
            }
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            if (!state.startsWith("08") && !state.startsWith("57P")) {
                throw e;
            }
        }
    }

    private String sql(Change change) {
        long id = 1 + (long) (random.nextDouble() * nextId);
        return switch (change) {
            case INSERT -> String.format(
                    Locale.ROOT,
                    "INSERT INTO %s (id, payload, amount) SELECT i, repeat(md5(i::text), %d), i / 100.0 "
                            + "FROM generate_series(%d, %d) i",
                    table, 1 + random.nextInt(8), nextId, (nextId += nextId < MANY_ROWS ? 20 : 2) - 1);
            case UPDATE -> String.format(
                    Locale.ROOT,
                    "UPDATE %s SET payload = repeat(md5(payload), %d), amount = amount + 1 WHERE id BETWEEN %d AND %d",
                    table, 1 + random.nextInt(8), id, id + 15);
            case DELETE -> String.format(
                    Locale.ROOT, "DELETE FROM %s WHERE id BETWEEN %d AND %d", table, id, id + 4);
            case VACUUM -> "VACUUM " + table;
        };
    }

    /** What is done to the table. */
    public enum Change {
        /** Twenty new rows, two once there have been many: a long series stays as fast as it begins. */
        INSERT,
        /** Up to sixteen rows change and, most often, move to another page. */
        UPDATE,
        /** Up to five rows go. */
        DELETE,
        /** Freed space is given to the next insert or update. */
        VACUUM;

        /** All of them. */
        public static Set<Change> all() {
            return EnumSet.allOf(Change.class);
        }
    }
}
