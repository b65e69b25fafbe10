package io.windrow.connectors.files.parquet;

import io.windrow.connectors.files.parquet.EncodedPage.Bounds;
import java.nio.ByteBuffer;
import org.apache.arrow.vector.FieldVector;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.Type;
import org.jspecify.annotations.Nullable;

/** Everything that fits 64 bits: booleans, integers, floats, dates, times, decimals of up to 18 digits. */
final class NumberChunkWriter extends ChunkWriter {
    private static final int MAX_ENTRIES = 1 << 17;
    private static final int EARLY = 1 << 14;
    private static final long NONE_MIN = Long.MAX_VALUE;
    private static final long NONE_MAX = Long.MIN_VALUE;

    private final NumberLoader loader;
    private final NumberDictionary dictionary = new NumberDictionary();
    private final Leaf.Order order;
    private final int bits;
    private final boolean tried;
    private boolean useDictionary;
    private boolean usePlain;
    private long[] pending = new long[0];
    private int[] indexes = new int[0];
    private int count;
    private long pageMin = NONE_MIN;
    private long pageMax = NONE_MAX;
    private long chunkMin = NONE_MIN;
    private long chunkMax = NONE_MAX;

    NumberChunkWriter(Leaf leaf, ChunkContext context) {
        super(leaf, context);
        this.loader = new NumberLoader(leaf);
        this.order = leaf.order();
        this.bits = switch (leaf.physical()) {
            case BOOLEAN -> 1;
            case INT32, FLOAT -> 32;
            default -> 64;
        };
        this.tried = bits > 1 && context.options.dictionary() == ParquetOptions.Dictionary.TRIED;
        clearValues();
    }

    @Override
    void values(FieldVector vector, LeafSlice slice) {
        int n = slice.values;
        int span = NumberLoader.span(slice);
        long[] source;
        int from;
        if (useDictionary) {
            source = context.longs(span);
            from = 0;
        } else {
            pending = ChunkContext.grown(pending, count + span);
            source = pending;
            from = count;
        }
        loader.load(vector, slice, source, from);
        bounds(source, from, n);
        if (sampled) {
            for (int i = 0; i < n; i++) {
                digest.value(source[from + i]);
            }
        }
        if (useDictionary) {
            indexes = ChunkContext.grown(indexes, count + n);
            dictionary.index(source, 0, n, indexes, count);
        }
        count += n;
        if (useDictionary) {
            int size = dictionary.size();
            if (size > MAX_ENTRIES || !anyPage() && count >= EARLY && size > count / 3) {
                dropDictionary();
            }
        }
    }

    private void bounds(long[] v, int from, int n) {
        long min = pageMin;
        long max = pageMax;
        int end = from + n;
        switch (order) {
            case SIGNED -> {
                for (int i = from; i < end; i++) {
                    min = Math.min(min, v[i]);
                    max = Math.max(max, v[i]);
                }
            }
            case UNSIGNED -> {
                for (int i = from; i < end; i++) {
                    long key = v[i] ^ Long.MIN_VALUE;
                    min = Math.min(min, key);
                    max = Math.max(max, key);
                }
            }
            case FLOAT -> {
                for (int i = from; i < end; i++) {
                    int value = (int) v[i];
                    if (!Float.isNaN(Float.intBitsToFloat(value))) {
                        long key = value ^ value >> 31 & Integer.MAX_VALUE;
                        min = Math.min(min, key);
                        max = Math.max(max, key);
                    }
                }
            }
            case DOUBLE -> {
                for (int i = from; i < end; i++) {
                    if (!Double.isNaN(Double.longBitsToDouble(v[i]))) {
                        long key = v[i] ^ v[i] >> 63 & Long.MAX_VALUE;
                        min = Math.min(min, key);
                        max = Math.max(max, key);
                    }
                }
            }
        }
        pageMin = min;
        pageMax = max;
    }

    private void dropDictionary() {
        pending = ChunkContext.grown(pending, count);
        for (int i = 0; i < count; i++) {
            pending[i] = dictionary.value(indexes[i]);
        }
        useDictionary = false;
        if (!anyPage()) {
            dictionary.clear();
        }
    }

    @Override
    void settleDictionary(boolean chunkEnds) {
        if (!useDictionary || anyPage() || count == 0) {
            return;
        }
        // A dictionary is paid once, its indexes on every page: assume eight pages unless the chunk ends here.
        long own = dictionaryBytes() / (chunkEnds ? 1 : 8) + (long) count * indexWidth() / 8;
        long other = (long) count * bits / 8;
        if (order == Leaf.Order.SIGNED && pageMin <= pageMax) {
            int range = 65 - Long.numberOfLeadingZeros(pageMax - pageMin);
            other = Math.min(other, (long) count * range / 8 + 16);
        }
        if (own > other) {
            dropDictionary();
        }
    }

