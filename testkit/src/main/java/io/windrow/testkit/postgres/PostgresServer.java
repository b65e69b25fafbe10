package io.windrow.testkit.postgres;

import io.windrow.api.error.WindrowException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL server on 127.0.0.1 with trust authentication, superuser {@code postgres}, UTF-8, locale C and
 * {@code wal_level=logical}, without autovacuum. It dies with this JVM, however the JVM ends. When root starts it, it runs as nobody.
 * Safe for use by many threads; starting and stopping is serialised.
 */
public final class PostgresServer implements AutoCloseable {
    private static final int NOBODY = 65534;
    private static final int ATTEMPTS = 10;
    private static final Map<Integer, PostgresServer> SHARED = new ConcurrentHashMap<>();

    private final PostgresOptions options;
    private final Path binaries;
    private final Path cluster;
    private final FileChannel held;
    private int port;
    private @Nullable ServerProcess process;

    private PostgresServer(PostgresOptions options, Path binaries, Path cluster, FileChannel held) {
        this.options = options;
        this.binaries = binaries;
        this.cluster = cluster;
        this.held = held;
    }

    /** The one server of this JVM with the given major version; started at the first call, stopped with the JVM. */
    public static PostgresServer shared(int major) {
        return SHARED.computeIfAbsent(major, m -> start(PostgresOptions.of(m)));
    }

    /** Locks belong to processes, not to channels: were the sweep to open and close an own lock, it would be free for others. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    /** The major versions to test against: 14 and 18, and the one that {@code -Dpg} adds. */
    public static List<Integer> majors() {
        List<Integer> majors = new ArrayList<>();
        for (int major : new int[] {14, 15, 16, 17}) {
            String resource = "postgres-binaries/" + major + ".jar";
            if (PostgresServer.class.getClassLoader().getResource(resource) != null) {
                majors.add(major);
            }
        }
        majors.add(18);
        return List.copyOf(majors);
    }

