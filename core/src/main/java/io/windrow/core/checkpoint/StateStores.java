package io.windrow.core.checkpoint;

import io.windrow.api.error.WindrowException;
import java.nio.file.Path;
import java.time.Clock;

/**
 * Opens state stores. Only two kinds of URL are accepted, {@code jdbc:sqlite:<file>} and
 * {@code jdbc:postgresql://host[:port]/database[?option=value…]}, and of the drivers' options only harmless ones: a URL
 * comes from a pipeline file, and some drivers run code that their URL names.
 */
public final class StateStores {
    private static final String SQLITE = "jdbc:sqlite:";
    private static final String POSTGRESQL = "jdbc:postgresql:";

    private StateStores() {}

    /**
     * Opens the store, makes it if it does not exist, and brings it to this version's layout.
     *
     * @throws WindrowException with a {@link CheckpointError}
     */
    public static StateStore open(String jdbcUrl) {
        return open(jdbcUrl, Clock.systemUTC());
    }

    /** As {@link #open(String)}, for tests of clock jumps. PostgreSQL leases go by the server's clock, not by this one. */
    public static StateStore open(String jdbcUrl, Clock clock) {
        if (jdbcUrl.startsWith(SQLITE)) {
            return new JdbcStateStore(SqliteDialect.open(sqliteFile(jdbcUrl), clock));
        }
        if (jdbcUrl.startsWith(POSTGRESQL)) {
            return new JdbcStateStore(PostgresDialect.open(jdbcUrl));
        }
        int scheme = jdbcUrl.indexOf(':', "jdbc:".length());
        throw WindrowException.of(
                CheckpointError.URL_REFUSED,
                "Opening the state store: expected a URL that begins with " + SQLITE + " or " + POSTGRESQL
                        + (jdbcUrl.startsWith("jdbc:") && scheme > 0 ? ", not " + jdbcUrl.substring(0, scheme + 1) : ""));
    }

    private static Path sqliteFile(String jdbcUrl) {
        String file = jdbcUrl.substring(SQLITE.length());
        if (file.isEmpty() || file.startsWith(":") || file.startsWith("file:") || file.indexOf('?') >= 0) {
            throw WindrowException.of(
                    CheckpointError.URL_REFUSED,
                    "Opening the state store: expected " + SQLITE + " and the path of a file, without options");
        }
        return Path.of(file).toAbsolutePath().normalize();
    }
}
