package io.windrow.connectors.postgres.codec;

import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;

/** Offsets of 32 bits and one element decoder. The owner appends elements with {@link #next} and ends a list with {@link #end}. */
class ListDecoder extends ValueDecoder {
    private final ColumnBuffer offsets;
    final ValueDecoder element;
    private int elements;
    private int likely = 64;

    ListDecoder(BufferAllocator allocator, ColumnGuard guard, ValueDecoder element) {
        super(allocator, guard);
        this.offsets = new ColumnBuffer(allocator, guard);
        this.element = element;
    }

    @Override
    final void grow(int rows) {
        boolean first = offsets.capacity == 0;
        offsets.ensure(4L * (rows + 1L));
        if (first) {
            MemoryUtil.putInt(offsets.address, 0);
            element.reserve(likely);
        }
    }

    /** The index of a further element, with room for it. */
    final int next() {
        int index = elements++;
        if (index >= element.capacity) {
            element.reserve((int) Math.min(Integer.MAX_VALUE - 64, index + 1L + (index >> 1)));
        }
        return index;
    }

    /** Ends the list at {@code index}. */
    final void end(int index) {
        MemoryUtil.putInt(offsets.address + 4L * (index + 1), elements);
    }

    @Override
    void value(int index, byte[] source, int offset, int length) {
        throw guard.malformed("a list has no binary form of its own");
    }

    @Override
    final void nullAt(int index) {
        clear(index);
        end(index);
    }

    @Override
    final int fixedBytes() {
        return 4;
    }

    @Override
    final void cutValues(int count) {
        elements = MemoryUtil.getInt(offsets.address + 4L * count);
        element.cut(elements);
    }

    @Override
    final void emitValues(int count, List<ArrowFieldNode> nodes, List<ArrowBuf> buffers) {
        buffers.add(offsets.take(4L * (count + 1L)));
        element.emit(elements, nodes, buffers);
        likely = Math.max(64, Math.min(elements, 1 << 16));
        elements = 0;
    }

    @Override
    final void release() {
        super.release();
        offsets.release();
        element.release();
        elements = 0;
    }

    /** A multirange: int32 count, then each range behind its int32 length. */
    static final class Multirange extends ListDecoder {
        Multirange(BufferAllocator allocator, ColumnGuard guard, ValueDecoder range) {
            super(allocator, guard, range);
        }

        @Override
        void value(int index, byte[] source, int offset, int length) {
            int end = offset + length;
            int count = length < 4 ? -1 : intAt(source, offset);
            int at = offset + 4;
            if (count < 0) {
                throw guard.malformed("a multirange without a count");
            }
            for (int i = 0; i < count; i++) {
                int size = at + 4 > end ? -1 : intAt(source, at);
                if (size < 0 || size > end - at - 4) {
                    throw guard.malformed("a multirange that ends in the middle of a range");
                }
                int next = next();
                element.value(next, source, at + 4, size);
                at += 4 + size;
            }
            if (at != end) {
                throw guard.malformed("a multirange with bytes behind its last range");
            }
            end(index);
        }

        @Override
        void text(int index, byte[] source, int offset, int length) {
            TextItems at = new TextItems(guard, source, offset, length);
            at.expect('{');
            while (!at.takes('}')) {
                at.takes(',');
                int from = at.at();
                at.next();
                at.item(',', ',');
                at.expect(',');
                at.item(']', ')');
                at.next();
                element.text(next(), source, from, at.at() - from);
            }
            at.expectEnd();
            end(index);
        }
    }
}
