package io.windrow.api.sink;

import io.windrow.api.schema.StreamName;

/**
 * By what a target recognises a commit (I4). The same identity again has no effect; the same or a lower epoch with
 * another digest or generation is unknown.
 *
 * @param pipeline the pipeline's name
 * @param stream the stream
 * @param generation the delivery's generation
 * @param epoch counts up from 1 within the pipeline
 * @param digest lower-case hexadecimal digest of positions and staged set
 */
public record CommitIdentity(String pipeline, StreamName stream, long generation, long epoch, String digest) {}
