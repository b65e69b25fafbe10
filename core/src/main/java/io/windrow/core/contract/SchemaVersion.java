package io.windrow.core.contract;

import io.windrow.api.schema.StreamSchema;

/**
 * A schema that was accepted for a stream. Its version counts what was accepted, from 1.
 *
 * @param schema the schema
 * @param owner who answers for the stream; empty if nobody said
 * @param compatibility what the next version must keep
 */
public record SchemaVersion(StreamSchema schema, String owner, Compatibility compatibility) {}
