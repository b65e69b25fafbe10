package io.windrow.connectors.connect.record;

import io.windrow.api.schema.StreamName;
import java.util.Optional;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/** What a connector's records look like. */
public enum Shape {
    /** Debezium's envelopes around the rows of tables. */
    ROWS("table") {
        @Override
        public Records records() {
            return new Envelopes();
        }
    },
    /** Debezium's envelopes around documents: each is a row of its key and itself. */
    DOCUMENTS("collection") {
        @Override
        public Records records() {
            return new Documents();
        }
    },
    /** Whatever a connector sends: each record is a new row of its topic's stream, key and value as JSON. */
    MESSAGES("topic") {
        @Override
        public Records records() {
            return Shape::message;
        }
    };

    private static final Schema MESSAGE = SchemaBuilder.struct().name("windrow.Message")
            .field("key", Schema.OPTIONAL_STRING_SCHEMA)
            .field("value", Schema.OPTIONAL_STRING_SCHEMA)
            .field("sent_at", SchemaBuilder.int64().name("windrow.time.Timestamp").optional().build())
            .build();

    private final String kind;

    Shape(String kind) {
        this.kind = kind;
    }

    /** What a stream of it is called at its source. */
    public String kind() {
        return kind;
    }

    /** Reads the records of one connector. */
    public abstract Records records();

    private static Change message(SourceRecord record) {
        Struct row = new Struct(MESSAGE)
                .put("key", record.key() == null ? null : ConnectJson.write(record.keySchema(), record.key()))
                .put("value", record.value() == null ? null : ConnectJson.write(record.valueSchema(), record.value()))
                .put("sent_at", record.timestamp());
        return new Change.Row(
                StreamName.of(record.topic()), Change.What.INSERTED, null, row,
                record.timestamp() == null ? 0 : record.timestamp() * 1_000, Optional.empty(), null, false);
    }
}
