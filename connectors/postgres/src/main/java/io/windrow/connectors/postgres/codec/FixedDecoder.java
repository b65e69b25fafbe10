package io.windrow.connectors.postgres.codec;

import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;

/** Values of one width in bytes. */
abstract class FixedDecoder extends ValueDecoder {
    private final ColumnBuffer data;
    private final int width;
    /** The address of index 0. */
    long address;

    FixedDecoder(BufferAllocator allocator, ColumnGuard guard, int width) {
        super(allocator, guard);
        this.width = width;
        this.data = new ColumnBuffer(allocator, guard);
    }

    @Override
    final void grow(int rows) {
        data.ensure((long) rows * width);
        address = data.address;
    }

    @Override
    final int fixedBytes() {
        return width;
    }

    @Override
    final void nullAt(int index) {
        clear(index);
        MemoryUtil.setMemory(address + (long) index * width, width, (byte) 0);
    }

    @Override
    final void emitValues(int count, List<ArrowFieldNode> nodes, List<ArrowBuf> buffers) {
        buffers.add(data.take((long) count * width));
    }

    @Override
    final void release() {
        super.release();
        data.release();
    }
}
