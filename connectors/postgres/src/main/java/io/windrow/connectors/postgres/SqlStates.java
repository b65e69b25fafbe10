package io.windrow.connectors.postgres;

import static java.util.Map.entry;

import io.windrow.api.error.WindrowException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * The one table from SQLSTATE to {@link PostgresError}: the whole state first, else its class. The server's words are
 * passed on only where they hold names and no values (I11); statements never are.
 */
final class SqlStates {
    private static final Map<String, PostgresError> STATES = Map.ofEntries(
            entry("08001", PostgresError.CONNECT_REFUSED),
            entry("08004", PostgresError.CONNECT_REFUSED),
            entry("08P01", PostgresError.SERVER_FAULT),
            entry("22021", PostgresError.TEXT_INVALID),
            entry("22023", PostgresError.QUERY_FAILED),
            entry("22P05", PostgresError.TEXT_INVALID),
            entry("25001", PostgresError.SERVER_FAULT),
            entry("25006", PostgresError.PERMISSION_DENIED),
            entry("25P03", PostgresError.CONNECTION_LOST),
            entry("25P04", PostgresError.CONNECTION_LOST),
            entry("28000", PostgresError.AUTHENTICATION),
            entry("28P01", PostgresError.AUTHENTICATION),
            entry("3D000", PostgresError.NO_SUCH_DATABASE),
            entry("3F000", PostgresError.NO_SUCH_OBJECT),
            entry("40001", PostgresError.CONFLICT),
            entry("40P01", PostgresError.CONFLICT),
            entry("42501", PostgresError.PERMISSION_DENIED),
            entry("42703", PostgresError.NO_SUCH_OBJECT),
            entry("42704", PostgresError.NO_SUCH_OBJECT),
            entry("42883", PostgresError.NO_SUCH_OBJECT),
            entry("42P01", PostgresError.NO_SUCH_OBJECT),
            entry("53300", PostgresError.TOO_MANY_CONNECTIONS),
            entry("54000", PostgresError.SERVER_ROW_LIMIT),
            entry("55P03", PostgresError.LOCK_TIMEOUT),
            entry("55006", PostgresError.LOCK_TIMEOUT),
            entry("57014", PostgresError.CANCELED),
            entry("57P01", PostgresError.CONNECTION_LOST),
            entry("57P02", PostgresError.CONNECTION_LOST),
            entry("57P03", PostgresError.SERVER_UNAVAILABLE),
            entry("57P04", PostgresError.NO_SUCH_DATABASE),
            entry("57P05", PostgresError.CONNECTION_LOST),
            entry("58030", PostgresError.SERVER_RESOURCES),
            entry("72000", PostgresError.SNAPSHOT_LOST),
            entry("XX001", PostgresError.DATA_CORRUPTED),
            entry("XX002", PostgresError.DATA_CORRUPTED));

    /** How a server begins when it says that it was sent nonsense. */
    private static final Pattern BROKEN_MESSAGE =
            Pattern.compile("(invalid|insufficient|unexpected|unterminated|expected|bind message|extended query)\\b");

    private static final Map<String, PostgresError> CLASSES = Map.ofEntries(
            entry("08", PostgresError.CONNECTION_LOST),
            entry("0A", PostgresError.NOT_SUPPORTED),
            entry("21", PostgresError.QUERY_FAILED),
            entry("22", PostgresError.QUERY_FAILED),
            entry("28", PostgresError.AUTHENTICATION),
            entry("38", PostgresError.QUERY_FAILED),
            entry("39", PostgresError.QUERY_FAILED),
            entry("40", PostgresError.CONFLICT),
            entry("42", PostgresError.SQL_INVALID),
            entry("53", PostgresError.SERVER_RESOURCES),
            entry("54", PostgresError.NOT_SUPPORTED),
            entry("55", PostgresError.SERVER_FAULT),
            entry("57", PostgresError.SERVER_UNAVAILABLE),
            entry("58", PostgresError.SERVER_RESOURCES),
            entry("XX", PostgresError.SERVER_FAULT));

    /** Such a byte is in an encoding that the database knows, and means nothing in it. */
    private static final String UNTRANSLATABLE = "Mend the text: it holds a byte that stands for no character in the database's encoding"
            + " (SHOW server_encoding); or read the column as bytes, by a view or query that selects pg_catalog.convert_to(column,"
            + " that encoding); or leave it out with columns.";

    private SqlStates() {}

    /** The code for a SQLSTATE. */
    static PostgresError code(String state) {
        PostgresError exact = STATES.get(state);
        if (exact != null) {
            return exact;
        }
        return CLASSES.getOrDefault(state.length() < 2 ? "" : state.substring(0, 2), PostgresError.SERVER_FAULT);
    }