    /** Makes a cluster (unless the options name a folder that has one) and starts a server on it. */
    public static PostgresServer start(PostgresOptions options) {
        Path binaries = PostgresBinaries.unpacked(options.major());
        Path home = PostgresBinaries.home();
        try {
            PostgresServer server = claimed(options, binaries, home);
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(server::close));
            if (!Files.isDirectory(server.data())) {
                server.initialise();
            }
            server.start();
            return server;
        } catch (IOException | OverlappingFileLockException e) {
            throw WindrowException.of(PostgresError.START_FAILED, "Making a PostgreSQL cluster: " + e, e);
        }
    }

    /** One process at a time, so that no sweep meets a folder between its making and its lock. */
    private static synchronized PostgresServer claimed(PostgresOptions options, Path binaries, Path home) throws IOException {
        try (FileChannel all = FileChannel.open(
                        home.resolve("clusters.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock ignored = all.lock()) {
            sweep(home);
            Path cluster = options.data().isPresent()
                    ? Files.createDirectories(options.data().get().toAbsolutePath())
                    : Files.createTempDirectory(home, "cluster-");
            OWN.add(cluster);
            FileChannel held = FileChannel.open(
                    cluster.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (held.tryLock() == null) {
                held.close();
                throw new IOException("another process runs a server on it");
            }
            Files.setPosixFilePermissions(cluster, PosixFilePermissions.fromString("rwxr-xr-x"));
            return new PostgresServer(options, binaries, cluster, held);
        }
    }

    /** The TCP port on 127.0.0.1. A restart keeps it. */
    public int port() {
        return port;
    }

    /** The major version. */
    public int major() {
        return options.major();
    }

    /** The URL of a database for pgjdbc. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=postgres&sslmode=disable";
    }

    /** The URL of a database as libpq writes it. */
    public String url(String database) {
        return "postgresql://postgres@127.0.0.1:" + port + "/" + database + "?sslmode=disable";
    }

    /** A new connection; the caller closes it. */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database));
    }

    /** Runs a statement in the database {@code postgres}, outside a transaction. */
    public void execute(String sql) {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw WindrowException.of(
                    PostgresError.STATEMENT_FAILED, "Running " + sql + ": " + e.getMessage(), e);
        }
    }

    /** The cluster's data folder. */
    public Path data() {
        return cluster.resolve("data");
    }

    /** The last lines of the server's log. */
    public String log() {
        ServerProcess current = process;
        return current == null ? "" : current.log();
    }

    /** Starts the server again after {@link #stop} or {@link #kill}, on the same port. */
    public synchronized void start() {
        if (process != null) {
            return;
        }
        String log = "";
        try {
            boolean known = port != 0;
            boolean taken = !known;
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                if (taken) {
                    port = freePort();
                }
                ServerProcess candidate = new ServerProcess(command(), cluster, "database system is ready to accept");
                if (candidate.awaitReady(300)) {
                    process = candidate;
                    return;
                }
                candidate.end("KILL");
                log = candidate.log();
                if (log.contains("pre-existing shared memory block")) {
                    // Of a server that was killed, some process has not come to its end yet.
                    taken = false;
                    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
                    continue;
                }
                if (!log.contains("could not bind") && !log.contains("could not create any TCP/IP")) {
                    break;
                }
                // Clients know the port: whoever has taken it meanwhile is given time to leave it.
                taken = !known;
                if (known) {
                    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
                }
            }
        } catch (IOException e) {
            throw WindrowException.of(PostgresError.START_FAILED, "Starting PostgreSQL " + major() + ": " + e, e);
        } catch (InterruptedException e) {
            throw interrupted("Starting", e);
        }
        throw WindrowException.of(
                PostgresError.START_FAILED, "Starting PostgreSQL " + major() + " in " + cluster + ":\n" + log);
    }

    /** Stops in good order: open transactions are rolled back, everything is flushed. */
    public void stop() {
        end("INT");
    }

    /** Kills every process of the server at once, as a power cut of the server would. */
    public void kill() {
        end("KILL");
    }

    private synchronized void end(String signal) {
        ServerProcess current = process;
        if (current == null) {
            return;
        }
        process = null;
        try {
            current.end(signal);
        } catch (InterruptedException e) {
            throw interrupted("Stopping", e);
        }
    }

    /** Stops the server and deletes its cluster, unless the options named a folder for it. May be called again. */
    @Override
    public synchronized void close() {
        if (!held.isOpen()) {
            return;
        }
        end(options.data().isPresent() ? "INT" : "KILL");
        try {
            if (options.data().isEmpty()) {
                delete(cluster);
            }
            held.close();
        } catch (IOException e) {
            throw WindrowException.of(PostgresError.START_FAILED, "Deleting the cluster " + cluster + ": " + e, e);
        }
    }

    private void initialise() throws IOException {
        List<String> command = new ArrayList<>(prefix());
        Path fresh = cluster.resolve("data.new");
        delete(fresh);
        Files.createDirectories(fresh);
        if (isRoot()) {
            Files.setAttribute(fresh, "unix:uid", NOBODY);
            Files.setAttribute(fresh, "unix:gid", NOBODY);
        }
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwx------"));
        command.addAll(List.of(
                binaries.resolve("bin/initdb").toString(), "-D", fresh.toString(), "-A", "trust", "-U", "postgres",
                "--no-sync", "-E", "UTF8", "--locale=C"));
        ProcessBuilder builder = new ProcessBuilder(command).directory(cluster.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("TZ", "UTC");
        Process initdb = builder.start();
        initdb.getOutputStream().close();
        String output = new String(initdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!initdb.waitFor(60, TimeUnit.SECONDS) || initdb.exitValue() != 0) {
                throw new IOException("initdb ended with an error:\n" + output);
            }
        } catch (InterruptedException e) {
            throw interrupted("Initialising", e);
        }
        Files.move(fresh, data());
    }

    private List<String> command() throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("listen_addresses", "127.0.0.1");
        settings.put("unix_socket_directories", "");
        settings.put("wal_level", "logical");
        settings.put("max_prepared_transactions", "5");
        settings.put("max_connections", "100");
        settings.put("max_wal_senders", "20");
        settings.put("max_replication_slots", "20");
        settings.put("shared_buffers", "128MB");
        settings.put("jit", "off");
        // What a table's statistics say, and which files it has, is what a test made of it, however long that took.
        settings.put("autovacuum", "off");
        settings.put("fsync", switch (options.durability()) {
            case NONE -> "off";
            case FSYNC -> "on";
        });
        settings.putAll(options.settings());
        List<String> command = new ArrayList<>(prefix());
        command.addAll(List.of(
                binaries.resolve("bin/postgres").toString(), "-D", data().toString(), "-p", Integer.toString(port)));
        settings.forEach((name, value) -> {
            command.add("-c");
            command.add(name + "=" + value);
        });
        return command;
    }

    /** A server refuses to run as root; nobody will do. */
    private List<String> prefix() throws IOException {
        return isRoot()
                ? List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups")
                : List.of();
    }

    private boolean isRoot() throws IOException {
        return Integer.valueOf(0).equals(Files.getAttribute(cluster, "unix:uid"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return probe.getLocalPort();
        }
    }

    /** Deletes the clusters of JVMs that were killed: those whose lock nobody holds. */
    private static void sweep(Path home) {
        try (var folders = Files.newDirectoryStream(home, "cluster-*")) {
            for (Path folder : folders) {
                Path lock = folder.resolve("lock");
                if (OWN.contains(folder) || !Files.exists(lock)) {
                    continue;
                }
                try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                        FileLock free = channel.tryLock()) {
                    if (free != null) {
                        delete(folder);
                    }
                } catch (OverlappingFileLockException | IOException e) {
                    // Another JVM is deleting it, or uses it: either way it is not ours to delete.
                    continue;
                }
            }
        } catch (IOException e) {
            throw WindrowException.of(PostgresError.START_FAILED, "Looking for old clusters in " + home + ": " + e, e);
        }
    }

    private static void delete(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (Files.exists(file)) {
                    throw e;
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
                Files.deleteIfExists(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static WindrowException interrupted(String doing, InterruptedException e) {
        Thread.currentThread().interrupt();
        return WindrowException.of(
                PostgresError.START_FAILED, String.format(Locale.ROOT, "%s PostgreSQL: interrupted", doing), e);
    }
}
