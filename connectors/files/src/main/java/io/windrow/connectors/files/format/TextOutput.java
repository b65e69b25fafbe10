package io.windrow.connectors.files.format;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.arrow.memory.ArrowBuf;

/** A buffer in front of a stream, with what text encoders write: bytes, ASCII, decimal digits. One thread. */
final class TextOutput {
    private static final int SIZE = 1 << 16;

    private final OutputStream out;
    private final byte[] buffer = new byte[SIZE];
    private final byte[] digits = new byte[20];
    private byte[] scratch = new byte[256];
    private int used;

    TextOutput(OutputStream out) {
        this.out = out;
    }

    /** Bytes not handed on yet. */
    int buffered() {
        return used;
    }

    void flush() {
        try {
            out.write(buffer, 0, used);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        used = 0;
    }

    void put(int b) {
        if (used == SIZE) {
            flush();
        }
        buffer[used++] = (byte) b;
    }

    void ascii(String text) {
        for (int i = 0; i < text.length(); i++) {
            put(text.charAt(i));
        }
    }

    void bytes(byte[] source, int from, int length) {
        int at = from;
        int left = length;
        while (left > 0) {
            if (used == SIZE) {
                flush();
            }
            int part = Math.min(left, SIZE - used);
            System.arraycopy(source, at, buffer, used, part);
            used += part;
            at += part;
            left -= part;
        }
    }

    /** Copies a part of an Arrow buffer into an array that stays valid until the next call. */
    byte[] scratch(ArrowBuf source, long from, int length) {
        if (scratch.length < length) {
            scratch = new byte[Math.max(length, Math.min(Integer.MAX_VALUE - 8, scratch.length * 2))];
        }
        source.getBytes(from, scratch, 0, length);
        return scratch;
    }

    /** A signed number in decimal. */
    void number(long value) {
        if (value < 0) {
            put('-');
            if (value == Long.MIN_VALUE) {
                ascii("9223372036854775808");
                return;
            }
            padded(-value, 1);
        } else {
            padded(value, 1);
        }
    }

    /** A number of 0 or more with at least the given number of digits. */
    void padded(long value, int width) {
        int at = digits.length;
        long rest = value;
        while (rest != 0) {
            digits[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        while (digits.length - at < width) {
            digits[--at] = '0';
        }
        bytes(digits, at, digits.length - at);
    }
}
