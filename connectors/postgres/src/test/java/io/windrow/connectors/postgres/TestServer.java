package io.windrow.connectors.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** A PostgreSQL server of the Maven binaries, one per test JVM, that dies with it. */
public final class TestServer {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static TestServer shared;

    private final int port;

    private TestServer(int port) {
        this.port = port;
    }

    /** The server of this JVM, started on first use. */
    public static synchronized TestServer shared() throws IOException, InterruptedException {
        if (shared == null) {
            shared = start();
        }
        return shared;
    }

    /** A new, empty database. */
    public String newDatabase() throws SQLException {
        String name = "t" + DATABASES.incrementAndGet();
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return name;
    }

    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/" + database, "postgres", "");
    }

    private static TestServer start() throws IOException, InterruptedException {
        boolean root = System.getProperty("user.name").equals("root");
        Path base = Path.of("/tmp/windrow-pg-" + System.getProperty("user.name"));
        Files.createDirectories(base);
        Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path home = unpack(base);
        Path data = Files.createTempDirectory(base, "data");
        List<String> prefix = root
                ? List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
                : List.of();
        if (root) {
            run(List.of("chown", "65534:65534", data.toString()));
        }
        List<String> init = new ArrayList<>(prefix);
        init.addAll(List.of(
                home + "/bin/initdb", "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C", "-D",
                data.toString()));
        run(init);
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        List<String> serve = new ArrayList<>(List.of(
                "sh", "-c", "\"$@\" </dev/null & P=$!; read _; kill -9 $P; wait $P; rm -rf " + data, "sh"));
        serve.addAll(prefix);
        serve.addAll(List.of(
                home + "/bin/postgres", "-D", data.toString(), "-p", Integer.toString(port), "-c",
                "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off", "-c",
                "shared_buffers=128MB", "-c", "max_wal_size=4GB"));
        new ProcessBuilder(serve)
                .redirectErrorStream(true)
                .redirectOutput(base.resolve("server-" + port + ".log").toFile())
                .start();
        TestServer server = new TestServer(port);
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (true) {
            try (Connection ignored = server.connect("postgres")) {
                return server;
            } catch (SQLException e) {
                if (System.nanoTime() > deadline) {
                    throw new IOException("Waiting for the server on port " + port, e);
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    private static Path unpack(Path base) throws IOException {
        try (FileChannel lock = FileChannel.open(
                        base.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var ignored = lock.lock();
                InputStream in = binaries()) {
            Path home = base.resolve("home-" + in.available());
            if (Files.exists(home.resolve("complete"))) {
                return home;
            }
            try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(in))) {
                for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
                    Path target = home.resolve(entry.getName());
                    if (entry.isDirectory()) {
                        Files.createDirectories(target);
                        continue;
                    }
                    Files.createDirectories(target.getParent());
                    Files.deleteIfExists(target);
                    if (entry.isSymbolicLink()) {
                        Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
                    } else {
                        Files.copy(tar, target);
                        Files.setPosixFilePermissions(
                                target,
                                PosixFilePermissions.fromString(
                                        (entry.getMode() & 0100) != 0 ? "rwxr-xr-x" : "rw-r--r--"));
                    }
                }
            }
            Files.createFile(home.resolve("complete"));
            return home;
        }
    }

    /** The archive of {@code -Dwindrow.test.postgres.archive}, else that of the test class path. */
    private static InputStream binaries() throws IOException {
        String archive = System.getProperty("windrow.test.postgres.archive");
        if (archive != null) {
            return Files.newInputStream(Path.of(archive));
        }
        String cpu = System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64";
        return TestServer.class.getResourceAsStream(String.format(Locale.ROOT, "/postgres-linux-%s.txz", cpu));
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IOException(command.get(0) + ": " + output);
        }
    }
}
