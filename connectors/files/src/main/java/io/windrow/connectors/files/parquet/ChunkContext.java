package io.windrow.connectors.files.parquet;

import java.util.Arrays;

/** What the chunk writers of one file share: options, scratch and the compressor. One thread. */
final class ChunkContext implements AutoCloseable {
    final ParquetOptions options;
    final PageCompressor compressor;
    final SegmentPool pool = new SegmentPool();
    final ByteSink page = new ByteSink(64 << 10);
    final ByteSink header = new ByteSink(128);
    final ByteSink valueBytes = new ByteSink(64 << 10);
    final DeltaEncoding delta = new DeltaEncoding();
    /** Values after which a page ends: lowered for wide schemas, so that pending values stay bounded (I12). */
    final int pageValues;
    /** Ordinal of the current row group. */
    int rowGroup;

    private long[] longs = new long[4096];
    private int[] ints = new int[4097];
    private int[] starts = new int[4096];
    private int[] lengths = new int[4096];

    ChunkContext(ParquetOptions options, int leaves) {
        this.options = options;
        this.compressor = new PageCompressor(options.codec(), options.zstdLevel());
        this.pageValues = Math.min(options.pageValues(), Math.max(1024, (16 << 20) / (8 * Math.max(1, leaves))));
    }

    long[] longs(int count) {
        if (longs.length < count) {
            longs = new long[Math.max(count, longs.length * 2)];
        }
        return longs;
    }

    int[] ints(int count) {
        if (ints.length < count) {
            ints = new int[Math.max(count, ints.length * 2)];
        }
        return ints;
    }

    int[] starts(int count) {
        if (starts.length < count) {
            starts = new int[Math.max(count, starts.length * 2)];
        }
        return starts;
    }

    int[] lengths(int count) {
        if (lengths.length < count) {
            lengths = new int[Math.max(count, lengths.length * 2)];
        }
        return lengths;
    }

    /** Whether the page is one of those that are read back: the first of the file's columns, then about one in 32. */
    boolean sampled(int leaf, int page) {
        if (rowGroup == 0 && page == 0) {
            return true;
        }
        long h = options.proofSeed() + rowGroup * 0x9E3779B97F4A7C15L + leaf * 0xC2B2AE3D27D4EB4FL
                + page * 0x165667B19E3779F9L;
        h = (h ^ h >>> 31) * 0xBF58476D1CE4E5B9L;
        return (h >>> 59) == 0;
    }

    @Override
    public void close() {
        compressor.close();
    }

    static long[] grown(long[] array, int needed) {
        return array.length >= needed ? array : Arrays.copyOf(array, Math.max(needed, array.length * 2));
    }

    static int[] grown(int[] array, int needed) {
        return array.length >= needed ? array : Arrays.copyOf(array, Math.max(needed, array.length * 2));
    }
}
