package io.windrow.connectors.files.parquet;

import io.windrow.connectors.files.parquet.EncodedPage.Bounds;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.parquet.format.BoundaryOrder;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageEncodingStats;
import org.apache.parquet.format.PageLocation;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Statistics;
import org.jspecify.annotations.Nullable;

/**
 * A written column chunk, as the footer and the page index describe it.
 *
 * @param start file offset of its first byte
 * @param dictionaryOffset file offset of the dictionary page, or −1
 * @param dataOffset file offset of the first data page
 * @param end file offset behind its last byte
 * @param uncompressed bytes before compression, headers included
 * @param dictionaryPages number of data pages that use the dictionary
 */
record FinishedChunk(
        Leaf leaf,
        ParquetCodec codec,
        Set<Encoding> encodings,
        long start,
        long dictionaryOffset,
        long dataOffset,
        long end,
        long uncompressed,
        List<EncodedPage> pages,
        int dictionaryPages,
        @Nullable Bounds bounds) {

    ColumnChunk columnChunk() {
        long values = 0;
        long nulls = 0;
        for (EncodedPage page : pages) {
            values += page.values();
            nulls += page.nulls();
        }
        ColumnMetaData meta = new ColumnMetaData(leaf.physical(), new ArrayList<>(encodings), leaf.path(), codec.format(),
                values, uncompressed, end - start, dataOffset);
        if (dictionaryOffset >= 0) {
            meta.setDictionary_page_offset(dictionaryOffset);
        }
        List<PageEncodingStats> stats = new ArrayList<>();
        if (dictionaryPages > 0) {
            stats.add(new PageEncodingStats(PageType.DICTIONARY_PAGE, Encoding.PLAIN, 1));
            stats.add(new PageEncodingStats(PageType.DATA_PAGE, Encoding.RLE_DICTIONARY, dictionaryPages));
        }
        if (dictionaryPages < pages.size()) {
            Encoding other = encodings.contains(Encoding.DELTA_BINARY_PACKED) ? Encoding.DELTA_BINARY_PACKED
                    : encodings.contains(Encoding.DELTA_LENGTH_BYTE_ARRAY) ? Encoding.DELTA_LENGTH_BYTE_ARRAY
                    : Encoding.PLAIN;
            stats.add(new PageEncodingStats(PageType.DATA_PAGE, other, pages.size() - dictionaryPages));
        }
        meta.setEncoding_stats(stats);
        Statistics statistics = new Statistics();
        statistics.setNull_count(nulls);
        if (bounds != null) {
            statistics.setMin_value(bounds.min());
            statistics.setMax_value(bounds.max());
            statistics.setIs_min_value_exact(bounds.minExact());
            statistics.setIs_max_value_exact(bounds.maxExact());
        }
        meta.setStatistics(statistics);
        ColumnChunk chunk = new ColumnChunk(0);
        chunk.setMeta_data(meta);
        return chunk;
    }

    /** The column index; null if a page with values has no bounds (only NaN), since the format has no way to say so. */
    @Nullable ColumnIndex columnIndex() {
        List<Boolean> nullPages = new ArrayList<>();
        List<ByteBuffer> mins = new ArrayList<>();
        List<ByteBuffer> maxs = new ArrayList<>();
        List<Long> nulls = new ArrayList<>();
        boolean ascending = !leaf.bytes();
        boolean descending = !leaf.bytes();
        Bounds before = null;
        for (EncodedPage page : pages) {
            boolean empty = page.nulls() == page.values();
            Bounds now = page.bounds();
            if (!empty && now == null) {
                return null;
            }
            nullPages.add(empty);
            nulls.add(page.nulls());
            mins.add(ByteBuffer.wrap(now == null ? new byte[0] : now.min()));
            maxs.add(ByteBuffer.wrap(now == null ? new byte[0] : now.max()));
            if (now != null) {
                if (before != null) {
                    ascending &= before.minKey() <= now.minKey() && before.maxKey() <= now.maxKey();
                    descending &= before.minKey() >= now.minKey() && before.maxKey() >= now.maxKey();
                }
                before = now;
            }
        }
        BoundaryOrder order = ascending ? BoundaryOrder.ASCENDING
                : descending ? BoundaryOrder.DESCENDING : BoundaryOrder.UNORDERED;
        ColumnIndex index = new ColumnIndex(nullPages, mins, maxs, order);
        index.setNull_counts(nulls);
        return index;
    }

    OffsetIndex offsetIndex() {
        List<PageLocation> locations = new ArrayList<>();
        long row = 0;
        for (EncodedPage page : pages) {
            locations.add(new PageLocation(dataOffset + page.offset(), page.size(), row));
            row += page.rows();
        }
        return new OffsetIndex(locations);
    }
}
