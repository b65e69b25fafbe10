package io.windrow.core.contract;

import io.windrow.api.schema.StreamSchema;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;

/** Asks Avro's own checker whether readers of one schema can read rows of another. Avro is loaded by the first question. */
public final class AvroCheck {
    private AvroCheck() {}

    /** What breaks the compatibility that an accepted version demands of the next; empty if nothing does. */
    public static List<String> clashes(SchemaVersion accepted, StreamSchema next) {
        return switch (accepted.compatibility()) {
            case NONE -> List.of();
            case BACKWARD -> reads(next, accepted.schema(), "a reader of the new version cannot read old rows");
            case FORWARD -> reads(accepted.schema(), next, "a reader of the old version cannot read new rows");
            case FULL -> {
                List<String> all = new ArrayList<>(reads(next, accepted.schema(), "a reader of the new version cannot read old rows"));
                all.addAll(reads(accepted.schema(), next, "a reader of the old version cannot read new rows"));
                yield all;
            }
        };
    }

    private static List<String> reads(StreamSchema reader, StreamSchema writer, String otherwise) {
        Schema readerSchema = AvroSchemas.of(reader);
        Schema writerSchema = AvroSchemas.of(writer);
        List<String> clashes = new ArrayList<>();
        for (SchemaCompatibility.Incompatibility clash : SchemaCompatibility
                .checkReaderWriterCompatibility(readerSchema, writerSchema).getResult().getIncompatibilities()) {
            clashes.add(otherwise + ": " + clash.getType() + " at " + clash.getLocation());
        }
        return clashes;
    }
}
