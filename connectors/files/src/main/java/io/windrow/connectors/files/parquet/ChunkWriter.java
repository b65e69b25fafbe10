package io.windrow.connectors.files.parquet;

import io.windrow.connectors.files.parquet.EncodedPage.Bounds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import org.apache.arrow.vector.FieldVector;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/** Encodes one leaf of one row group at a time: levels, pages, compression. The subclasses know values. One thread. */
abstract sealed class ChunkWriter permits NumberChunkWriter, BytesChunkWriter {
    /** A chunk whose first page shrinks by less than this share is stored uncompressed. */
    private static final double WORTH = 0.97;
    /** A dictionary above this size is compressed in any case. */
    private static final int SMALL_DICTIONARY = 16 << 10;

    final Leaf leaf;
    final ChunkContext context;
    final Digest digest = new Digest();
    boolean sampled;

    private final LevelBuffer definition;
    private final LevelBuffer repetition;
    private final SegmentPool.Chain chain;
    private final List<EncodedPage> pages = new ArrayList<>();
    private final Set<Encoding> encodings = EnumSet.noneOf(Encoding.class);
    private final CRC32 crc = new CRC32();
    private @Nullable ParquetCodec codec;
    private boolean proven;
    private int pageRows;
    private int pageLevels;
    private long pageNulls;
    private int dictionaryPages;
    private long uncompressed;

    ChunkWriter(Leaf leaf, ChunkContext context) {
        this.leaf = leaf;
        this.context = context;
        this.definition = new LevelBuffer(leaf.maxDefinition());
        this.repetition = new LevelBuffer(leaf.maxRepetition());
        this.chain = context.pool.new Chain();
    }

    /** Takes the values of a slice; {@code slice.values} is above 0. */
    abstract void values(FieldVector vector, LeafSlice slice);

    /** Appends the values of the page; says how they are encoded. */
    abstract Encoding encodeValues(ByteSink out);

    /** Smallest and largest value of the page, or null. Clears the page's state. */
    abstract @Nullable Bounds pageBounds();

    /** Smallest and largest value of the chunk, or null. */
    abstract @Nullable Bounds chunkBounds();

    /** Appends the dictionary in PLAIN form; returns the number of entries. */
    abstract int encodeDictionary(ByteSink out);

    /** Size of the dictionary in PLAIN form. */
    abstract int dictionaryBytes();

    /** Decides before a page is encoded whether the dictionary goes on. */
    abstract void settleDictionary(boolean chunkEnds);

    /** Forgets everything about the chunk. */
    abstract void clearValues();

    /** Whether the slice is one value so large that it gets a page of its own, written from where it lies. */
    abstract boolean large(FieldVector vector, LeafSlice slice);

    /** The large value that the page consists of, or null. */
    abstract @Nullable ByteBuffer takeLarge();

    /** Bytes of the page's values that wait to be encoded. */
    abstract long pendingBytes();

    boolean anyPage() {
        return !pages.isEmpty();
    }

    final void append(FieldVector vector, LeafSlice slice) {
        boolean large = slice.values == 1 && large(vector, slice);
        if (large) {
            finishPage(false);
            sampled = false;
        } else if (pageLevels == 0) {
            sampled = !proven && context.sampled(leaf.index(), pages.size());
            digest.reset();
        }
        if (slice.dense) {
            definition.repeat(leaf.maxDefinition(), slice.levels);
            repetition.repeat(0, slice.levels);
        } else {
            definition.append(slice.definition, slice.levels);
            if (leaf.maxRepetition() > 0) {
                repetition.append(slice.repetition, slice.levels);
            }
        }
        if (sampled) {
            for (int i = 0; i < slice.levels; i++) {
                digest.level(leaf.maxRepetition() > 0 ? slice.repetition[i] : 0,
                        slice.dense ? leaf.maxDefinition() : slice.definition[i]);
            }
        }
        pageRows += slice.rows;
        pageLevels += slice.levels;
        pageNulls += slice.levels - slice.values;
        if (slice.values > 0) {
            values(vector, slice);
        }
        if (pageLevels >= context.pageValues || pendingBytes() >= context.options.pageBytes()) {
            finishPage(false);
        }
    }

    final long bufferedBytes() {
        return chain.size() + pendingBytes();
    }

