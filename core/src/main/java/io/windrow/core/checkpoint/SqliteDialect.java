package io.windrow.core.checkpoint;

import io.windrow.api.error.WindrowException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import org.flywaydb.core.api.FlywayException;

/**
 * A state store in one SQLite file: write-ahead log, {@code synchronous=FULL}. The file comes into being complete, by
 * rename, so an empty or headless one is damage and never a first run.
 */
final class SqliteDialect implements Dialect {
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final int BUSY_MILLIS = 5_000;
    private static final long WATCH_NANOS = 20_000_000;

    /** The migrations, in order: Flyway looks for them in the folder, a new store needs their names. */
    private static final List<String> SCRIPTS = List.of(
            "V1__state.sql", "V2__pipeline.sql", "V3__documents.sql", "V4__memory.sql", "V5__release.sql", "V6__hash_form.sql",
            "V7__resync.sql", "V8__repair.sql");

    private final Path file;
    private final Clock clock;
    private final SqliteLeases leases;
    private volatile boolean placed;

    private SqliteDialect(Path file, Clock clock) {
        this.file = file;
        this.clock = clock;
        this.leases = new SqliteLeases(file, clock);
    }

    static SqliteDialect open(Path file, Clock clock) {
        return new SqliteDialect(file, clock);
    }

    @Override
    public String place() {
        return file.toString();
    }

    @Override
    public Connection connect() {
        String doing = "Opening the state store";
        try {
            placeFolder();
            if (!Files.exists(file)) {
                create();
            }
            expectDatabase();
        } catch (IOException e) {
            throw onDisk(doing, e);
        }
        Connection connection = null;
        boolean ready = false;
        try {
            connection = raw(file);
            long layout = layout(connection);
            if (layout > LAYOUT) {
                throw WindrowException.of(
                                CheckpointError.NEWER_VERSION,
                                doing + ": its layout is " + layout + ", this program knows up to " + LAYOUT)
                        .at(place());
            }
            if (layout < LAYOUT) {
                connection.close();
                migrate(file, layout);
                connection = raw(file);
            }
            if (!Files.isWritable(file)) {
                throw WindrowException.of(CheckpointError.READ_ONLY, doing + ": the file may not be written").at(place());
            }
            ready = true;
            return connection;
        } catch (SQLException e) {
            throw coded(doing, e);
        } finally {
            if (!ready) {
                closeQuietly(connection);
            }
        }
    }

    /** Once a store: the names of a folder that is there stay as they are. */
    private void placeFolder() throws IOException {
        Path folder = file.getParent();
        if (!placed && folder != null) {
            DurableFolder.place(folder);
            placed = true;
        }
    }

    /** Makes a complete store beside the place, then renames it there: a crash leaves no half store. */
    private void create() throws IOException {
        if (Files.exists(wal(file))) {
            throw WindrowException.of(
                            CheckpointError.CORRUPTED,
                            "Opening the state store: the file is gone but its write-ahead log is there")
                    .at(place());
        }
        Path lockFile = sibling(".create.lock");
        Optional<LeaseLock> taken = LeaseLock.take(lockFile);
        for (int i = 0; taken.isEmpty() && i < BUSY_MILLIS / 20; i++) {
            LockSupport.parkNanos(WATCH_NANOS);
            taken = LeaseLock.take(lockFile);
        }
        if (taken.isEmpty()) {
            throw WindrowException.of(
                            CheckpointError.LOCKED, "Opening the state store: another process is making it")
                    .at(place());
        }
        try (LeaseLock ignored = taken.get()) {
            if (Files.exists(file)) {
                return;
            }
            Path fresh = sibling(".new");
            Files.deleteIfExists(fresh);
            Files.deleteIfExists(wal(fresh));
            Files.deleteIfExists(Path.of(fresh + "-shm"));
            Files.deleteIfExists(Path.of(fresh + "-journal"));
            lay(fresh);
            ownerOnly(fresh);
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            Path folder = file.getParent();
            if (folder != null) {
                DurableFolder.force(folder);
            }
        }
    }

    /** The store holds the key of the row hashes (I11). SQLite gives the write-ahead log the same rights. */
    private static void ownerOnly(Path fresh) throws IOException {
        if (Files.getFileAttributeView(fresh, PosixFileAttributeView.class) != null) {
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
        }
    }

