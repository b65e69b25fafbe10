package io.windrow.connectors.files.parquet;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ColumnType;
import io.windrow.connectors.files.parquet.EncodedPage.Bounds;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.parquet.format.Encoding;
import org.jspecify.annotations.Nullable;

/** Byte strings: text, JSON, bytes, UUIDs and decimals of more than 18 digits. */
final class BytesChunkWriter extends ChunkWriter {
    private static final int MAX_ENTRIES = 1 << 17;
    private static final int MAX_BYTES = 1 << 20;
    private static final int EARLY = 1 << 14;
    /** A value of so many times a page's size is a page of its own and is not copied as a whole. */
    private static final int LARGE_PAGES = 4;

    private final boolean fixed;
    private final boolean decimal;
    private final boolean tried;
    private final BytesDictionary dictionary = new BytesDictionary();
    private final BytesBounds page;
    private final BytesBounds chunk;
    private final ByteSink pending = new ByteSink(256);
    private long[] pendingLengths = new long[0];
    private int[] indexes = new int[0];
    private int count;
    private long pageBytes;
    private int pageOrdinal;
    private boolean useDictionary;
    private @Nullable ByteBuffer large;

    BytesChunkWriter(Leaf leaf, ChunkContext context) {
        super(leaf, context);
        this.fixed = leaf.fixedLength() > 0;
        this.decimal = leaf.type() instanceof ColumnType.Decimal;
        this.tried = context.options.dictionary() == ParquetOptions.Dictionary.TRIED;
        boolean signed = leaf.order() == Leaf.Order.SIGNED;
        this.page = new BytesBounds(signed, leaf.text());
        this.chunk = new BytesBounds(signed, leaf.text());
        clearValues();
    }

    @Override
    boolean large(FieldVector vector, LeafSlice slice) {
        return !fixed && span(vector, slice) >= (long) LARGE_PAGES * context.options.pageBytes();
    }

    @Override
    @Nullable ByteBuffer takeLarge() {
        ByteBuffer taken = large;
        large = null;
        return taken;
    }

    private void one(FieldVector vector, LeafSlice slice, int length) {
        if (useDictionary) {
            dropDictionary();
        }
        int from = vector.getOffsetBuffer().getInt(4L * slice.low());
        large = vector.getDataBuffer().nioBuffer(from, length);
        byte[] begin = new byte[BytesBounds.KEPT + ByteSink.SLACK];
        int kept = Math.min(length, BytesBounds.KEPT);
        vector.getDataBuffer().getBytes(from, begin, 0, kept);
        page.add(begin, 0, kept);
        pendingLengths = ChunkContext.grown(pendingLengths, 1);
        pendingLengths[0] = length;
        count = 1;
        pageBytes = length;
    }

    @Override
    void values(FieldVector vector, LeafSlice slice) {
        int n = slice.values;
        if (n == 1 && large(vector, slice)) {
            one(vector, slice, (int) span(vector, slice));
            return;
        }
        int[] starts = context.starts(n);
        int[] lengths = context.lengths(n);
        long span = fixed ? (long) n * leaf.fixedLength() : span(vector, slice);
        if (useDictionary && span > MAX_BYTES) {
            dropDictionary();
        }
        ByteSink target = useDictionary ? context.valueBytes : pending;
        if (useDictionary) {
            target.size = 0;
        }
        if (decimal) {
            loadDecimals(vector, slice, target, starts, lengths);
        } else if (fixed) {
            loadFixed(vector, slice, target, starts, lengths);
        } else {
            loadVariable(vector, slice, target, starts, lengths, (int) span);
        }
        byte[] bytes = target.array;
        if (sampled) {
            for (int i = 0; i < n; i++) {
                digest.value(bytes, starts[i], lengths[i]);
            }
        }
        if (useDictionary) {
            indexes = ChunkContext.grown(indexes, count + n);
            dictionary.index(bytes, starts, lengths, n, indexes, count);
            for (int i = count; i < count + n; i++) {
                int index = indexes[i];
                if (dictionary.firstOn(pageOrdinal, index)) {
                    page.add(dictionary.data(), dictionary.start(index), dictionary.length(index));
                }
            }
        } else {
            pendingLengths = ChunkContext.grown(pendingLengths, count + n);
            for (int i = 0; i < n; i++) {
                pendingLengths[count + i] = lengths[i];
                page.add(bytes, starts[i], lengths[i]);
            }
        }
        count += n;
        for (int i = 0; i < n; i++) {
            pageBytes += lengths[i];
        }
        if (useDictionary) {
            int size = dictionary.size();
            if (size > MAX_ENTRIES || dictionary.bytes() > MAX_BYTES
                    || !anyPage() && count >= EARLY && size > count / 5 * 2) {
                dropDictionary();
            }
        }
    }

    private static long span(FieldVector vector, LeafSlice slice) {
        ArrowBuf offsets = vector.getOffsetBuffer();
        return (long) offsets.getInt(4L * slice.high()) - offsets.getInt(4L * slice.low());
    }

