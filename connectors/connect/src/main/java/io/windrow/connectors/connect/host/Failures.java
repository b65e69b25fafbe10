package io.windrow.connectors.connect.host;

import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.errors.RetriableException;

/** What a connector or a driver throws, as an error of ours. */
public final class Failures {
    /** MariaDB's and MySQL's numbers, which say more than their SQLSTATEs. */
    private static final Map<Integer, ConnectError> NUMBERS = Map.of(
            1045, ConnectError.AUTHENTICATION,
            1698, ConnectError.AUTHENTICATION,
            1044, ConnectError.PERMISSION_DENIED,
            1142, ConnectError.PERMISSION_DENIED,
            1227, ConnectError.PERMISSION_DENIED,
            1205, ConnectError.COPY_LOCKED,
            1146, ConnectError.NO_SUCH_STREAM,
            1049, ConnectError.NO_SUCH_STREAM);

    /** What servers and connectors say, without a number that says as much: most of it of a log that they do not send. */
    private static final Map<String, ConnectError> OF_WORDS = Map.ofEntries(
            Map.entry("no longer available on the server", ConnectError.LOG_LOST),
            Map.entry("could not find first log file", ConnectError.LOG_LOST),
            Map.entry("purged required binary logs", ConnectError.LOG_LOST),
            Map.entry("has purged binary logs", ConnectError.LOG_LOST),
            Map.entry("binlog files have been purged", ConnectError.LOG_LOST),
            Map.entry("could not find gtid state", ConnectError.LOG_LOST),
            Map.entry("requested to start from gtid", ConnectError.LOG_LOST),
            Map.entry("is missing the gtid", ConnectError.LOG_LOST),
            // The driver gives up waiting for a server that refuses the user.
            Map.entry("com.mongodb.mongosecurityexception", ConnectError.AUTHENTICATION),
            Map.entry("changestreamhistorylost", ConnectError.LOG_LOST),
            Map.entry("resume point may no longer be in the oplog", ConnectError.LOG_LOST),
            Map.entry("data row is smaller than a column index", ConnectError.ROW_INCOMPLETE),
            Map.entry("internal schema size", ConnectError.ROW_INCOMPLETE),
            Map.entry("impossible position", ConnectError.LOG_WENT_BACK),
            Map.entry("access denied; you need", ConnectError.PERMISSION_DENIED),
            Map.entry("command denied to user", ConnectError.PERMISSION_DENIED),
            // The connector tries these locks once it did not get the server's, and says no more than that.
            Map.entry("'lock tables' privilege required", ConnectError.COPY_LOCKED),
            Map.entry("with the same server_uuid", ConnectError.SERVER_ID_TAKEN),
            Map.entry("with the same server_id", ConnectError.SERVER_ID_TAKEN),
            Map.entry("exceeded max_allowed_packet", ConnectError.EVENT_TOO_LARGE));

    /** What MongoDB's driver throws; its classes are a plugin's. */
    private static final Map<String, ConnectError> OF_DRIVER = Map.of(
            "com.mongodb.MongoTimeoutException", ConnectError.CONNECT_REFUSED,
            "com.mongodb.MongoSocketException", ConnectError.CONNECT_REFUSED,
            "com.mongodb.MongoSocketOpenException", ConnectError.CONNECT_REFUSED,
            "com.mongodb.MongoSocketReadException", ConnectError.CONNECT_REFUSED,
            "com.mongodb.MongoSocketClosedException", ConnectError.CONNECT_REFUSED,
            "com.mongodb.MongoNodeIsRecoveringException", ConnectError.CONNECT_REFUSED,
            "com.mongodb.MongoNotPrimaryException", ConnectError.CONNECT_REFUSED,
            "com.mongodb.MongoSecurityException", ConnectError.AUTHENTICATION);

    private static final String DECODING = "com.github.shyiko.mysql.binlog.event.deserialization.";

    /** As Kafka words it. The value may be anything, so the last name that could be meant is. */
    private static final Pattern INVALID_SETTING =
            Pattern.compile("Invalid value .* for configuration ([\\w.-]+)(?:: .*)?", Pattern.DOTALL);

    private static final Pattern MISSING_SETTING = Pattern.compile("Missing required configuration \"([\\w.-]+)\"");

    private Failures() {}

    /** Whether the message repeats what the vendor said. */
    public sealed interface Words {
        /** They may quote a row, which the mask has not seen (I11): only what kind of failure it is is told. */
        Words WITHHELD = new Withheld();

        /** No row was read yet, so the words can only be about settings, servers and privileges. */
        static Words given(Collection<Secret> secrets, Collection<String> settings) {
            return new Given(List.copyOf(secrets), List.copyOf(settings));
        }
    }

    /**
     * What the vendor said is told, but of a setting that is refused only its name, since its value may be a secret.
     *
     * @param secrets what is taken out of the words
     * @param settings the names of the settings that the vendor was told
     */
    private record Given(List<Secret> secrets, List<String> settings) implements Words {
        String said(List<Throwable> chain) {
            for (Throwable one : chain) {
                if (one instanceof ConfigException) {
                    return refused(String.valueOf(one.getMessage()));
                }
            }
            return without(secrets, chain.getFirst().getMessage() + (chain.size() == 1 ? "" : " (" + chain.getLast().getMessage() + ")"));
        }

        private String refused(String message) {
            Matcher missing = MISSING_SETTING.matcher(message);
            if (missing.lookingAt()) {
                return "the setting " + missing.group(1) + " is missing";
            }
            Matcher invalid = INVALID_SETTING.matcher(message);
            if (invalid.matches() && settings.contains(invalid.group(1))) {
                return "it refuses the value of " + invalid.group(1);
            }
            List<String> named = settings.stream()
                    .filter(name -> Pattern.compile("(?<![\\w.])" + Pattern.quote(name) + "(?![\\w.])").matcher(message).find())
                    .sorted()
                    .toList();
            return "it refuses its settings" + (named.isEmpty() ? "" : ", of which it names " + String.join(", ", named));
        }
    }

