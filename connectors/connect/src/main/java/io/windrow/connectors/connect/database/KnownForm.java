package io.windrow.connectors.connect.database;

import io.windrow.api.context.CheckResult;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import java.util.List;

/**
 * Streams whose rows have the same columns whatever is in them, known before the connector runs. Asks nobody.
 *
 * @param columns the columns of each
 * @param key the names of its key columns
 */
public record KnownForm(List<Column> columns, List<String> key) implements Server {
    /** The column of a document's key. */
    public static final String ID = "_id";
    /** The column of a document. */
    public static final String DOCUMENT = "document";

    public KnownForm {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }

    /** Topics: each record has a key, a value and a time. */
    public static KnownForm ofTopics() {
        return new KnownForm(
                List.of(
                        new Column(1, "key", new ColumnType.Json(), true, "key"),
                        new Column(2, "value", new ColumnType.Json(), true, "value"),
                        new Column(3, "sent_at", new ColumnType.Timestamp(true), true, "timestamp")),
                List.of());
    }

    /** Collections: each document has a key. It is compared as text: as JSON, numbers of different types could be equal. */
    public static KnownForm ofDocuments() {
        return new KnownForm(
                List.of(
                        new Column(1, ID, new ColumnType.Text(), false, "_id"),
                        new Column(2, DOCUMENT, new ColumnType.Json(), true, "document")),
                List.of(ID));
    }

    @Override
    public StreamSchema schema(StreamName stream) {
        return new StreamSchema(stream, 1, columns, key);
    }

    @Override
    public void expectFollowable() {
        // Nobody can tell before the connector runs.
    }

    @Override
    public List<CheckResult> check(List<StreamName> streams) {
        return List.of();
    }

    @Override
    public void close() {
        // Nothing was opened.
    }
}
