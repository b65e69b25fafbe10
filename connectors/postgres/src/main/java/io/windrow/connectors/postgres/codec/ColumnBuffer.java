package io.windrow.connectors.postgres.codec;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.memory.util.MemoryUtil;
import org.jspecify.annotations.Nullable;

/** A growing piece of Arrow memory with its raw address. Owned by one decoder and one thread. */
final class ColumnBuffer {
    private static final long DOUBLING_LIMIT = 16L << 20;

    private final BufferAllocator allocator;
    private final ColumnGuard guard;
    private @Nullable ArrowBuf buffer;
    /** The address of the first byte; valid until the next {@link #ensure}. */
    long address;
    /** How many bytes may be written. */
    long capacity;

    ColumnBuffer(BufferAllocator allocator, ColumnGuard guard) {
        this.allocator = allocator;
        this.guard = guard;
    }

    /** Makes room for at least so many bytes; what was written stays. Doubles small buffers, adds an eighth to large ones. */
    void ensure(long bytes) {
        if (bytes <= capacity) {
            return;
        }
        long wanted = bytes <= DOUBLING_LIMIT
                ? Math.max(64, Long.highestOneBit(bytes - 1) << 1)
                : bytes + Math.max(64, (bytes >> 3) & ~63L);
        ArrowBuf grown;
        try {
            grown = allocator.buffer(wanted);
        } catch (OutOfMemoryException e) {
            throw guard.outOfMemory(wanted, e);
        }
        ArrowBuf old = buffer;
        if (old != null) {
            MemoryUtil.copyMemory(address, grown.memoryAddress(), capacity);
            old.close();
        }
        buffer = grown;
        address = grown.memoryAddress();
        capacity = grown.capacity();
    }

    /** Gives the memory away, readable up to {@code size} bytes; this buffer is empty afterwards. The taker closes. */
    ArrowBuf take(long size) {
        ensure(Math.max(size, 1));
        ArrowBuf taken = buffer;
        if (taken == null) {
            throw guard.malformed("a buffer is missing");
        }
        taken.readerIndex(0);
        taken.writerIndex(size);
        buffer = null;
        address = 0;
        capacity = 0;
        return taken;
    }

    void release() {
        ArrowBuf held = buffer;
        if (held != null) {
            held.close();
            buffer = null;
            address = 0;
            capacity = 0;
        }
    }
}