    /** Nothing that the vendor said is told. */
    private record Withheld() implements Words {}

    /** What was said, with the secrets taken out. */
    static String without(Collection<Secret> secrets, String said) {
        String shown = said;
        for (Secret secret : secrets) {
            if (!secret.reveal().isBlank()) {
                shown = shown.replace(secret.reveal(), "***");
            }
        }
        return shown;
    }

    /** Does the work; whatever it throws is coded. */
    static <T> T coding(String doing, Words words, HostedTask.Work<T> work) {
        try {
            return work.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw WindrowException.of(ConnectError.CONNECTOR_RETRIES, doing + ": interrupted");
        } catch (Exception | LinkageError e) {
            throw coded(doing, words, e);
        }
    }

    /** The error that says what a failure means. */
    public static WindrowException coded(String doing, Words words, Throwable thrown) {
        List<Throwable> chain = chain(thrown);
        for (Throwable one : chain) {
            if (one instanceof WindrowException ours) {
                return ours;
            }
        }
        ConnectError error = chain.stream().map(Failures::known).flatMap(Optional::stream).findFirst()
                .or(() -> chain.stream().map(Failures::unreadable).flatMap(Optional::stream).findFirst())
                .orElse(chain.stream().anyMatch(RetriableException.class::isInstance)
                        ? ConnectError.CONNECTOR_RETRIES
                        : ConnectError.CONNECTOR_FAILED);
        // Never with the cause: whoever prints that prints the vendor's own words.
        return WindrowException.of(error, doing + ": " + told(chain, words));
    }

    private static List<Throwable> chain(Throwable thrown) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable one = thrown; one != null && !chain.contains(one); one = one.getCause()) {
            chain.add(one);
        }
        return chain;
    }

    private static Optional<ConnectError> known(Throwable one) {
        String message = String.valueOf(one.getMessage()).toLowerCase(Locale.ROOT);
        if (one instanceof SQLException sql) {
            return Optional.ofNullable(NUMBERS.get(sql.getErrorCode())).or(() -> ofState(String.valueOf(sql.getSQLState())));
        }
        if (one instanceof LinkageError || one instanceof ClassNotFoundException) {
            return Optional.of(ConnectError.PLUGIN_BROKEN);
        }
        if (one instanceof ConfigException) {
            return Optional.of(ConnectError.CONFIG_REFUSED);
        }
        if (isLostConnection(one)) {
            return Optional.of(ConnectError.CONNECT_REFUSED);
        }
        Optional<ConnectError> ofWords = OF_WORDS.entrySet().stream()
                .filter(text -> message.contains(text.getKey())).map(Map.Entry::getValue).findFirst();
        if (ofWords.isPresent()) {
            return ofWords;
        }
        if (message.contains("history topic") && message.contains("missing")
                || message.contains("whose schema isn't known to this connector")) {
            return Optional.of(ConnectError.HISTORY_LOST);
        }
        if (OF_DRIVER.containsKey(one.getClass().getName())) {
            return Optional.of(OF_DRIVER.get(one.getClass().getName()));
        }
        if (message.contains("access denied for user")) {
            return Optional.of(message.contains("to database") ? ConnectError.PERMISSION_DENIED : ConnectError.AUTHENTICATION);
        }
        if (message.contains("(unauthorized)")) {
            return Optional.of(ConnectError.PERMISSION_DENIED);
        }
        if (message.contains("failed to authenticate")) {
            return Optional.of(ConnectError.AUTHENTICATION);
        }
        return Optional.empty();
    }

    /** By the names of a plugin's classes; the binary log's client fails in its own ways where it meets what it does not know. */
    private static Optional<ConnectError> unreadable(Throwable one) {
        return switch (one.getClass().getSimpleName()) {
            case "ParsingException", "MultipleParsingExceptions" -> Optional.of(ConnectError.STATEMENT_UNREADABLE);
            case "EventDataDeserializationException" -> Optional.of(ConnectError.EVENT_UNREADABLE);
            default -> Arrays.stream(one.getStackTrace()).anyMatch(frame -> frame.getClassName().startsWith(DECODING))
                    ? Optional.of(ConnectError.EVENT_UNREADABLE)
                    : Optional.empty();
        };
    }

    /** A handshake that fails is about keys and certificates, which the next attempt has too. */
    private static boolean isLostConnection(Throwable one) {
        return switch (one) {
            case SSLHandshakeException ignored -> false;
            case SSLPeerUnverifiedException ignored -> false;
            case SSLException ignored -> true;
            case SocketException ignored -> true;
            case SocketTimeoutException ignored -> true;
            case UnknownHostException ignored -> true;
            case EOFException ignored -> true;
            case ClosedChannelException ignored -> true;
            case TimeoutException ignored -> true;
            default -> false;
        };
    }

    private static Optional<ConnectError> ofState(String state) {
        return state.startsWith("08") ? Optional.of(ConnectError.CONNECT_REFUSED)
                : state.startsWith("28") ? Optional.of(ConnectError.AUTHENTICATION)
                : Optional.empty();
    }

    private static String told(List<Throwable> chain, Words words) {
        Throwable root = chain.getLast();
        String kind = root.getClass().getSimpleName()
                + (root instanceof SQLException sql ? " " + sql.getErrorCode() + ", SQLSTATE " + sql.getSQLState() : "");
        return switch (words) {
            case Given given -> kind + ": " + given.said(chain);
            case Withheld ignored -> "the connector failed with " + kind;
        };
    }
}
