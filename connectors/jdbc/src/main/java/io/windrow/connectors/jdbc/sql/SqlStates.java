package io.windrow.connectors.jdbc.sql;

import io.windrow.api.error.WindrowException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import javax.net.ssl.SSLException;

/** From what a driver throws to coded errors. A server's message is never quoted: it can hold a row's values (I11). */
public final class SqlStates {
    private SqlStates() {}

    /** The coded form of an error. The driver's exception is not its cause, since its text may hold values. */
    public static WindrowException coded(Dialect dialect, String doing, SQLException e) {
        return coded(dialect.database(), dialect.error(e), doing, e);
    }

    /** The same of an error whose code is known. */
    public static WindrowException coded(Database database, JdbcError code, String doing, SQLException e) {
        if (e.getCause() instanceof WindrowException own) {
            return own;
        }
        String words = switch (code) {
            case DRIVER_MISSING, CONNECT_REFUSED -> network(e);
            default -> "";
        };
        return WindrowException.of(code, doing + ": " + answer(database, e) + words);
    }

    /** What may be shown of an error: who answered, and with which state and number. */
    public static String answer(Database database, SQLException e) {
        String state = e.getSQLState() == null ? "" : " " + e.getSQLState();
        String number = e.getErrorCode() == 0 ? "" : " (" + e.getErrorCode() + ")";
        return database.label() + " answered" + (state.isEmpty() && number.isEmpty() ? " without a code" : state + number);
    }

    private static String network(SQLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case UnknownHostException host -> {
                    return ": no host has the name " + host.getMessage();
                }
                case SocketTimeoutException ignored -> {
                    return ": no answer in time";
                }
                case ConnectException ignored -> {
                    return ": nobody listens there";
                }
                default -> {
                    // Look further down.
                }
            }
        }
        return "";
    }

    /** By the standard's classes and those of PostgreSQL; MariaDB keeps to them where it has a state. */
    public static JdbcError of(SQLException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return JdbcError.TLS_REFUSED;
            }
        }
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        return switch (state) {
            case "08001", "08004", "57P03" -> JdbcError.CONNECT_REFUSED;
            case "57P01", "57P02", "57P05", "25P03" -> JdbcError.CONNECTION_LOST;
            case "25006" -> JdbcError.READ_ONLY;
            case "42501" -> JdbcError.PERMISSION_DENIED;
            case "3D000" -> JdbcError.URL_INVALID;
            case "54011" -> JdbcError.TABLE_TOO_WIDE;
            // An entry of an index, or a row, that is longer than a page.
            case "54000" -> JdbcError.VALUE_REFUSED;
            case "23503" -> JdbcError.REFERENCE_REFUSED;
            case "40001", "40P01", "55P03", "55006", "57014" -> JdbcError.BUSY;
            default -> {
                String group = state.length() < 2 ? "" : state.substring(0, 2);
                yield switch (group) {
                    case "08" -> JdbcError.CONNECTION_LOST;
                    case "28" -> JdbcError.AUTHENTICATION;
                    case "22", "23" -> JdbcError.VALUE_REFUSED;
                    case "53" -> JdbcError.TARGET_FULL;
                    default -> JdbcError.STATEMENT_REFUSED;
                };
            }
        };
    }
}
