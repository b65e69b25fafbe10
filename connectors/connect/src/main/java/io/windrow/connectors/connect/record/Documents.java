package io.windrow.connectors.connect.record;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.connect.host.ConnectError;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Changes of documents. Debezium's connector for MongoDB hands on a document, and the key of one, as text in MongoDB's extended JSON,
 * and tells an update by the whole document besides what changed in it. A row is the key and the document; one without a document
 * leaves that column absent (I8): of a deleted document its key is known, and of one that was updated and is gone by the time that it
 * is asked for.
 */
final class Documents implements Records {
    private static final Schema KEY_ONLY =
            SchemaBuilder.struct().name("windrow.DocumentKey").field("_id", Schema.STRING_SCHEMA).build();

    private static final Schema WHOLE = SchemaBuilder.struct().name("windrow.Document")
            .field("_id", Schema.STRING_SCHEMA)
            .field("document", Schema.STRING_SCHEMA)
            .build();

    private final Records envelopes = new Envelopes();

    @Override
    public Change read(SourceRecord record) {
        Change change = envelopes.read(record);
        return change instanceof Change.Row row ? row(record, row) : change;
    }

    private static Change row(SourceRecord record, Change.Row told) {
        Struct value = (Struct) record.value();
        String id = id(record);
        String after = text(value, "after");
        boolean mayLack = switch (told.what()) {
            case UPDATED, DELETED -> true;
            case COPIED, INSERTED, TRUNCATED -> false;
        };
        if (after == null && !mayLack) {
            throw unknown(record, "a new document without its text");
        }
        return new Change.Row(
                told.stream(), told.what(), row(id, text(value, "before")), told.what() == Change.What.DELETED ? null : row(id, after),
                told.commitMicros(), told.transaction(), told.gtid(), false);
    }

    private static Struct row(String id, @Nullable String document) {
        return document == null
                ? new Struct(KEY_ONLY).put("_id", id)
                : new Struct(WHOLE).put("_id", id).put("document", document);
    }

    private static String id(SourceRecord record) {
        if (record.key() instanceof Struct key && key.schema().field("id") != null && key.get("id") instanceof String id) {
            return id;
        }
        throw unknown(record, "a change without the key of its document");
    }

    private static @Nullable String text(Struct value, String name) {
        return value.schema().field(name) != null && value.get(name) instanceof String text ? text : null;
    }

    private static WindrowException unknown(SourceRecord record, String what) {
        return WindrowException.of(ConnectError.VALUE_UNKNOWN, "Reading topic " + record.topic() + ": got " + what);
    }
}
