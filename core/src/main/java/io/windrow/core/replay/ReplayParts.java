package io.windrow.core.replay;

import io.windrow.api.sink.Sink;
import io.windrow.api.source.Source;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.plan.Plan;
import org.apache.arrow.memory.BufferAllocator;

/**
 * What a replay is made of. All of it stays the caller's.
 *
 * @param plan the pipeline
 * @param source opened
 * @param sink opened
 * @param store the state; only read
 * @param key the key of the pipeline's row hashes
 * @param allocator for decoded rows
 * @param staging where the rows lie that are read again
 */
public record ReplayParts(
        Plan plan, Source source, Sink sink, StateStore store, HashKey key, BufferAllocator allocator, Staging staging) {}
