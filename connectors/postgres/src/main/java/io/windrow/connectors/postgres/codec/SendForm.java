package io.windrow.connectors.postgres.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A value's binary send form while it is made from the value's text. Used again for each value of a column; one thread. */
final class SendForm {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int KEEP = 1 << 16;

    private byte[] bytes = new byte[64];
    private int length;

    SendForm clear() {
        if (bytes.length > KEEP) {
            bytes = new byte[64];
        }
        length = 0;
        return this;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    SendForm int1(int value) {
        room(1);
        bytes[length++] = (byte) value;
        return this;
    }

    SendForm int2(int value) {
        room(2);
        SHORT.set(bytes, length, (short) value);
        length += 2;
        return this;
    }

    SendForm int4(int value) {
        room(4);
        INT.set(bytes, length, value);
        length += 4;
        return this;
    }

    SendForm int8(long value) {
        room(8);
        LONG.set(bytes, length, value);
        length += 8;
        return this;
    }

    private void room(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
