package io.windrow.connectors.connect.record;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.connect.host.ConnectError;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
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
     * @param moved whether it is one half of a change of key: the old row goes, the new one comes
     */
    record Row(
            StreamName stream, What what, @Nullable Struct before, @Nullable Struct after, long commitMicros,
            Optional<Long> transaction, boolean moved)
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
     */
    record Altered(List<StreamName> streams, Optional<String> dropped, boolean emptied) implements Change {
        /** Those of the followed tables that may be meant; of a database's without regard to case, since to stop once too often loses nothing. */
        public Set<StreamName> among(Collection<StreamName> followed) {
            Set<StreamName> meant = new LinkedHashSet<>(streams);
            dropped.ifPresent(database ->
                    followed.stream().filter(stream -> stream.namespace().equalsIgnoreCase(database)).forEach(meant::add));
            return meant;
        }
    }

    /** The connector is further, although no row came. */
    record Moved() implements Change {}

    /** Nothing: the marker for Kafka's compaction that follows a deleted row. */
    record Nothing() implements Change {}

    /** Reads a record. Whatever is not known is an error (I10). */
    static Change of(SourceRecord record) {
        if (!(record.value() instanceof Struct value)) {
            if (record.value() == null) {
                return new Nothing();
            }
            throw unknown(record, "a value that is no structure");
        }
        String kind = String.valueOf(value.schema().name());
        if (kind.endsWith(".Heartbeat")) {
            return new Moved();
        }
        if (kind.endsWith(".SchemaChangeValue")) {
            return altered(value);
        }
        if (value.schema().field("op") == null || value.schema().field("source") == null) {
            throw unknown(record, "a value of the kind " + kind);
        }
        return row(record, value);
    }

    private static Change altered(Struct value) {
        SqlWords statement = SqlWords.of(value.schema().field("ddl") == null ? "" : String.valueOf(value.get("ddl")));
        String database = String.valueOf(value.get("databaseName"));
        Set<StreamName> streams = new LinkedHashSet<>();
        boolean emptied = Emptying.isIn(statement);
        for (Object one : value.getArray("tableChanges")) {
            Struct table = (Struct) one;
            streams.add(TableIds.stream(table.getString("id")));
            String type = String.valueOf(table.get("type"));
            // A table that is made was not there before: whichever had its name has another now, or is gone.
            emptied |= type.equals("DROP") || type.equals("CREATE");
        }
        // The connector tells of no table if it knows the one that is replaced.
        Optional<StreamName> replaced = Emptying.replaced(statement, database);
        replaced.ifPresent(streams::add);
        // It tells of a table that got another one's name as altered.
        List<StreamName> renamed = Emptying.renamed(statement, database);
        streams.addAll(renamed);
        Optional<String> dropped = Emptying.droppedDatabase(statement);
        return new Altered(List.copyOf(streams), dropped, emptied || dropped.isPresent() || replaced.isPresent() || !renamed.isEmpty());
    }

    private static Change row(SourceRecord record, Struct value) {
        What what = switch (String.valueOf(value.get("op"))) {
            case "r" -> What.COPIED;
            case "c" -> What.INSERTED;
            case "u" -> What.UPDATED;
            case "d" -> What.DELETED;
            case "t" -> What.TRUNCATED;
            default -> throw unknown(record, "the operation " + value.get("op"));
        };
        Struct source = value.getStruct("source");
        boolean moved = record.headers().lastWithName("__debezium.newkey") != null
                || record.headers().lastWithName("__debezium.oldkey") != null;
        return new Row(
                TableIds.stream(source), what, part(value, "before"), part(value, "after"), micros(source), transaction(source), moved);
    }

    private static @Nullable Struct part(Struct value, String name) {
        Field field = value.schema().field(name);
        return field != null && field.schema().type() == Schema.Type.STRUCT ? value.getStruct(name) : null;
    }

    private static long micros(Struct source) {
        Object micros = source.schema().field("ts_us") == null ? null : source.get("ts_us");
        Object millis = source.get("ts_ms");
        return micros instanceof Long exact ? exact : millis instanceof Long coarse ? coarse * 1_000 : 0;
    }

    /** MariaDB's domain-server-sequence, MySQL's uuid:sequence. */
    private static Optional<Long> transaction(Struct source) {
        Object gtid = source.schema().field("gtid") == null ? null : source.get("gtid");
        if (!(gtid instanceof String text)) {
            return Optional.empty();
        }
        String number = text.substring(Math.max(text.lastIndexOf('-'), text.lastIndexOf(':')) + 1);
        return number.matches("\\d{1,18}") ? Optional.of(Long.parseLong(number)) : Optional.empty();
    }

    private static WindrowException unknown(SourceRecord record, String what) {
        return WindrowException.of(ConnectError.VALUE_UNKNOWN, "Reading topic " + record.topic() + ": got " + what);
    }
}
