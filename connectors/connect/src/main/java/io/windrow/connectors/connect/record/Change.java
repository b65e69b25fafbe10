package io.windrow.connectors.connect.record;

import io.windrow.api.schema.StreamName;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** What a record of a Debezium connector says. */
public sealed interface Change {
    /**
     * A row.
     *
     * @param stream its table
     * @param what what happened to it
     * @param before the row before it, if the log has it
     * @param after the row after it; null if it is gone
     * @param commitMicros when, in microseconds since 1970 UTC
     * @param transaction the number within the source's transaction id, if it has one
     * @param gtid that id as the source writes it; null if it has none
     * @param moved whether it is one half of a change of key: the old row goes, the new one comes
     */
    record Row(
            StreamName stream, What what, @Nullable Struct before, @Nullable Struct after, long commitMicros,
            Optional<Long> transaction, @Nullable String gtid, boolean moved)
            implements Change {}

    /** What happened to a row. */
    enum What {
        /** A copy read it. */
        COPIED,
        INSERTED,
        UPDATED,
        DELETED,
        /** All rows of the table are gone. */
        TRUNCATED
    }

    /**
     * Tables were made, altered or dropped.
     *
     * @param streams which
     * @param dropped the database that was dropped with all of its tables, if one was
     * @param emptied whether rows went that the log does not name one by one: with a table that was dropped, replaced or renamed,
     *     with a partition, or as duplicates
     * @param statement what did it, with the places of its texts
     * @param forms what those of the tables look like then of which the connector says it
     */
    record Altered(List<StreamName> streams, Optional<String> dropped, boolean emptied, SqlWords statement, Map<StreamName, TableForm> forms)
            implements Change {
        /** Those of the followed tables that may be meant; of a database's without regard to case, since to stop once too often loses nothing. */
        public Set<StreamName> among(Collection<StreamName> followed) {
            Set<StreamName> meant = new LinkedHashSet<>(streams);
            dropped.ifPresent(database ->
                    followed.stream().filter(stream -> stream.namespace().equalsIgnoreCase(database)).forEach(meant::add));
            meant.retainAll(followed);
            return meant;
        }
    }

    /** The connector is further, although no row came. */
    record Moved() implements Change {}

    /** Nothing: the marker for Kafka's compaction that follows a deleted row. */
    record Nothing() implements Change {}
}
