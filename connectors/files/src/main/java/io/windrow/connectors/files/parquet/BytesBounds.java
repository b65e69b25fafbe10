package io.windrow.connectors.files.parquet;

import io.windrow.connectors.files.parquet.EncodedPage.Bounds;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The smallest and largest of byte strings: unsigned lexicographic, or as big-endian two's complement of one length.
 * Long ones are shortened for the footer: the minimum is cut, the maximum cut and counted up.
 */
final class BytesBounds {
    private static final int SHORTENED = 64;
    /** Of a longer value so much is kept: enough to see that it is longer, and whether it is cut within a character. */
    static final int KEPT = SHORTENED + 8;

    private final boolean signed;
    private final boolean text;
    private final ByteSink min = new ByteSink(64);
    private final ByteSink max = new ByteSink(64);
    private long minPrefix;
    private long maxPrefix;
    private boolean any;

    BytesBounds(boolean signed, boolean text) {
        this.signed = signed;
        this.text = text;
    }

    /** The source has room for a whole word behind the value. */
    void add(byte[] source, int start, int length) {
        long word = Long.reverseBytes((long) ByteSink.LONG.get(source, start));
        if (length < 8) {
            word = length == 0 ? 0 : word & -1L << (64 - 8 * length);
        }
        // The sign bit of the comparison: flipped once for unsigned order, so not at all for signed.
        long prefix = signed ? word : word ^ Long.MIN_VALUE;
        if (!any) {
            any = true;
            keep(min, source, start, length);
            keep(max, source, start, length);
            minPrefix = prefix;
            maxPrefix = prefix;
            return;
        }
        if (prefix <= minPrefix && (prefix < minPrefix || compare(source, start, length, min) < 0)) {
            keep(min, source, start, length);
            minPrefix = prefix;
        }
        if (prefix >= maxPrefix && (prefix > maxPrefix || compare(source, start, length, max) > 0)) {
            keep(max, source, start, length);
            maxPrefix = prefix;
        }
    }

    // Prefixes are equal here, so the first bytes are too and the sign no longer matters.
    private static int compare(byte[] source, int start, int length, ByteSink other) {
        return Arrays.compareUnsigned(source, start, start + length, other.array, 0, other.size);
    }

    private static void keep(ByteSink sink, byte[] source, int start, int length) {
        sink.size = 0;
        // What lies behind decides between values whose shortened forms are the same: nobody sees it.
        sink.put(source, start, Math.min(length, KEPT));
    }

    void addAll(BytesBounds other) {
        if (other.any) {
            add(other.min.array, 0, other.min.size);
            add(other.max.array, 0, other.max.size);
        }
    }

    void clear() {
        any = false;
        min.clear();
        max.clear();
    }

    /** The bounds for the footer; null if there are no values or no upper bound of reasonable length. */
    @Nullable Bounds bounds() {
        if (!any) {
            return null;
        }
        byte[] low = Arrays.copyOf(min.array, cut(min));
        byte[] high = max.size <= SHORTENED ? Arrays.copyOf(max.array, max.size) : above(Arrays.copyOf(max.array, cut(max)));
        if (high == null) {
            return null;
        }
        return new Bounds(low, high, low.length == min.size, max.size <= SHORTENED, 0, 0);
    }

    private int cut(ByteSink value) {
        if (value.size <= SHORTENED) {
            return value.size;
        }
        int end = SHORTENED;
        while (text && end > 0 && (value.array[end] & 0xc0) == 0x80) {
            end--;
        }
        return end;
    }

    /** A short value above all that begin with this one. */
    private byte @Nullable [] above(byte[] prefix) {
        for (int i = prefix.length - 1; i >= 0; i--) {
            int b = prefix[i] & 0xff;
            // In text only an ASCII character is counted up, so that the bound stays valid UTF-8.
            if (text ? b < 0x7f : b < 0xff) {
                byte[] higher = Arrays.copyOf(prefix, i + 1);
                higher[i]++;
                return higher;
            }
        }
        return null;
    }
}
