package io.windrow.benchmarks.soak;

import io.windrow.testkit.postgres.PostgresDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A thread that does to two tables what applications and their operators do: {@code items} has one key and large values
 * that most updates leave alone, {@code pairs} a key of two columns, some negative, and a full replica identity. When the
 * server goes, it waits for it to come back.
 */
final class ChangeWriter implements AutoCloseable {
    /** The tables, each with its columns as SQL that gives the text which every target shows. */
    static final Map<String, List<String>> TABLES = Map.of(
            "items", List.of("id", "payload", "amount", "touched",
                    "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS at"),
            "pairs", List.of("a", "b", "v", "note"));

    private static final int KEYS = 3000;
    private static final int LARGE_FROM = 1_000_000;
    private static final int OTHER_FROM = 2_000_000;

    private final PostgresDatabase database;
    private final Random random;
    private final int large;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final ReentrantLock turn = new ReentrantLock(true);
    private final ConcurrentLinkedQueue<String> alterations = new ConcurrentLinkedQueue<>();
    private final Map<Kind, Integer> done = new EnumMap<>(Kind.class);
    private final Thread thread;
    private volatile List<String> added = List.of();
    private volatile @Nullable SQLException failure;
    /** Guarded by the turn, as the transaction that is open on it. */
    private @Nullable Connection other;
    private boolean otherOpen;

    private ChangeWriter(PostgresDatabase database, long seed, int large) {
        this.database = database;
        this.random = new Random(seed);
        this.large = large;
        this.thread = Thread.ofPlatform().daemon().name("change-writer").unstarted(this::run);
    }

    /** What is done. */
    enum Kind {
        /** New rows, or other values for rows that are there. */
        UPSERT,
        /** Values of rows; the large one stays. */
        UPDATE,
        /** The large values of rows. */
        UPDATE_LARGE_VALUES,
        /** Rows go. */
        DELETE,
        /** Rows get another key, or fail to because it is taken. */
        KEY_CHANGE,
        /** Three rows pass their keys around in one transaction. */
        KEY_ROTATION,
        /** Many rows in one transaction. */
        LARGE,
        /** Those rows go again in one transaction. */
        LARGE_DELETE,
        /** Many rows that are taken back. */
        LARGE_ROLLED_BACK,
        /** Rows in savepoints, some of which are taken back. */
        SAVEPOINTS,
        /** Rows in a transaction of two phases. */
        TWO_PHASES,
        /** A transaction stays open while others commit. */
        LATE,
        /** All rows of one table go. */
        TRUNCATE,
        /** A table is written anew, which changes none of its rows. */
        REWRITE,
        /** A column comes or goes. */
        ALTERATION,
        /** Nothing happens for some seconds. */
        IDLE
    }

    /**
     * Makes the tables and starts to change them.
     *
     * @param large rows of a large transaction
     */
    static ChangeWriter start(PostgresDatabase database, long seed, int large) {
        database.execute(
                "CREATE TABLE items (id bigint PRIMARY KEY, payload text, amount numeric(12,2), touched int NOT NULL DEFAULT 0,"
                        + " at timestamptz NOT NULL DEFAULT now())",
                "ALTER TABLE items ALTER payload SET STORAGE EXTERNAL",
                "CREATE TABLE pairs (a bigint, b text, v int, note text, PRIMARY KEY (a, b))",
                "ALTER TABLE pairs REPLICA IDENTITY FULL",
                "INSERT INTO items (id, payload, amount) SELECT i, repeat(md5(i::text), 1 + i % 120), i / 100.0"
                        + " FROM generate_series(1, 2000) i",
                "INSERT INTO pairs SELECT i, 'b' || i % 3, i, NULL FROM generate_series(1, 500) i");
        ChangeWriter writer = new ChangeWriter(database, seed, large);
        writer.thread.start();
        return writer;
    }

    /** The columns of a table that are there besides those it was made with. */
    List<String> added(String table) {
        return table.equals("items") ? added : List.of();
    }

    /** Has one alteration of {@code items} made at some later moment. */
    void alter(String sql) {
        alterations.add(sql);
    }

    /** Whether all alterations that were asked for are made. */
    boolean altered() {
        return alterations.isEmpty();
    }

    /** Transactions by what they did. Only while it is paused or closed. */
    Map<Kind, Integer> done() {
        return Map.copyOf(done);
    }

