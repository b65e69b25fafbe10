package io.windrow.connectors.files.parquet;

/** An order-sensitive 64-bit digest of levels and values. Not keyed: it never leaves the process that wrote the file. */
final class Digest {
    private static final long PRIME = 0x9E3779B97F4A7C15L;

    private long levels;
    private long values;

    void reset() {
        levels = 0;
        values = 0;
    }

    void level(int repetition, int definition) {
        levels = mix(levels, (long) repetition << 8 | definition);
    }

    void value(long value) {
        values = mix(values, value);
    }

    void value(byte[] bytes, int offset, int length) {
        long h = length;
        int at = offset;
        int end = offset + length;
        for (; at + 8 <= end; at += 8) {
            h = mix(h, (long) ByteSink.LONG.get(bytes, at));
        }
        long tail = 0;
        for (; at < end; at++) {
            tail = tail << 8 | (bytes[at] & 0xff);
        }
        values = mix(values, mix(h, tail));
    }

    long result() {
        return mix(levels, values);
    }

    private static long mix(long h, long value) {
        long x = (h ^ value) * PRIME;
        return Long.rotateLeft(x ^ x >>> 32, 23) + 0x632BE59BD9B4E019L;
    }
}
