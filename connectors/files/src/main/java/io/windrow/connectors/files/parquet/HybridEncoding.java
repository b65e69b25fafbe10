package io.windrow.connectors.files.parquet;

/** Parquet's RLE / bit-packing hybrid, for levels and dictionary indexes. */
final class HybridEncoding {
    private static final int MAX_GROUPS = 63;

    private HybridEncoding() {}

    /** The number of bits that {@code max} needs. */
    static int bitWidth(int max) {
        return 32 - Integer.numberOfLeadingZeros(max);
    }

    /** Appends one run. */
    static void run(int value, int count, int width, ByteSink out) {
        out.putVarint((long) count << 1);
        out.reserve(4);
        int bytes = (width + 7) >>> 3;
        for (int i = 0; i < bytes; i++) {
            out.array[out.size++] = (byte) (value >>> (8 * i));
        }
    }

    /** Appends {@code count} values of {@code width} bits. Width 0 costs one run. */
    static void encode(int[] values, int count, int width, ByteSink out) {
        if (count == 0) {
            return;
        }
        if (width == 0) {
            run(0, count, 0, out);
            return;
        }
        // A run must save more than the headers it costs; short runs of narrow values do not.
        int minRun = width >= 4 ? 8 : width == 1 ? 32 : 16;
        out.reserve((long) count * width / 8 + count / (8 * MAX_GROUPS) + 64L);
        int header = -1;
        int groups = 0;
        int i = 0;
        while (i < count) {
            int first = values[i];
            if (i + minRun <= count && first == values[i + 1] && first == values[i + 2] && first == values[i + 3]) {
                int end = i + 4;
                while (end < count && values[end] == first) {
                    end++;
                }
                if (end - i >= minRun) {
                    if (header >= 0) {
                        out.array[header] = (byte) (groups << 1 | 1);
                        header = -1;
                    }
                    run(first, end - i, width, out);
                    out.reserve((long) (count - end) * width / 8 + (count - end) / (8 * MAX_GROUPS) + 64L);
                    i = end;
                    continue;
                }
            }
            if (header < 0) {
                header = out.size++;
                groups = 0;
                out.reserve(width + 8L);
            }
            if (i + 8 <= count) {
                pack8(values, i, width, out.array, out.size);
            } else {
                int[] padded = new int[8];
                System.arraycopy(values, i, padded, 0, count - i);
                pack8(padded, 0, width, out.array, out.size);
            }
            out.size += width;
            i += 8;
            if (++groups == MAX_GROUPS) {
                out.array[header] = (byte) (groups << 1 | 1);
                header = -1;
            }
        }
        if (header >= 0) {
            out.array[header] = (byte) (groups << 1 | 1);
        }
    }

    private static void pack8(int[] v, int i, int w, byte[] out, int o) {
        if (w <= 16) {
            long low = v[i] | (long) v[i + 1] << w | (long) v[i + 2] << (2 * w) | (long) v[i + 3] << (3 * w);
            long high = v[i + 4] | (long) v[i + 5] << w | (long) v[i + 6] << (2 * w) | (long) v[i + 7] << (3 * w);
            int half = 4 * w;
            if (w <= 8) {
                ByteSink.LONG.set(out, o, low | high << half);
            } else if (half < 64) {
                ByteSink.LONG.set(out, o, low | high << half);
                ByteSink.LONG.set(out, o + 8, high >>> (64 - half));
            } else {
                ByteSink.LONG.set(out, o, low);
                ByteSink.LONG.set(out, o + 8, high);
            }
            return;
        }
        long accumulator = 0;
        int bits = 0;
        int at = o;
        for (int k = 0; k < 8; k++) {
            accumulator |= (v[i + k] & 0xffff_ffffL) << bits;
            bits += w;
            if (bits >= 32) {
                ByteSink.INT.set(out, at, (int) accumulator);
                at += 4;
                accumulator >>>= 32;
                bits -= 32;
            }
        }
        while (bits > 0) {
            out[at++] = (byte) accumulator;
            accumulator >>>= 8;
            bits -= 8;
        }
    }
}
