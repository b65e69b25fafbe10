package io.windrow.connectors.connect.database;

import io.windrow.api.context.CheckResult;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.connectors.connect.record.Gtids;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A connection to the server, for what the connector does not tell. One thread. */
public interface Server extends AutoCloseable {
    /**
     * The columns and the key of a table, as the rows will have them.
     *
     * @throws io.windrow.api.error.WindrowException if there is no such table, or it holds something that is not delivered
     */
    StreamSchema schema(StreamName stream);

    /** How many rows a table has, by the server's own guess; −1 if it has none. */
    default long estimatedRows(StreamName stream) {
        return -1;
    }

    /**
     * That the server keeps a log that can be followed.
     *
     * @throws io.windrow.api.error.WindrowException with what is missing
     */
    void expectFollowable();

    /** Which server it is, so that the log of another one is never taken for its; empty: nobody can tell. */
    default Optional<String> identity() {
        return Optional.empty();
    }

    /** Where the log ends now, as {@link io.windrow.connectors.connect.record.LogOrder} counts; empty: nobody can tell. */
    default Optional<LogEnd> end() {
        return Optional.empty();
    }

    /**
     * Looks in the server's own log for the place before which it holds just the transactions that another server's log held before a
     * place of its.
     *
     * @param completed what the other log held
     * @param begun transactions that were read in part, which must be the next ones of their domains
     */
    default Located locate(Gtids completed, Collection<Gtids.Gtid> begun) {
        return new Located.Nowhere(ConnectError.SERVER_CHANGED, "of this kind of server no transaction is looked for by its GTID");
    }

    /** Whether the newest transaction of each domain in the server's log came first from the same server as these did. */
    default boolean endsAs(Gtids completed) {
        return true;
    }

    /** What was found. */
    sealed interface Located {
        /**
         * The place.
         *
         * @param file the log's file
         * @param position the place in it
         */
        record At(String file, long position) implements Located {}

        /**
         * There is no such place.
         *
         * @param error what that means
         * @param why as the end of a sentence
         */
        record Nowhere(ConnectError error, String why) implements Located {}
    }

    /** What a run would meet: settings and privileges. */
    List<CheckResult> check(List<StreamName> streams);

    @Override
    void close();

    /**
     * The end of a log.
     *
     * @param place as a number
     * @param text for people
     */
    record LogEnd(long place, String text) {}
}
