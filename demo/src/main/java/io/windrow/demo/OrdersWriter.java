package io.windrow.demo;

import io.windrow.api.error.WindrowException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Changes {@code orders} from a thread of its own until it is closed: inserts new orders and updates old ones in short
 * transactions, while every tenth transaction stays open for many others and commits late, with an older {@code
 * updated_at} than theirs. A reader that trusts the highest value that it has seen loses those rows. If it is asked to, it
 * deletes some as well, which leaves no {@code updated_at} at all.
 */
public final class OrdersWriter implements AutoCloseable {
    private static final int LATE = 10;

    private final DemoDatabase database;
    private final Duration pause;
    private final Deletes deletes;
    private final Random random;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final AtomicLong inserted = new AtomicLong();
    private final AtomicLong updated = new AtomicLong();
    private final AtomicLong deleted = new AtomicLong();
    private final Thread thread;
    private volatile @Nullable SQLException failure;
    private long nextKey;
    private long keys;

    /** Whether orders go as well. */
    public enum Deletes {
        /** None does. */
        NONE,
        /** Some do. */
        SOME
    }

    private OrdersWriter(DemoDatabase database, Duration pause, Deletes deletes, long seed) {
        this.database = database;
        this.pause = pause;
        this.deletes = deletes;
        this.random = new Random(seed);
        this.thread = Thread.ofPlatform().daemon().name("demo-orders-writer").unstarted(this::run);
    }

    /**
     * Starts writing.
     *
     * @param pause how long to wait between two transactions
     * @param deletes whether orders go as well
     * @param seed decides which orders are changed
     */
    public static OrdersWriter start(DemoDatabase database, Duration pause, Deletes deletes, long seed) {
        OrdersWriter writer = new OrdersWriter(database, pause, deletes, seed);
        writer.thread.start();
        return writer;
    }

    /** Orders inserted and committed so far. */
    public long inserted() {
        return inserted.get();
    }

    /** Updates committed so far. */
    public long updated() {
        return updated.get();
    }

    /** Orders deleted so far. */
    public long deleted() {
        return deleted.get();
    }

    /** Commits what is open and ends the thread. Throws if the database refused a statement meanwhile. */
    @Override
    public void close() {
        stop.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        SQLException failed = failure;
        if (failed != null) {
            throw WindrowException.of(DemoError.DATABASE_FAILED, "Writing orders: " + failed.getMessage(), failed);
        }
    }

    private void run() {
        try (Connection prompt = database.connect();
                Connection late = database.connect()) {
            start(prompt);
            prompt.setAutoCommit(false);
            late.setAutoCommit(false);
            int open = 0;
            for (int turn = 0; !stopped(); turn++) {
                if (turn % LATE == 0) {
                    commit(late, open);
                    insert(late);
                    open = 1;
                }
                insert(prompt);
                int changed = update(prompt);
                int gone = deletes == Deletes.SOME ? delete(prompt) : 0;
                commit(prompt, 1);
                updated.addAndGet(changed);
                deleted.addAndGet(gone);
            }
            commit(late, open);
        } catch (SQLException e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean stopped() throws InterruptedException {
        return stop.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void start(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT max(o_orderkey) FROM orders")) {
            result.next();
            keys = result.getLong(1);
            nextKey = keys + 1;
        }
    }

    private void insert(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                INSERT INTO orders (o_orderkey, o_custkey, o_orderstatus, o_totalprice, o_orderdate, o_orderpriority,
                                    o_clerk, o_shippriority, o_comment)
                VALUES (?, ?, 'O', ?, current_date, '3-MEDIUM', 'Clerk#000000001', 0, 'written while the demo runs')
                """)) {
            statement.setLong(1, nextKey++);
            statement.setLong(2, 1 + random.nextInt(1000));
            statement.setLong(3, 1 + random.nextInt(100_000));
            statement.executeUpdate();
        }
    }

    /** Touches a hundred keys; TPC-H uses a quarter of them. */
    private int update(Connection connection) throws SQLException {
        return among(connection, 100, """
                UPDATE orders SET o_orderstatus = 'F', o_totalprice = o_totalprice + 1
                WHERE o_orderkey BETWEEN ? AND ?
                """);
    }

    private int delete(Connection connection) throws SQLException {
        return among(connection, 20, "DELETE FROM orders WHERE o_orderkey BETWEEN ? AND ?");
    }

    private int among(Connection connection, int width, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            long from = 1 + (long) (random.nextDouble() * Math.max(1, keys - width));
            statement.setLong(1, from);
            statement.setLong(2, from + width - 1);
            return statement.executeUpdate();
        }
    }

    private void commit(Connection connection, long rows) throws SQLException {
        connection.commit();
        inserted.addAndGet(rows);
    }
}
