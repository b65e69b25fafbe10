package io.windrow.connectors.postgres.codec;

import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;

/** Booleans, whole numbers, floats and UUIDs: values that are copied bit for bit. */
final class NumberDecoders {
    private NumberDecoders() {}

    static final class Bool extends ValueDecoder {
        private final ColumnBuffer data;

        Bool(BufferAllocator allocator, ColumnGuard guard) {
            super(allocator, guard);
            this.data = new ColumnBuffer(allocator, guard);
        }

        @Override
        void grow(int rows) {
            long had = data.capacity;
            data.ensure((rows + 63L) >> 6 << 3);
            MemoryUtil.setMemory(data.address + had, data.capacity - had, (byte) 0);
        }

        @Override
        void value(int index, byte[] source, int offset, int length) {
            expect(length, 1);
            set(index, source[offset] != 0);
        }

        void set(int index, boolean value) {
            if (value) {
                long at = data.address + (index >> 3);
                MemoryUtil.putByte(at, (byte) (MemoryUtil.getByte(at) | 1 << (index & 7)));
            }
        }

        @Override
        void nullAt(int index) {
            clear(index);
        }

        @Override
        int fixedBytes() {
            return 1;
        }

        @Override
        void emitValues(int count, List<ArrowFieldNode> nodes, List<ArrowBuf> buffers) {
            buffers.add(data.take((count + 7L) >> 3));
        }

        @Override
        void release() {
            super.release();
            data.release();
        }
    }

    static final class Int2 extends FixedDecoder {
        Int2(BufferAllocator allocator, ColumnGuard guard) {
            super(allocator, guard, 2);
        }

        @Override
        void value(int index, byte[] source, int offset, int length) {
            expect(length, 2);
            MemoryUtil.putShort(address + ((long) index << 1), shortAt(source, offset));
        }
    }

    /** int4 and float4: 32 bits. */
    static final class Int4 extends FixedDecoder {
        Int4(BufferAllocator allocator, ColumnGuard guard) {
            super(allocator, guard, 4);
        }

        @Override
        void value(int index, byte[] source, int offset, int length) {
            expect(length, 4);
            set(index, intAt(source, offset));
        }

        void set(int index, int value) {
            MemoryUtil.putInt(address + ((long) index << 2), value);
        }
    }

    /** int8 and float8: 64 bits. */
    static final class Int8 extends FixedDecoder {
        Int8(BufferAllocator allocator, ColumnGuard guard) {
            super(allocator, guard, 8);
        }

        @Override
        void value(int index, byte[] source, int offset, int length) {
            expect(length, 8);
            set(index, longAt(source, offset));
        }

        void set(int index, long value) {
            MemoryUtil.putLong(address + ((long) index << 3), value);
        }
    }

    /** oid, xid, cid: 32 bits without a sign, into 64 with one. */
    static final class Unsigned4 extends FixedDecoder {
        Unsigned4(BufferAllocator allocator, ColumnGuard guard) {
            super(allocator, guard, 8);
        }

        @Override
        void value(int index, byte[] source, int offset, int length) {
            expect(length, 4);
            MemoryUtil.putLong(address + ((long) index << 3), intAt(source, offset) & 0xFFFF_FFFFL);
        }
    }

    /** xid8 (64 bits without a sign) and money (64 bits with one): the unscaled value of a decimal. */
    static final class Decimal8 extends FixedDecoder {
        private final long signMask;

        Decimal8(BufferAllocator allocator, ColumnGuard guard, Sign sign) {
            super(allocator, guard, 16);
            this.signMask = sign == Sign.SIGNED ? -1L : 0L;
        }

        @Override
        void value(int index, byte[] source, int offset, int length) {
            expect(length, 8);
            long at = address + ((long) index << 4);
            long value = longAt(source, offset);
            MemoryUtil.putLong(at, value);
            MemoryUtil.putLong(at + 8, (value >> 63) & signMask);
        }
    }

    enum Sign {
        SIGNED,
        UNSIGNED
    }

    static final class Uuid extends FixedDecoder {
        Uuid(BufferAllocator allocator, ColumnGuard guard) {
            super(allocator, guard, 16);
        }

        @Override
        void value(int index, byte[] source, int offset, int length) {
            expect(length, 16);
            long at = address + ((long) index << 4);
            MemoryUtil.putLong(at, Long.reverseBytes(longAt(source, offset)));
            MemoryUtil.putLong(at + 8, Long.reverseBytes(longAt(source, offset + 8)));
        }
    }
}
