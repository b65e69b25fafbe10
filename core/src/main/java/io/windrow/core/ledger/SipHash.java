package io.windrow.core.ledger;

import io.windrow.api.batch.RowHash;

/**
 * SipHash-1-3 with 128 bits of output (Aumasson and Bernstein), over two or more 64-bit words: the keyed function that
 * hides what a row's hash is made of.
 */
final class SipHash {
    private final long key0;
    private final long key1;

    SipHash(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /** The hash of some words. For keys and tests; {@link #add} is the fast way for rows. */
    RowHash of(long... words) {
        long v0 = key0 ^ 0x736f6d6570736575L;
        long v1 = key1 ^ 0x646f72616e646f6dL ^ 0xee;
        long v2 = key0 ^ 0x6c7967656e657261L;
        long v3 = key1 ^ 0x7465646279746573L;
        long[] v = {v0, v1, v2, v3};
        for (long word : words) {
            compress(v, word);
        }
        compress(v, (long) words.length * 8 << 56);
        v[2] ^= 0xee;
        round(v);
        round(v);
        round(v);
        long low = v[0] ^ v[1] ^ v[2] ^ v[3];
        v[1] ^= 0xdd;
        round(v);
        round(v);
        round(v);
        return new RowHash(v[0] ^ v[1] ^ v[2] ^ v[3], low);
    }

    private static void compress(long[] v, long word) {
        v[3] ^= word;
        round(v);
        v[0] ^= word;
    }

    private static void round(long[] v) {
        v[0] += v[1];
        v[1] = Long.rotateLeft(v[1], 13) ^ v[0];
        v[0] = Long.rotateLeft(v[0], 32);
        v[2] += v[3];
        v[3] = Long.rotateLeft(v[3], 16) ^ v[2];
        v[0] += v[3];
        v[3] = Long.rotateLeft(v[3], 21) ^ v[0];
        v[2] += v[1];
        v[1] = Long.rotateLeft(v[1], 17) ^ v[2];
        v[2] = Long.rotateLeft(v[2], 32);
    }

    /** The hashes of the pairs {@code low[i], high[i]}, put from index {@code to} on. */
    void each(long[] low, long[] high, int count, long[] lows, long[] highs, int to) {
        for (int i = 0; i < count; i++) {
            long v0 = key0 ^ 0x736f6d6570736575L;
            long v1 = key1 ^ 0x646f72616e646f6dL ^ 0xee;
            long v2 = key0 ^ 0x6c7967656e657261L;
            long v3 = key1 ^ 0x7465646279746573L;
            // As in add, written out again: the loop stays one that the compiler unrolls, without a call or an object per row.
            long first = 0;
            for (int step = 0; step < 9; step++) {
                long word = step == 0 ? low[i] : step == 1 ? high[i] : step == 2 ? 16L << 56 : 0;
                if (step == 3) {
                    v2 ^= 0xee;
                } else if (step == 6) {
                    first = v0 ^ v1 ^ v2 ^ v3;
                    v1 ^= 0xdd;
                }
                v3 ^= word;
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
                v0 ^= word;
            }
            lows[to + i] = first;
            highs[to + i] = v0 ^ v1 ^ v2 ^ v3;
        }
    }

    /** The sum modulo 2^128 of the hashes of the pairs {@code low[i], high[i]}. */
    RowHash add(long[] low, long[] high, int count) {
        long sumLow = 0;
        long sumHigh = 0;
        for (int i = 0; i < count; i++) {
            long v0 = key0 ^ 0x736f6d6570736575L;
            long v1 = key1 ^ 0x646f72616e646f6dL ^ 0xee;
            long v2 = key0 ^ 0x6c7967656e657261L;
            long v3 = key1 ^ 0x7465646279746573L;
            // Six rounds absorb two words and the length, then twice three give the output; unrolled by the compiler.
            long first = 0;
            for (int step = 0; step < 9; step++) {
                long word = step == 0 ? low[i] : step == 1 ? high[i] : step == 2 ? 16L << 56 : 0;
                if (step == 3) {
                    v2 ^= 0xee;
                } else if (step == 6) {
                    first = v0 ^ v1 ^ v2 ^ v3;
                    v1 ^= 0xdd;
                }
                v3 ^= word;
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
                v0 ^= word;
            }
            long second = v0 ^ v1 ^ v2 ^ v3;
            sumLow += first;
            sumHigh += second + (Long.compareUnsigned(sumLow, first) < 0 ? 1 : 0);
        }
        return new RowHash(sumHigh, sumLow);
    }
}
