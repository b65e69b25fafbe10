package io.windrow.connectors.postgres.codec;

import org.apache.arrow.memory.BufferAllocator;

/** The immutable recipe for a decoder. */
@FunctionalInterface
interface ValueCodec {
    /** A new decoder whose buffers come from {@code allocator} and whose rule and counters are {@code guard}'s. */
    ValueDecoder decoder(BufferAllocator allocator, ColumnGuard guard);
}
