package io.windrow.connectors.jdbc.load;

import java.util.Arrays;

/** A growing buffer of PostgreSQL's binary format: big-endian, every field with its length before it. */
final class CopyBuffer {
    private static final int NUMERIC_NEGATIVE = 0x4000;

    private byte[] bytes = new byte[1 << 18];
    private int size;

    void clear() {
        size = 0;
    }

    int size() {
        return size;
    }

    byte[] array() {
        return bytes;
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(size, more)));
        }
    }

    void int1(int value) {
        room(1);
        bytes[size++] = (byte) value;
    }

    void int2(int value) {
        int1(value >> 8);
        int1(value);
    }

    void int4(int value) {
        int2(value >> 16);
        int2(value);
    }

    void int8(long value) {
        int4((int) (value >> 32));
        int4((int) value);
    }

    void bytes(byte[] value) {
        room(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    void field(byte[] value) {
        int4(value.length);
        bytes(value);
    }

    void field2(int value) {
        int4(2);
        int2(value);
    }

    void field4(int value) {
        int4(4);
        int4(value);
    }

    void field8(long value) {
        int4(8);
        int8(value);
    }

    /** A numeric: groups of four decimal digits, the first of which stands for 10000 to the power of the weight. */
    void numeric(String unscaled, int scale) {
        boolean negative = unscaled.startsWith("-");
        String digits = negative ? unscaled.substring(1) : unscaled;
        String padded = digits.length() <= scale ? "0".repeat(scale - digits.length() + 1) + digits : digits;
        String whole = padded.substring(0, padded.length() - scale);
        String fraction = padded.substring(padded.length() - scale);
        String all = "0".repeat((4 - whole.length() % 4) % 4) + whole + fraction + "0".repeat((4 - scale % 4) % 4);
        int groups = all.length() / 4;
        int weight = (whole.length() + 3) / 4 - 1;
        int first = 0;
        while (first < groups && all.startsWith("0000", first * 4)) {
            first++;
        }
        int last = groups;
        while (last > first && all.startsWith("0000", (last - 1) * 4)) {
            last--;
        }
        int count = last - first;
        int4(8 + 2 * count);
        int2(count);
        int2(count == 0 ? 0 : weight - first);
        int2(negative && count > 0 ? NUMERIC_NEGATIVE : 0);
        int2(scale);
        for (int group = first; group < last; group++) {
            int2(Integer.parseInt(all.substring(group * 4, group * 4 + 4)));
        }
    }
}
