package io.windrow.connectors.postgres.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the values of one field, in index order, from PostgreSQL's binary send form, or from the text that the type's output
 * function writes, into Arrow buffers of its own. The same decoder serves a snapshot and a change stream (I7). Single-threaded. The caller makes room with {@link #reserve}
 * before it writes an index, writes every index exactly once and in order, and gets the buffers with {@link #emit}.
 */
abstract class ValueDecoder {
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    final ColumnGuard guard;
    private final ColumnBuffer validity;
    private int nulls;
    private @Nullable TextForm texts;
    /** Indexes below this may be written. */
    int capacity;

    ValueDecoder(BufferAllocator allocator, ColumnGuard guard) {
        this.guard = guard;
        this.validity = new ColumnBuffer(allocator, guard);
    }

    /** Makes room for indexes below {@code rows}. */
    final void reserve(int rows) {
        if (rows <= capacity) {
            return;
        }
        int wanted = (int) Math.min(Integer.MAX_VALUE - 64, (rows + 63L) & ~63L);
        long had = validity.capacity;
        validity.ensure((wanted + 63L) >> 6 << 3);
        MemoryUtil.setMemory(validity.address + had, validity.capacity - had, (byte) 0xFF);
        grow(wanted);
        capacity = wanted;
    }

    /** Makes room in the buffers other than validity. */
    abstract void grow(int rows);

    /** Writes the value at {@code index} from {@code length} bytes of {@code source}; the bytes are not kept. */
    abstract void value(int index, byte[] source, int offset, int length);

    /** Says how texts are read; without it a text is the send form. */
    final ValueDecoder reading(@Nullable TextForm form) {
        texts = form;
        return this;
    }

    /** Writes the value at {@code index} from its text, {@code length} bytes of {@code source}; the bytes are not kept. */
    void text(int index, byte[] source, int offset, int length) {
        TextForm form = texts;
        if (form == null) {
            value(index, source, offset, length);
            return;
        }
        SendForm sent = guard.sendForm();
        if (!form.read(source, offset, offset + length, sent)) {
            throw guard.malformed("a text of " + length + " bytes that is not as the type's output function writes it");
        }
        value(index, sent.bytes(), 0, sent.length());
    }

    /** Whether {@link #text} has a form to read. */
    final boolean readsForm() {
        return texts != null;
    }

    /** Writes null at {@code index}. */
    abstract void nullAt(int index);

    /** Bytes that each row takes whatever its values; for limits. */
    abstract int fixedBytes();

    /** Adds nodes and buffers of the first {@code count} values, in Arrow's order, and starts again at index 0. */
    final void emit(int count, List<ArrowFieldNode> nodes, List<ArrowBuf> buffers) {
        reserve(Math.max(count, 1));
        if ((count & 7) != 0) {
            long last = validity.address + (count >> 3);
            MemoryUtil.putByte(last, (byte) (MemoryUtil.getByte(last) & ((1 << (count & 7)) - 1)));
        }
        nodes.add(new ArrowFieldNode(count, nulls));
        buffers.add(validity.take((count + 7L) >> 3));
        nulls = 0;
        capacity = 0;
        emitValues(count, nodes, buffers);
    }

    /** Forgets what was written at {@code count} and behind. Only {@link #emit} of as many and {@link #release} may follow. */
    final void cut(int count) {
        if (capacity == 0) {
            return;
        }
        nulls = count;
        for (int i = 0; i < count; i++) {
            nulls -= MemoryUtil.getByte(validity.address + (i >> 3)) >> (i & 7) & 1;
        }
        cutValues(count);
    }

    /** Forgets the values in buffers other than those that an index leads to. */
    void cutValues(int count) {}

    abstract void emitValues(int count, List<ArrowFieldNode> nodes, List<ArrowBuf> buffers);

    /** Frees what was not emitted. */
    void release() {
        validity.release();
        nulls = 0;
        capacity = 0;
    }

    /** Marks a value as null that is or will be written at {@code index}; at most once per index. */
    final void clear(int index) {
        long at = validity.address + (index >> 3);
        MemoryUtil.putByte(at, (byte) (MemoryUtil.getByte(at) & ~(1 << (index & 7))));
        nulls++;
    }

    final void expect(int length, int expected) {
        if (length != expected) {
            throw guard.malformed("a value of " + length + " bytes where " + expected + " were expected");
        }
    }

    static short shortAt(byte[] source, int offset) {
        return (short) SHORT.get(source, offset);
    }

    static int intAt(byte[] source, int offset) {
        return (int) INT.get(source, offset);
    }

    static long longAt(byte[] source, int offset) {
        return (long) LONG.get(source, offset);
    }
}
