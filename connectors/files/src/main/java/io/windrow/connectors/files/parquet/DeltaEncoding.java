package io.windrow.connectors.files.parquet;

/** DELTA_BINARY_PACKED with blocks of 128 values in four miniblocks. Holds scratch: one per thread. */
final class DeltaEncoding {
    static final int BLOCK = 128;
    static final int MINIBLOCK = 32;

    private final long[] deltas = new long[BLOCK];

    /**
     * Appends {@code count} values.
     *
     * @param bits 32 or 64: the width of the physical type, in whose arithmetic deltas wrap
     */
    void encode(long[] values, int count, int bits, ByteSink out) {
        out.putVarint(BLOCK);
        out.putVarint(BLOCK / MINIBLOCK);
        out.putVarint(count);
        out.putZigzag(count == 0 ? 0 : bits == 32 ? (int) values[0] : values[0]);
        for (int from = 1; from < count; from += BLOCK) {
            int n = Math.min(BLOCK, count - from);
            if (bits == 32) {
                block32(values, from, n, out);
            } else {
                block64(values, from, n, out);
            }
        }
    }

    private void block64(long[] values, int from, int n, ByteSink out) {
        long[] d = deltas;
        long min = Long.MAX_VALUE;
        for (int i = 0; i < n; i++) {
            long delta = values[from + i] - values[from + i - 1];
            d[i] = delta;
            min = Math.min(min, delta);
        }
        for (int i = 0; i < n; i++) {
            d[i] -= min;
        }
        pack(min, n, out);
    }

    private void block32(long[] values, int from, int n, ByteSink out) {
        long[] d = deltas;
        long min = Long.MAX_VALUE;
        for (int i = 0; i < n; i++) {
            long delta = (int) (values[from + i] - values[from + i - 1]);
            d[i] = delta;
            min = Math.min(min, delta);
        }
        for (int i = 0; i < n; i++) {
            d[i] = (d[i] - min) & 0xffff_ffffL;
        }
        pack(min, n, out);
    }

    private void pack(long min, int n, ByteSink out) {
        long[] d = deltas;
        for (int i = n; i < BLOCK; i++) {
            d[i] = 0;
        }
        out.putZigzag(min);
        out.reserve(4 + BLOCK * 8 + 16);
        int widths = out.size;
        out.size += BLOCK / MINIBLOCK;
        for (int m = 0; m < BLOCK / MINIBLOCK; m++) {
            int start = m * MINIBLOCK;
            if (start >= n) {
                out.array[widths + m] = 0; // A miniblock without values has no body.
                continue;
            }
            long all = 0;
            for (int i = start; i < start + MINIBLOCK; i++) {
                all |= d[i];
            }
            int width = 64 - Long.numberOfLeadingZeros(all);
            out.array[widths + m] = (byte) width;
            if (width > 0) {
                out.size = pack32(d, start, width, out.array, out.size);
            }
        }
    }

    private static int pack32(long[] d, int start, int width, byte[] out, int o) {
        long accumulator = 0;
        int bits = 0;
        int at = o;
        for (int i = start; i < start + MINIBLOCK; i++) {
            long value = d[i];
            accumulator |= value << bits;
            bits += width;
            if (bits >= 64) {
                ByteSink.LONG.set(out, at, accumulator);
                at += 8;
                bits -= 64;
                accumulator = bits == 0 ? 0 : value >>> (width - bits);
            }
        }
        if (bits > 0) {
            ByteSink.INT.set(out, at, (int) accumulator);
            at += 4;
        }
        return at;
    }
}
