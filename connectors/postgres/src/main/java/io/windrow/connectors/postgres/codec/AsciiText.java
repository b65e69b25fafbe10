package io.windrow.connectors.postgres.codec;

import java.util.Arrays;

/** A growing array of ASCII characters, used again for each value. */
final class AsciiText {
    private static final int KEEP = 1 << 16;
    private byte[] bytes = new byte[64];
    private int length;

    void clear() {
        if (bytes.length > KEEP) {
            bytes = new byte[64];
        }
        length = 0;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    AsciiText add(char c) {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        bytes[length++] = (byte) c;
        return this;
    }

    /** The number in decimal, with zeros in front up to {@code width} digits. {@code value} is not negative. */
    AsciiText number(long value, int width) {
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        for (int i = digits; i < width; i++) {
            add('0');
        }
        int at = length + digits;
        while (bytes.length < at) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        long rest = value;
        for (int i = at - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length = at;
        return this;
    }

    /** The number in hexadecimal without zeros in front. */
    AsciiText hex(long value, HexCase letters, int width) {
        boolean started = false;
        for (int shift = 60; shift >= 0; shift -= 4) {
            int digit = (int) (value >>> shift) & 15;
            if (digit != 0 || started || shift < 4 * width) {
                started = true;
                add((char) (digit < 10 ? '0' + digit : (letters == HexCase.UPPER ? 'A' : 'a') + digit - 10));
            }
        }
        return this;
    }

    enum HexCase {
        UPPER,
        LOWER
    }

    AsciiText raw(byte[] source, int offset, int count) {
        while (bytes.length < length + count) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        System.arraycopy(source, offset, bytes, length, count);
        length += count;
        return this;
    }
}
