package io.windrow.connectors.files.parquet;

import io.windrow.api.error.WindrowException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A growing heap buffer, little-endian. Callers reserve room, then write {@link #array} directly. One thread. */
final class ByteSink {
    static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    /** Every buffer has at least this many bytes of room behind its reserved end, so that 8-byte stores may overlap. */
    static final int SLACK = 16;

    private static final int KEPT = 4 << 20;
    private static final int LIMIT = 1 << 30;

    byte[] array;
    int size;

    ByteSink(int capacity) {
        array = new byte[capacity + SLACK];
    }

    /** Makes room for that many bytes behind the current end, without moving the end. */
    void reserve(long bytes) {
        long needed = size + bytes + SLACK;
        if (needed > array.length) {
            if (needed > LIMIT) {
                throw WindrowException.of(ParquetError.VALUE_TOO_LARGE,
                        "Encoding a Parquet page: " + needed + " bytes, at most " + LIMIT + " fit");
            }
            // Doubling stops above 16 MiB: a row of 200 MB must not cost 400.
            long doubled = array.length < (16 << 20) ? array.length * 2L : array.length + (array.length >> 3);
            array = Arrays.copyOf(array, (int) Math.min(LIMIT, Math.max(needed, doubled)));
        }
    }

    void putByte(int value) {
        reserve(1);
        array[size++] = (byte) value;
    }

    void putInt(int value) {
        reserve(4);
        INT.set(array, size, value);
        size += 4;
    }

    void putVarint(long value) {
        reserve(10);
        long v = value;
        while ((v & ~0x7fL) != 0) {
            array[size++] = (byte) (v | 0x80);
            v >>>= 7;
        }
        array[size++] = (byte) v;
    }

    void putZigzag(long value) {
        putVarint((value << 1) ^ (value >> 63));
    }

    void put(byte[] source, int offset, int length) {
        reserve(length);
        System.arraycopy(source, offset, array, size, length);
        size += length;
    }

    /** Forgets the content; gives memory back after an unusually large value. */
    void clear() {
        size = 0;
        if (array.length > KEPT) {
            array = new byte[KEPT];
        }
    }
}