    private int indexWidth() {
        return HybridEncoding.bitWidth(Math.max(0, dictionary.size() - 1));
    }

    @Override
    Encoding encodeValues(ByteSink out) {
        int n = count;
        count = 0;
        if (useDictionary && n > 0) {
            int width = indexWidth();
            out.putByte(width);
            HybridEncoding.encode(indexes, n, width, out);
            return Encoding.RLE_DICTIONARY;
        }
        if (bits == 1) {
            packBooleans(n, out);
            return Encoding.PLAIN;
        }
        boolean whole = leaf.physical() == Type.INT32 || leaf.physical() == Type.INT64;
        if (whole && !usePlain && n > 0) {
            int start = out.size;
            context.delta.encode(pending, n, bits, out);
            if (out.size - start < n * (bits / 8) * 0.95) {
                return Encoding.DELTA_BINARY_PACKED;
            }
            out.size = start;
            usePlain = n >= 1024;
        }
        plain(pending, n, out);
        return Encoding.PLAIN;
    }

    private void plain(long[] values, int n, ByteSink out) {
        out.reserve((long) n * (bits / 8));
        byte[] bytes = out.array;
        int at = out.size;
        if (bits == 32) {
            for (int i = 0; i < n; i++) {
                ByteSink.INT.set(bytes, at + 4 * i, (int) values[i]);
            }
        } else {
            for (int i = 0; i < n; i++) {
                ByteSink.LONG.set(bytes, at + 8 * i, values[i]);
            }
        }
        out.size += n * (bits / 8);
    }

    private void packBooleans(int n, ByteSink out) {
        out.reserve(n / 8 + 1);
        for (int i = 0; i < n; i += 8) {
            int packed = 0;
            for (int k = i; k < Math.min(n, i + 8); k++) {
                packed |= (int) pending[k] << (k - i);
            }
            out.array[out.size++] = (byte) packed;
        }
    }

    @Override
    @Nullable Bounds pageBounds() {
        Bounds bounds = bounds(pageMin, pageMax);
        chunkMin = Math.min(chunkMin, pageMin);
        chunkMax = Math.max(chunkMax, pageMax);
        pageMin = NONE_MIN;
        pageMax = NONE_MAX;
        return bounds;
    }

    @Override
    @Nullable Bounds chunkBounds() {
        return bounds(chunkMin, chunkMax);
    }

    private @Nullable Bounds bounds(long minKey, long maxKey) {
        if (minKey > maxKey) {
            return null;
        }
        return new Bounds(plain(bits(minKey, true)), plain(bits(maxKey, false)), true, true, minKey, maxKey);
    }

    private long bits(long key, boolean min) {
        return switch (order) {
            case SIGNED -> key;
            case UNSIGNED -> key ^ Long.MIN_VALUE;
            // Zero of either sign counts for both, so the format asks for −0.0 below and +0.0 above.
            case FLOAT -> {
                int value = (int) key;
                int raw = value ^ value >> 31 & Integer.MAX_VALUE;
                yield (raw & Integer.MAX_VALUE) != 0 ? raw : min ? Integer.MIN_VALUE : 0;
            }
            case DOUBLE -> {
                long raw = key ^ key >> 63 & Long.MAX_VALUE;
                yield (raw & Long.MAX_VALUE) != 0 ? raw : min ? Long.MIN_VALUE : 0;
            }
        };
    }

    private byte[] plain(long value) {
        if (bits == 1) {
            return new byte[] {(byte) value};
        }
        byte[] bytes = new byte[bits / 8];
        if (bits == 32) {
            ByteSink.INT.set(bytes, 0, (int) value);
        } else {
            ByteSink.LONG.set(bytes, 0, value);
        }
        return bytes;
    }

    @Override
    int encodeDictionary(ByteSink out) {
        int n = dictionary.size();
        long[] values = context.longs(n);
        for (int i = 0; i < n; i++) {
            values[i] = dictionary.value(i);
        }
        plain(values, n, out);
        return n;
    }

    @Override
    int dictionaryBytes() {
        return dictionary.size() * (bits / 8);
    }

    @Override
    long pendingBytes() {
        return useDictionary ? (long) count * indexWidth() / 8 : bits == 1 ? count / 8 : (long) count * (bits / 8);
    }

    @Override
    boolean large(FieldVector vector, LeafSlice slice) {
        return false;
    }

    @Override
    @Nullable ByteBuffer takeLarge() {
        return null;
    }

    @Override
    void clearValues() {
        dictionary.clear();
        useDictionary = tried;
        usePlain = false;
        count = 0;
        chunkMin = NONE_MIN;
        chunkMax = NONE_MAX;
    }
}
