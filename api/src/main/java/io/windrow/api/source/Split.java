package io.windrow.api.source;

import io.windrow.api.schema.StreamName;

/**
 * A part of a stream that one reader reads from start to end. Opaque but for these fields.
 *
 * @param id unique within the stream and generation, stable over restarts
 * @param stream the stream
 * @param version the version of the text's layout
 * @param text compact JSON that only the connector reads; free of secrets
 * @param estimatedBytes an estimate, −1 if unknown; for sharing out work and for progress
 */
public record Split(String id, StreamName stream, int version, String text, long estimatedBytes) {}
