package io.windrow.connectors.postgres.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;

/** Text and bytes: offsets of 32 bits and data. Serves text, bytea and whatever a {@link TextRenderer} writes. */
class BytesDecoder extends ValueDecoder {
    private static final VarHandle NATIVE = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final int SHORT_COPY = 96;

    private final ColumnBuffer offsets;
    private final ColumnBuffer data;
    private int end;
    private int likely = 256;

    BytesDecoder(BufferAllocator allocator, ColumnGuard guard) {
        super(allocator, guard);
        this.offsets = new ColumnBuffer(allocator, guard);
        this.data = new ColumnBuffer(allocator, guard);
    }

    @Override
    final void grow(int rows) {
        boolean first = offsets.capacity == 0;
        offsets.ensure(4L * (rows + 1L));
        if (first) {
            MemoryUtil.putInt(offsets.address, 0);
            data.ensure(likely);
        }
    }

    @Override
    void value(int index, byte[] source, int offset, int length) {
        append(index, source, offset, length);
    }

    final void append(int index, byte[] source, int offset, int length) {
        int from = end;
        // Eight spare bytes let a short copy run over its end.
        long needed = from + 8L + length;
        if (needed > data.capacity) {
            if (needed > Integer.MAX_VALUE) {
                throw guard.malformed("more than 2 GiB of text or bytes in one batch");
            }
            data.ensure(needed);
        }
        copy(source, offset, data.address + from, length);
        end = from + length;
        MemoryUtil.putInt(offsets.address + 4L * (index + 1), end);
    }

    private static void copy(byte[] source, int offset, long target, int length) {
        if (length > SHORT_COPY) {
            MemoryUtil.copyToMemory(source, offset, target, length);
            return;
        }
        int i = 0;
        for (; i + 8 <= length; i += 8) {
            MemoryUtil.putLong(target + i, (long) NATIVE.get(source, offset + i));
        }
        if (i == length) {
            return;
        }
        if (offset + i + 8 <= source.length) {
            MemoryUtil.putLong(target + i, (long) NATIVE.get(source, offset + i));
            return;
        }
        for (; i < length; i++) {
            MemoryUtil.putByte(target + i, source[offset + i]);
        }
    }

    @Override
    final void nullAt(int index) {
        clear(index);
        MemoryUtil.putInt(offsets.address + 4L * (index + 1), end);
    }

    @Override
    final int fixedBytes() {
        return 4;
    }

    @Override
    final void cutValues(int count) {
        end = MemoryUtil.getInt(offsets.address + 4L * count);
    }

    @Override
    final void emitValues(int count, List<ArrowFieldNode> nodes, List<ArrowBuf> buffers) {
        buffers.add(offsets.take(4L * (count + 1L)));
        buffers.add(data.take(end));
        // The next batch starts near the size of this one, but one giant value is not remembered.
        likely = Math.min(end + 64, 1 << 20);
        end = 0;
    }

    @Override
    final void release() {
        super.release();
        offsets.release();
        data.release();
        end = 0;
    }

    /** A value behind a version byte: jsonb, jsonpath, ltree, lquery, ltxtquery. */
    static final class Versioned extends BytesDecoder {
        Versioned(BufferAllocator allocator, ColumnGuard guard) {
            super(allocator, guard);
        }

        @Override
        void value(int index, byte[] source, int offset, int length) {
            if (length < 1 || source[offset] != 1) {
                throw guard.malformed("an unknown version of the type's binary form");
            }
            append(index, source, offset + 1, length - 1);
        }

        @Override
        void text(int index, byte[] source, int offset, int length) {
            append(index, source, offset, length);
        }
    }

    /** Text that is written from the binary form of another type. */
    static final class Rendered extends BytesDecoder {
        private final TextRenderer renderer;
        private final AsciiText text = new AsciiText();

        Rendered(BufferAllocator allocator, ColumnGuard guard, TextRenderer renderer) {
            super(allocator, guard);
            this.renderer = renderer;
        }

        @Override
        void value(int index, byte[] source, int offset, int length) {
            text.clear();
            if (!renderer.render(source, offset, length, text)) {
                throw guard.malformed("a value of " + length + " bytes that is not of the type's binary form");
            }
            append(index, text.bytes(), 0, text.length());
            guard.expanded(Math.max(0, text.length() - length));
        }

        /** The text is the server's already, unless it is one of which there are several. */
        @Override
        void text(int index, byte[] source, int offset, int length) {
            if (readsForm()) {
                super.text(index, source, offset, length);
            } else {
                append(index, source, offset, length);
            }
        }
    }
}
