package io.windrow.connectors.connect.record;

import io.windrow.api.schema.StreamName;
import java.util.Optional;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Where records of one form say what they come from: table, moment and transaction. One thread. */
final class Origin {
    private final Optional<Field> database;
    private final Optional<Field> space;
    private final Optional<Field> table;
    private final Optional<Field> collection;
    private final Optional<Field> micros;
    private final Optional<Field> millis;
    private final Optional<Field> gtid;
    /** The table of the newest record: the next one's is the same. */
    private @Nullable StreamName newest;

    /** Of the source part of records, which has this form. */
    Origin(Schema form) {
        database = field(form, "db");
        space = field(form, "schema");
        table = field(form, "table");
        collection = field(form, "collection");
        micros = field(form, "ts_us");
        millis = field(form, "ts_ms");
        gtid = field(form, "gtid");
    }

    private static Optional<Field> field(Schema form, String name) {
        return Optional.ofNullable(form.field(name));
    }

    /** The table's name: the last two parts of what the record has of database, schema and table. */
    StreamName stream(Struct source) {
        String within = text(source, space);
        String named = text(source, table);
        String namespace = within.isEmpty() ? text(source, database) : within;
        String name = named.isEmpty() ? text(source, collection) : named;
        StreamName known = newest;
        if (known == null || !known.name().equals(name) || !known.namespace().equals(namespace)) {
            known = new StreamName(namespace, name);
            newest = known;
        }
        return known;
    }

    /** When it was committed, in microseconds since 1970 UTC; 0 if the record does not say. */
    long commitMicros(Struct source) {
        return value(source, micros) instanceof Long exact ? exact : value(source, millis) instanceof Long coarse ? coarse * 1_000 : 0;
    }

    /** The transaction's id, if it has a global one. */
    @Nullable String gtid(Struct source) {
        return value(source, gtid) instanceof String text ? text : null;
    }

    private static String text(Struct source, Optional<Field> field) {
        Object value = value(source, field);
        return value == null ? "" : value.toString();
    }

    private static @Nullable Object value(Struct source, Optional<Field> field) {
        return field.isPresent() ? source.get(field.get()) : null;
    }
}