    /**
     * The coded form of a driver's exception. The exception itself is not kept, since its text may hold values and SQL.
     *
     * @param doing a gerund clause: {@code Reading public.orders}
     */
    static WindrowException coded(String doing, SQLException e) {
        Optional<WindrowException> tls = tls(doing, e);
        if (tls.isPresent()) {
            return tls.get();
        }
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        PostgresError code = code(state);
        ServerErrorMessage server = e instanceof PSQLException pg ? pg.getServerErrorMessage() : null;
        String words = "";
        if (server != null) {
            String message = String.valueOf(server.getMessage());
            if (state.equals("XX000") && message.startsWith("invalid memory alloc request size")) {
                code = PostgresError.SERVER_ROW_LIMIT;
            }
            if (state.equals("08P01")) {
                if (message.startsWith("unsupported startup parameter")) {
                    return WindrowException.of(PostgresError.NOT_SUPPORTED, doing + ": a pooler answered: " + message)
                            .remedy("Connect to the server itself, or have the pooler ignore the parameter if it can"
                                    + " (ignore_startup_parameters = extra_float_digits). No pooler passes on a replication connection"
                                    + " that does not say so.");
                }
                code = ofPooler(message);
            }
            if (code == PostgresError.PERMISSION_DENIED && message.contains("row-level security")) {
                code = PostgresError.ROW_SECURITY;
            }
            if (namesOnly(state, code)) {
                words = " (" + message + ")";
            }
        } else if (code == PostgresError.CONNECT_REFUSED || code == PostgresError.CONNECTION_LOST) {
            String unanswered = switch (e.getCause()) {
                case UnknownHostException host -> "no host has the name " + host.getMessage();
                case SocketTimeoutException ignored -> "no answer in time";
                case IOException io -> "no answer: " + io.getMessage();
                case null, default -> "";
            };
            if (!unanswered.isEmpty()) {
                // The network's exception knows no more than the address; a run sees by it that nobody listens there.
                return WindrowException.of(code, doing + ": " + unanswered, e.getCause());
            }
        }
        WindrowException coded = WindrowException.of(
                code, doing + ": the server answered " + (state.isEmpty() ? "without a code" : state) + words);
        return state.equals("22P05") ? coded.remedy(UNTRANSLATABLE) : coded;
    }

    /**
     * What a pooler means: PgBouncer gives nearly all that it has to say the state that a server keeps for broken messages. Most
     * of it passes: the server behind it is down, or all connections to it are taken.
     */
    private static PostgresError ofPooler(String message) {
        if (message.startsWith("no such database")) {
            return PostgresError.NO_SUCH_DATABASE;
        }
        if (message.startsWith("no such user") || message.contains("authentication")) {
            return PostgresError.AUTHENTICATION;
        }
        return BROKEN_MESSAGE.matcher(message).lookingAt() ? PostgresError.SERVER_FAULT : PostgresError.SERVER_UNAVAILABLE;
    }

    /** What is wrong with TLS. The driver's texts are translated, so the place that throws tells one failure from another. */
    private static Optional<WindrowException> tls(String doing, SQLException e) {
        String ssl = "";
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertPathBuilderException) {
                return Optional.of(WindrowException.of(
                        PostgresError.TLS_REFUSED, doing + ": TLS: no known authority has issued the server's certificate"));
            }
            if (cause instanceof SSLException && ssl.isEmpty()) {
                ssl = String.valueOf(cause.getMessage());
            }
        }
        if (!ssl.isEmpty()) {
            return Optional.of(WindrowException.of(PostgresError.TLS_REFUSED, doing + ": TLS: " + ssl));
        }
        StackTraceElement[] trace = e.getStackTrace();
        if (trace.length == 0 || e instanceof PSQLException pg && pg.getServerErrorMessage() != null) {
            return Optional.empty();
        }
        if (trace[0].getMethodName().equals("enableSSL") && e.getCause() == null) {
            return Optional.of(WindrowException.of(PostgresError.TLS_REFUSED, doing + ": TLS: the server offers none"));
        }
        if (!trace[0].getClassName().startsWith("org.postgresql.ssl.")) {
            return Optional.empty();
        }
        if (e.getCause() != null) {
            return Optional.of(
                    WindrowException.of(PostgresError.TLS_REFUSED, doing + ": TLS: " + e.getCause().getMessage()));
        }
        return Optional.of(WindrowException.of(
                        PostgresError.TLS_REFUSED, doing + ": TLS: the server's certificate is for another host name")
                .remedy("Connect by a name that the certificate holds. If the name cannot be: sslmode=verify-ca with sslrootcert"
                        + " in the URL verifies the authority only."));
    }

    /** Messages of these states name objects, roles and settings, never a row's values or a password. */
    private static boolean namesOnly(String state, PostgresError code) {
        return switch (code) {
            case PERMISSION_DENIED, ROW_SECURITY, NO_SUCH_DATABASE, AUTHENTICATION, LOCK_TIMEOUT, CANCELED, CONFLICT,
                            TOO_MANY_CONNECTIONS, SERVER_UNAVAILABLE, CONNECTION_LOST -> true;
            case NO_SUCH_OBJECT, SNAPSHOT_LOST -> true;
            case SERVER_RESOURCES -> state.startsWith("53");
            default -> false;
        };
    }
}