    /** Waits for the running transaction, ends the one that is open, and holds still. The thread that pauses is the one that resumes. */
    void pause() {
        turn.lock();
        // A slot that is being made waits for transactions that are open, and so would whoever waits for its stream.
        Connection late = other;
        if (late != null && otherOpen) {
            otherOpen = false;
            try {
                late.commit();
            } catch (SQLException e) {
                gone(e);
            }
        }
    }

    /** The server has gone, and with it what was not committed; anything else is an error of this writer. */
    private void gone(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        if (!state.startsWith("08") && !state.startsWith("57P")) {
            failure = e;
        }
    }

    /** Goes on after {@link #pause}. */
    void resume() {
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
            throw new IllegalStateException("Changing tables: " + failed.getMessage(), failed);
        }
    }

    private void run() {
        try {
            do {
                change();
            } while (failure == null && !stop.await(200, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Until it is told to stop, or the server goes. */
    private void change() throws InterruptedException {
        try (Connection connection = database.connect();
                Connection late = database.connect()) {
            connection.setAutoCommit(true);
            forgetPrepared(connection);
            lookAtColumns(connection);
            connection.setAutoCommit(false);
            late.setAutoCommit(false);
            turn.lock();
            other = late;
            otherOpen = false;
            turn.unlock();
            while (!stop.await(5, TimeUnit.MILLISECONDS)) {
                turn.lock();
                try {
                    Kind kind = alterations.isEmpty() || random.nextInt(40) > 0 ? draw() : Kind.ALTERATION;
                    transact(kind, connection, late);
                    done.merge(kind, 1, Integer::sum);
                } finally {
                    turn.unlock();
                }
            }
            settle(late);
        } catch (SQLException e) {
            gone(e);
        }
    }

    private Kind draw() {
        int at = random.nextInt(1000);
        if (at < 250) {
            return Kind.UPSERT;
        } else if (at < 600) {
            return Kind.UPDATE;
        } else if (at < 680) {
            return Kind.UPDATE_LARGE_VALUES;
        } else if (at < 780) {
            return Kind.DELETE;
        } else if (at < 860) {
            return Kind.KEY_CHANGE;
        } else if (at < 900) {
            return Kind.KEY_ROTATION;
        } else if (at < 930) {
            return Kind.SAVEPOINTS;
        } else if (at < 950) {
            return Kind.TWO_PHASES;
        } else if (at < 980) {
            return Kind.LATE;
        }
        Kind[] rare = {
            Kind.LARGE, Kind.LARGE, Kind.LARGE_DELETE, Kind.LARGE_ROLLED_BACK, Kind.TRUNCATE, Kind.REWRITE, Kind.IDLE, Kind.IDLE
        };
        return rare[random.nextInt(rare.length)];
    }

    private void transact(Kind kind, Connection connection, Connection late) throws SQLException, InterruptedException {
        long id = 1 + random.nextInt(KEYS);
        switch (kind) {
            case UPSERT -> commit(connection, upsert(id, id + random.nextInt(20)),
                    "INSERT INTO pairs SELECT i, 'b' || i % 3, i, md5(i::text) FROM generate_series(" + id % 500 + ", " + id % 500
                            + " + 3) i ON CONFLICT (a, b) DO UPDATE SET note = NULL");
            case UPDATE -> commit(connection, "UPDATE items SET touched = touched + 1, amount = amount + 0.01, at = now()"
                    + addedValues() + " WHERE id BETWEEN " + id + " AND " + (id + 15));
            case UPDATE_LARGE_VALUES -> commit(connection, "UPDATE items SET payload = repeat(md5(payload), "
                    + (1 + random.nextInt(120)) + ") WHERE id BETWEEN " + id + " AND " + (id + 3));
            case DELETE -> commit(connection, "DELETE FROM items WHERE id BETWEEN " + id + " AND " + (id + 4),
                    "DELETE FROM pairs WHERE a = " + id % 500);
            case KEY_CHANGE -> commit(connection, "UPDATE items SET id = " + (1 + random.nextInt(KEYS)) + " WHERE id = " + id,
                    "UPDATE pairs SET a = -a, v = v + 1 WHERE a = " + id % 500);
            case KEY_ROTATION -> commit(connection,
                    "UPDATE items SET id = -1 WHERE id = " + id,
                    "UPDATE items SET id = " + id + ", touched = touched + 1 WHERE id = " + (id + 1),
                    "UPDATE items SET id = " + (id + 1) + " WHERE id = " + (id + 2),
                    "UPDATE items SET id = " + (id + 2) + " WHERE id = -1");
            case LARGE -> commit(connection, upsert(LARGE_FROM, LARGE_FROM + large - 1));
            case LARGE_DELETE -> commit(connection, "DELETE FROM items WHERE id BETWEEN " + LARGE_FROM + " AND " + (LARGE_FROM + large));
            case LARGE_ROLLED_BACK -> {
                execute(connection, upsert(LARGE_FROM, LARGE_FROM + large - 1), "DELETE FROM items WHERE id < " + KEYS);
                connection.rollback();
            }
            case SAVEPOINTS -> commit(connection, upsert(id, id), "SAVEPOINT one", upsert(id + 1, id + 9), "SAVEPOINT two",
                    "DELETE FROM items WHERE id BETWEEN " + (id + 1) + " AND " + (id + 5), "ROLLBACK TO two",
                    "UPDATE items SET touched = -1 WHERE id = " + (id + 1), "SAVEPOINT three", "DELETE FROM pairs", "ROLLBACK TO three");
            case TWO_PHASES -> {
                execute(connection, upsert(id, id + 5), "DELETE FROM items WHERE id = " + (id + 6), "PREPARE TRANSACTION 'soak'");
                connection.setAutoCommit(true);
                execute(connection, (random.nextInt(4) == 0 ? "ROLLBACK" : "COMMIT") + " PREPARED 'soak'");
                connection.setAutoCommit(false);
            }
            case LATE -> {
                settle(late);
                execute(late, upsert(OTHER_FROM, OTHER_FROM + random.nextInt(50)));
                otherOpen = true;
            }
            case TRUNCATE -> {
                settle(late);
                commit(connection, "TRUNCATE pairs", "INSERT INTO pairs SELECT i, 'again', i, NULL FROM generate_series(1, 300) i");
            }
            case REWRITE -> {
                settle(late);
                connection.setAutoCommit(true);
                execute(connection, "VACUUM FULL items");
                connection.setAutoCommit(false);
            }
            case ALTERATION -> {
                settle(late);
                commit(connection, String.valueOf(alterations.peek()));
                alterations.remove();
                lookAtColumns(connection);
                connection.commit();
            }
            case IDLE -> stop.await(2000 + random.nextInt(4000), TimeUnit.MILLISECONDS);
        }
    }

    private String upsert(long from, long to) {
        return "INSERT INTO items (id, payload, amount) SELECT i, repeat(md5(i::text), 1 + (i % 7)::int), i / 100.0 FROM generate_series("
                + from + "::bigint, " + to + ") i ON CONFLICT (id) DO UPDATE SET payload = excluded.payload, touched = items.touched + 1";
    }

    private String addedValues() {
        StringBuilder values = new StringBuilder();
        added.forEach(column -> values.append(", ").append(column).append(" = ").append(random.nextInt(100)));
        return values.toString();
    }

    private void settle(Connection late) throws SQLException {
        if (otherOpen) {
            late.commit();
            otherOpen = false;
        }
    }

    private void commit(Connection connection, String... sql) throws SQLException {
        try {
            execute(connection, sql);
            connection.commit();
        } catch (SQLException e) {
            // A key that is taken ends the transaction, as it would an application's.
            if (!String.valueOf(e.getSQLState()).startsWith("23")) {
                throw e;
            }
            connection.rollback();
        }
    }

    private static void execute(Connection connection, String... sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        }
    }

    /** What a crash left prepared would hold its locks for ever. */
    private static void forgetPrepared(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            boolean left;
            try (ResultSet prepared = statement.executeQuery(
                    "SELECT 1 FROM pg_prepared_xacts WHERE gid = 'soak' AND database = current_database()")) {
                left = prepared.next();
            }
            if (left) {
                statement.execute("COMMIT PREPARED 'soak'");
            }
        }
    }

    private void lookAtColumns(Connection connection) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet columns = statement.executeQuery("SELECT column_name FROM information_schema.columns"
                        + " WHERE table_name = 'items' AND column_name LIKE 'added%' ORDER BY 1")) {
            while (columns.next()) {
                found.add(columns.getString(1));
            }
        }
        added = List.copyOf(found);
    }
}