    private void loadVariable(
            FieldVector vector, LeafSlice slice, ByteSink target, int[] starts, int[] lengths, int span) {
        int low = slice.low();
        int positions = slice.high() - low;
        int[] offsets = context.ints(positions + 1);
        vector.getOffsetBuffer().nioBuffer(4L * low, 4 * (positions + 1)).order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer().get(offsets, 0, positions + 1);
        int from = target.size;
        target.reserve(span);
        vector.getDataBuffer().getBytes(offsets[0], target.array, from, span);
        int shift = from - offsets[0];
        if (slice.dense) {
            for (int i = 0; i < slice.values; i++) {
                starts[i] = offsets[i] + shift;
                lengths[i] = offsets[i + 1] - offsets[i];
            }
            target.size += span;
            return;
        }
        int at = from;
        for (int i = 0; i < slice.values; i++) {
            int position = slice.positions[i] - low;
            int length = offsets[position + 1] - offsets[position];
            int start = offsets[position] + shift;
            // Nulls may own bytes: values move up to close the gaps.
            if (start != at) {
                System.arraycopy(target.array, start, target.array, at, length);
            }
            starts[i] = at;
            lengths[i] = length;
            at += length;
        }
        target.size = at;
    }

    private void loadFixed(FieldVector vector, LeafSlice slice, ByteSink target, int[] starts, int[] lengths) {
        int width = leaf.fixedLength();
        target.reserve((long) slice.values * width);
        ArrowBuf data = vector.getDataBuffer();
        if (slice.dense) {
            data.getBytes((long) slice.first * width, target.array, target.size, slice.values * width);
        }
        for (int i = 0; i < slice.values; i++) {
            int at = target.size + i * width;
            if (!slice.dense) {
                data.getBytes((long) slice.positions[i] * width, target.array, at, width);
            }
            starts[i] = at;
            lengths[i] = width;
        }
        target.size += slice.values * width;
    }

    private void loadDecimals(FieldVector vector, LeafSlice slice, ByteSink target, int[] starts, int[] lengths) {
        int width = leaf.fixedLength();
        int outside = 8 * (16 - width);
        target.reserve(slice.values * 16L);
        ArrowBuf data = vector.getDataBuffer();
        byte[] bytes = target.array;
        for (int i = 0; i < slice.values; i++) {
            long position = slice.dense ? slice.first + i : slice.positions[i];
            long low = data.getLong(16 * position);
            long high = data.getLong(16 * position + 8);
            if (outside > 0 && high != high << outside >> outside) {
                throw WindrowException.of(ParquetError.DECIMAL_OUT_OF_RANGE,
                        "Writing column " + leaf.name() + ": a value does not fit " + leaf.type());
            }
            int at = target.size + i * width;
            for (int k = 0; k < width; k++) {
                int from = width - 1 - k;
                bytes[at + k] = (byte) (from >= 8 ? high >> (8 * (from - 8)) : low >>> (8 * from));
            }
            starts[i] = at;
            lengths[i] = width;
        }
        target.size += slice.values * width;
    }

    private void dropDictionary() {
        pending.size = 0;
        pendingLengths = ChunkContext.grown(pendingLengths, count);
        for (int i = 0; i < count; i++) {
            int index = indexes[i];
            int length = dictionary.length(index);
            pending.put(dictionary.data(), dictionary.start(index), length);
            pendingLengths[i] = length;
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
        // Text shrinks to less than half when it is compressed; a dictionary must beat that.
        long own = dictionaryBytes() / (chunkEnds ? 1 : 8) + (long) count * indexWidth() / 8;
        if (own > (pageBytes + count) * (chunkEnds ? 0.9 : 0.5)) {
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
        pageBytes = 0;
        pageOrdinal++;
        if (useDictionary && n > 0) {
            int width = indexWidth();
            out.putByte(width);
            HybridEncoding.encode(indexes, n, width, out);
            return Encoding.RLE_DICTIONARY;
        }
        Encoding encoding = Encoding.PLAIN;
        if (!fixed && n > 0) {
            context.delta.encode(pendingLengths, n, 32, out);
            encoding = Encoding.DELTA_LENGTH_BYTE_ARRAY;
        }
        out.put(pending.array, 0, pending.size);
        pending.clear();
        return encoding;
    }

    @Override
    @Nullable Bounds pageBounds() {
        Bounds bounds = page.bounds();
        chunk.addAll(page);
        page.clear();
        return bounds;
    }

    @Override
    @Nullable Bounds chunkBounds() {
        return chunk.bounds();
    }

    @Override
    int encodeDictionary(ByteSink out) {
        int n = dictionary.size();
        for (int i = 0; i < n; i++) {
            if (!fixed) {
                out.putInt(dictionary.length(i));
            }
            out.put(dictionary.data(), dictionary.start(i), dictionary.length(i));
        }
        return n;
    }

    @Override
    int dictionaryBytes() {
        return dictionary.bytes() + (fixed ? 0 : 4 * dictionary.size());
    }

    @Override
    long pendingBytes() {
        ByteBuffer one = large;
        if (one != null) {
            return one.remaining();
        }
        return useDictionary ? (long) count * indexWidth() / 8 : pending.size;
    }

    @Override
    void clearValues() {
        dictionary.clear();
        pending.clear();
        chunk.clear();
        useDictionary = tried;
        large = null;
        count = 0;
        pageBytes = 0;
        pageOrdinal = 0;
    }
}