    private void expectDatabase() throws IOException {
        byte[] head = new byte[MAGIC.length];
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.wrap(head);
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // Reads on until the buffer is full or the file ends.
            }
        }
        if (!java.util.Arrays.equals(head, MAGIC)) {
            throw WindrowException.of(
                            CheckpointError.CORRUPTED,
                            "Opening the state store: the file has " + Files.size(file)
                                    + " bytes and does not begin as an SQLite database does")
                    .at(place());
        }
    }

    private static Path wal(Path database) {
        return Path.of(database + "-wal");
    }

    private Path sibling(String suffix) {
        return Path.of(file + suffix);
    }

    private static Connection raw(Path database) throws SQLException {
        Properties settings = new Properties();
        settings.setProperty("journal_mode", "WAL");
        settings.setProperty("synchronous", "FULL");
        settings.setProperty("busy_timeout", Integer.toString(BUSY_MILLIS));
        settings.setProperty("cell_size_check", "true");
        settings.setProperty("enable_load_extension", "false");
        String url = "jdbc:sqlite:" + database;
        Driver driver;
        try {
            driver = DriverManager.getDriver(url);
        } catch (SQLException e) {
            throw WindrowException.of(CheckpointError.DRIVER_MISSING, "Opening the state store: no driver for SQLite", e);
        }
        Connection connection = driver.connect(url, settings);
        // Where a plain sync stops at the drive's cache (macOS), these go through it; elsewhere they change nothing.
        execute(connection, "PRAGMA fullfsync = 1");
        execute(connection, "PRAGMA checkpoint_fullfsync = 1");
        // What is deleted is overwritten with zeros in the page that it was in: a shredded key is gone from the file.
        execute(connection, "PRAGMA secure_delete = ON");
        return connection;
    }

    private static long layout(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA user_version")) {
            row.next();
            return row.getLong(1);
        }
    }

    /**
     * Runs the scripts of all layouts in one transaction. The last one writes its number into the file, and the migrations
     * go on from that number: a store needs a history of them only from the first one that it lives to see.
     */
    private void lay(Path database) throws IOException {
        String doing = "Making the state store";
        try (Connection connection = raw(database)) {
            execute(connection, "BEGIN IMMEDIATE");
            try (Statement statement = connection.createStatement()) {
                for (String script : SCRIPTS) {
                    statement.executeUpdate(read(script));
                }
            }
            execute(connection, "COMMIT");
            if (layout(connection) != LAYOUT) {
                throw WindrowException.of(
                        CheckpointError.FAILED, doing + ": its scripts end with layout " + layout(connection) + ", not " + LAYOUT);
            }
        } catch (SQLException e) {
            throw coded(doing, e);
        }
    }

    private static String read(String script) throws IOException {
        try (InputStream in = SqliteDialect.class.getResourceAsStream("sqlite/" + script)) {
            if (in == null) {
                throw new java.io.FileNotFoundException("sqlite/" + script);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void migrate(Path database, long layout) {
        try {
            Migrations.run(() -> raw(database), "sqlite", layout);
        } catch (FlywayException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof SQLException sql) {
                    throw coded("Bringing the state store to layout " + LAYOUT, sql);
                }
            }
            throw WindrowException.of(
                            CheckpointError.FAILED, "Bringing the state store to layout " + LAYOUT + ": " + e.getMessage(), e)
                    .at(place());
        }
    }

    @Override
    public void begin(Connection connection, Access access) throws SQLException {
        execute(connection, access == Access.WRITE ? "BEGIN IMMEDIATE" : "BEGIN");
    }

    @Override
    public void commit(Connection connection) throws SQLException {
        execute(connection, "COMMIT");
    }

    @Override
    public void rollback(Connection connection) throws SQLException {
        try {
            execute(connection, "ROLLBACK");
        } catch (SQLException e) {
            // Some errors end the transaction by themselves; "no transaction is active" is then as good.
            if (code(e) != 1) {
                throw e;
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public Lease acquire(Connection connection, String pipeline, String owner, Duration ttl) throws SQLException {
        try {
            return leases.acquire(connection, pipeline, owner, ttl);
        } catch (IOException e) {
            throw onDisk("Taking the lease of " + pipeline, e);
        }
    }

    @Override
    public Timekeeper timekeeper() {
        return Timekeeper.THIS_MACHINE;
    }

    @Override
    public String nowMillis() {
        return Long.toString(clock.millis());
    }

    @Override
    public void released(Lease lease) {
        leases.released(lease);
    }

    @Override
    public void close() {
        leases.close();
    }

    /** Deleted rows were zeroed in their pages; older copies of the pages lie in the log until it is cut. */
    @Override
    public void wipe(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
            if (!row.next() || row.getInt(1) != 0) {
                throw WindrowException.of(
                                CheckpointError.LOCKED, "Cutting the write-ahead log: another process reads the state store")
                        .at(place());
            }
        }
    }

    @Override
    public String rowLock() {
        return "";
    }

    private static int code(SQLException error) {
        return error.getErrorCode() & 0xff;
    }

    @Override
    public WindrowException coded(String doing, SQLException error) {
        // The primary result codes of SQLite, https://sqlite.org/rescode.html.
        CheckpointError code = switch (code(error)) {
            case 5, 6 -> CheckpointError.LOCKED;
            case 3, 8 -> CheckpointError.READ_ONLY;
            case 14 -> Files.isWritable(file) ? CheckpointError.IO : CheckpointError.READ_ONLY;
            case 10 -> roomLeft() ? CheckpointError.IO : CheckpointError.FULL;
            case 11, 26 -> CheckpointError.CORRUPTED;
            case 13 -> CheckpointError.FULL;
            default -> CheckpointError.FAILED;
        };
        return WindrowException.of(code, doing + ": " + error.getMessage(), error).at(place());
    }

    private boolean roomLeft() {
        try {
            Path folder = file.getParent();
            return folder == null || Files.getFileStore(folder).getUsableSpace() > 1 << 20;
        } catch (IOException e) {
            return true;
        }
    }

    private WindrowException onDisk(String doing, IOException error) {
        CheckpointError code = error instanceof java.nio.file.AccessDeniedException
                        || String.valueOf(error.getMessage()).contains("Read-only")
                ? CheckpointError.READ_ONLY
                : roomLeft() ? CheckpointError.IO : CheckpointError.FULL;
        return WindrowException.of(code, doing + ": " + error.getMessage(), error).at(place());
    }

    @Override
    public boolean leavesOpen(SQLException error) {
        // An error of the disk while the log is synced: the commit may or may not be found in it later.
        return code(error) == 10;
    }

    @Override
    public boolean broken(Connection connection, SQLException error) {
        return code(error) == 10 || code(error) == 11 || code(error) == 26;
    }

    private static void closeQuietly(@org.jspecify.annotations.Nullable Connection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                org.slf4j.LoggerFactory.getLogger(SqliteDialect.class).debug("Closing a connection: {}", e.getMessage());
            }
        }
    }
}
