package io.windrow.testkit.postgres;

import io.windrow.api.error.WindrowException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A real PgBouncer on 127.0.0.1 in front of a server: it gives a client a server process for the length of a transaction,
 * and takes nothing back that the client has set there. It comes with the system (Debian's package {@code pgbouncer}), not
 * from Maven: where it is not {@link #isInstalled installed}, a test has to skip. It dies with this JVM.
 */
public final class PgBouncer implements AutoCloseable {
    private static final int ATTEMPTS = 5;

    private final Path folder;
    private final int port;
    private final ServerProcess process;

    private PgBouncer(Path folder, int port, ServerProcess process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /** Whether this machine has one. */
    public static boolean isInstalled() {
        return executable().isPresent();
    }

    private static Optional<Path> executable() {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(Stream.of(path.split(":", -1)), Stream.of("/usr/sbin"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "pgbouncer"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Starts one that opens at most so many connections to the server for a database and role, and lends them for a
     * transaction each. Whatever name a client gives, the server sees its superuser.
     */
    public static PgBouncer start(PostgresServer server, int connections) {
        try {
            Path folder = Files.createTempDirectory(PostgresBinaries.home(), "pgbouncer-");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            Path settings = folder.resolve("pgbouncer.ini");
            String log = "";
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                int port = freePort();
                Files.writeString(settings, """
                        [databases]
                        * = host=127.0.0.1 port=%d user=postgres
                        [pgbouncer]
                        listen_addr = 127.0.0.1
                        listen_port = %d
                        unix_socket_dir =
                        auth_type = any
                        pool_mode = transaction
                        default_pool_size = %d
                        ignore_startup_parameters = extra_float_digits
                        """.formatted(server.port(), port, connections));
                ServerProcess process = new ServerProcess(command(settings), folder, "process up: ");
                if (process.awaitReady(60)) {
                    return new PgBouncer(folder, port, process);
                }
                process.end("KILL");
                log = process.log();
            }
            throw WindrowException.of(PostgresError.START_FAILED, "Starting PgBouncer in " + folder + ":\n" + log);
        } catch (IOException e) {
            throw WindrowException.of(PostgresError.START_FAILED, "Starting PgBouncer: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw WindrowException.of(PostgresError.START_FAILED, "Starting PgBouncer: interrupted", e);
        }
    }

    private static List<String> command(Path settings) {
        List<String> command = new ArrayList<>(List.of(executable().orElseThrow().toString()));
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("-u", "nobody"));
        }
        command.add(settings.toString());
        return command;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    /** The URL of a database through the pooler, as libpq writes it. */
    public String url(String database) {
        return "postgresql://postgres@127.0.0.1:" + port + "/" + database + "?sslmode=disable";
    }

    /** The URL of a database through the pooler, for pgjdbc. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=postgres&sslmode=disable&prepareThreshold=0";
    }

    @Override
    public void close() {
        try {
            process.end("KILL");
            Files.deleteIfExists(folder.resolve("pgbouncer.ini"));
            Files.deleteIfExists(folder);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw WindrowException.of(PostgresError.START_FAILED, "Removing the folder of PgBouncer: " + e, e);
        }
    }
}
