package io.windrow.connectors.files.parquet;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import net.jpountz.lz4.LZ4Factory;
import org.xerial.snappy.Snappy;

/** The inverses of what pages are made with. Reads past the end raise an IndexOutOfBoundsException. */
final class PageDecoding {
    private final byte[] bytes;
    private int at;

    PageDecoding(byte[] bytes, int at) {
        this.bytes = bytes;
        this.at = at;
    }

    int position() {
        return at;
    }

    static byte[] uncompress(ParquetCodec codec, byte[] source, int from, int length, int size) throws IOException {
        byte[] out = new byte[size + ByteSink.SLACK];
        long got = switch (codec) {
            case NONE -> {
                System.arraycopy(source, from, out, 0, length);
                yield length;
            }
            case ZSTD -> Zstd.decompressByteArray(out, 0, size, source, from, length);
            case SNAPPY -> Snappy.uncompress(source, from, length, out, 0);
            case LZ4_RAW -> LZ4Factory.fastestInstance().safeDecompressor().decompress(source, from, length, out, 0, size);
            case GZIP -> {
                try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(source, from, length))) {
                    yield gzip.readNBytes(out, 0, size);
                }
            }
        };
        if (got != size) {
            throw new IOException("A page of " + size + " bytes came out as " + got);
        }
        return out;
    }

    int readInt() {
        int value = (int) ByteSink.INT.get(bytes, at);
        at += 4;
        return value;
    }

    long readLong() {
        long value = (long) ByteSink.LONG.get(bytes, at);
        at += 8;
        return value;
    }

    int readByte() {
        return bytes[at++] & 0xff;
    }

    byte[] array() {
        return bytes;
    }

    void skip(int count) {
        at += count;
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = bytes[at++];
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }

    private long zigzag() {
        long value = varint();
        return value >>> 1 ^ -(value & 1);
    }

    /** Length-prefixed levels of a version 1 page; zeros if the largest is 0. */
    int[] levels(int max, int count) {
        if (max == 0) {
            return new int[count];
        }
        int length = readInt();
        int end = at + length;
        int[] levels = hybrid(HybridEncoding.bitWidth(max), count);
        at = end;
        return levels;
    }

    int[] hybrid(int width, int count) {
        int[] out = new int[count];
        int n = 0;
        while (n < count) {
            long header = varint();
            if ((header & 1) == 0) {
                int value = 0;
                for (int i = 0; i < (width + 7) / 8; i++) {
                    value |= readByte() << (8 * i);
                }
                int run = (int) Math.min(header >>> 1, count - n);
                Arrays.fill(out, n, n + run, value);
                n += run;
            } else {
                int values = (int) (header >>> 1) * 8;
                for (int i = 0; i < values && n < count; i++) {
                    out[n++] = (int) bits((long) i * width, width);
                }
                at += values / 8 * width;
            }
        }
        return out;
    }

    /** The bits of a bit-packed run that begins at the current position. Slow and plain on purpose. */
    private long bits(long first, int width) {
        long value = 0;
        for (int i = 0; i < width; i++) {
            long bit = first + i;
            value |= (long) (bytes[at + (int) (bit >> 3)] >> (bit & 7) & 1) << i;
        }
        return value;
    }

    long[] delta(int bits) {
        int block = (int) varint();
        int miniblocks = (int) varint();
        int count = (int) varint();
        long value = zigzag();
        long[] out = new long[count];
        int n = 0;
        if (count > 0) {
            out[n++] = value;
        }
        int perMiniblock = block / miniblocks;
        while (n < count) {
            long min = zigzag();
            int widths = at;
            at += miniblocks;
            for (int m = 0; m < miniblocks && n < count; m++) {
                int width = bytes[widths + m] & 0xff;
                for (int i = 0; i < perMiniblock && n < count; i++) {
                    value += min + bits((long) i * width, width);
                    value = bits == 32 ? (int) value : value;
                    out[n++] = value;
                }
                at += perMiniblock / 8 * width;
            }
        }
        return out;
    }
}