    private void finishPage(boolean chunkEnds) {
        if (pageLevels == 0) {
            return;
        }
        settleDictionary(chunkEnds);
        ByteSink body = context.page;
        body.clear();
        repetition.encode(body);
        definition.encode(body);
        Encoding encoding = encodeValues(body);
        encodings.add(encoding);
        ByteBuffer large = takeLarge();
        if (large != null) {
            storeLarge(body, large, encoding);
            return;
        }
        if (encoding == Encoding.RLE_DICTIONARY) {
            dictionaryPages++;
        }
        PageHeader header = new PageHeader(PageType.DATA_PAGE, body.size, 0);
        header.setData_page_header(new DataPageHeader(pageLevels, encoding, Encoding.RLE, Encoding.RLE));
        long offset = chain.size();
        ByteSink stored = compress(body, true);
        ByteSink head = header(header, stored);
        chain.append(head.array, 0, head.size);
        chain.append(stored.array, 0, stored.size);
        uncompressed += head.size + body.size;
        proven |= sampled;
        endPage(offset, head.size + stored.size, sampled ? digest.result() : 0,
                sampled ? PageProof.Kind.DECODED : null);
    }

    /** Stores a page of one large value in pieces: no buffer has the size of the value, but for codecs without streams. */
    private void storeLarge(ByteSink body, ByteBuffer large, Encoding encoding) {
        int uncompressedSize = Math.addExact(body.size, large.remaining());
        SegmentPool.Chain stored = context.pool.new Chain();
        crc.reset();
        codec = context.options.codec();
        context.compressor.compress(body, large, (bytes, from, length) -> {
            crc.update(bytes, from, length);
            stored.append(bytes, from, length);
        });
        PageHeader header = new PageHeader(PageType.DATA_PAGE, uncompressedSize, Math.toIntExact(stored.size()));
        header.setData_page_header(new DataPageHeader(pageLevels, encoding, Encoding.RLE, Encoding.RLE));
        header.setCrc((int) crc.getValue());
        ByteSink head = serialized(header);
        long offset = chain.size();
        int size = head.size + Math.toIntExact(stored.size());
        chain.append(head.array, 0, head.size);
        stored.moveTo(chain);
        uncompressed += head.size + uncompressedSize;
        endPage(offset, size, crc.getValue(), PageProof.Kind.STORED);
    }

    private void endPage(long offset, int size, long proof, PageProof.@Nullable Kind kind) {
        pages.add(new EncodedPage(offset, size, pageRows, pageLevels, pageNulls, pageBounds(), proof, kind));
        definition.clear();
        repetition.clear();
        pageRows = 0;
        pageLevels = 0;
        pageNulls = 0;
    }

    private ByteSink compress(ByteSink body, boolean choose) {
        if (codec == ParquetCodec.NONE || context.options.codec() == ParquetCodec.NONE) {
            codec = ParquetCodec.NONE;
            return body;
        }
        context.compressor.compress(body);
        ByteSink out = context.compressor.out;
        if (codec == null && choose && !leaf.bytes() && dictionaryBytes() <= SMALL_DICTIONARY
                && body.size >= 1024 && out.size > body.size * WORTH) {
            codec = ParquetCodec.NONE;
            return body;
        }
        codec = context.options.codec();
        return out;
    }

    private ByteSink header(PageHeader header, ByteSink stored) {
        crc.reset();
        crc.update(stored.array, 0, stored.size);
        header.setCrc((int) crc.getValue());
        header.setCompressed_page_size(stored.size);
        return serialized(header);
    }

    private ByteSink serialized(PageHeader header) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
        try {
            Util.writePageHeader(header, bytes);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e); // A byte array refuses nothing.
        }
        ByteSink out = context.header;
        out.clear();
        out.put(bytes.toByteArray(), 0, bytes.size());
        return out;
    }

    /** Ends the chunk, writes it and describes it. The state is as new afterwards. */
    final FinishedChunk finish(long offset, SegmentPool.Target target) throws IOException {
        finishPage(true);
        long dictionaryOffset = -1;
        long dataOffset = offset;
        if (dictionaryPages > 0) {
            ByteSink body = context.page;
            body.clear();
            int entries = encodeDictionary(body);
            encodings.add(Encoding.PLAIN);
            PageHeader header = new PageHeader(PageType.DICTIONARY_PAGE, body.size, 0);
            header.setDictionary_page_header(new DictionaryPageHeader(entries, Encoding.PLAIN));
            ByteSink stored = compress(body, false);
            ByteSink head = header(header, stored);
            target.write(head.array, 0, head.size);
            target.write(stored.array, 0, stored.size);
            uncompressed += head.size + body.size;
            dictionaryOffset = offset;
            dataOffset += head.size + stored.size;
        }
        if (leaf.maxDefinition() > 0 || leaf.maxRepetition() > 0) {
            encodings.add(Encoding.RLE);
        }
        long end = dataOffset + chain.size();
        FinishedChunk finished = new FinishedChunk(leaf, codec == null ? ParquetCodec.NONE : codec, Set.copyOf(encodings),
                offset, dictionaryOffset, dataOffset, end, uncompressed, List.copyOf(pages), dictionaryPages, chunkBounds());
        chain.drainTo(target);
        pages.clear();
        encodings.clear();
        codec = null;
        proven = false;
        dictionaryPages = 0;
        uncompressed = 0;
        clearValues();
        return finished;
    }
}
