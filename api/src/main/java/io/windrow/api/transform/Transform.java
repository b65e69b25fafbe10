package io.windrow.api.transform;

import io.windrow.api.schema.StreamSchema;

/** A step between source and sink, configured but not yet bound to a schema. Immutable. */
public interface Transform {
    /** Binds to the schema of the batches to come. Refuses, with the place in the pipeline file, what does not fit. */
    BoundTransform bind(StreamSchema input);
}
