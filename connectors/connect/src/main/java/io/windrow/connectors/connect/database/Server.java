package io.windrow.connectors.connect.database;

import io.windrow.api.context.CheckResult;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
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
