package io.windrow.connectors.files.parquet;

import com.github.luben.zstd.ZstdCompressCtx;
import io.windrow.api.error.WindrowException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/** Compresses one page at a time into a reused buffer. One thread; close it. */
final class PageCompressor implements AutoCloseable {
    private final ParquetCodec codec;
    private final @Nullable ZstdCompressCtx zstd;
    private final @Nullable LZ4Compressor lz4;
    final ByteSink out = new ByteSink(64 << 10);

    PageCompressor(ParquetCodec codec, int zstdLevel) {
        this.codec = codec;
        this.zstd = codec == ParquetCodec.ZSTD ? new ZstdCompressCtx().setLevel(zstdLevel).setChecksum(false) : null;
        this.lz4 = codec == ParquetCodec.LZ4_RAW ? LZ4Factory.fastestInstance().fastCompressor() : null;
    }

    ParquetCodec codec() {
        return codec;
    }

    /** Leaves the compressed form of the page in {@link #out}. */
    void compress(ByteSink page) {
        out.clear();
        switch (codec) {
            case NONE -> out.put(page.array, 0, page.size);
            case ZSTD -> {
                out.reserve(com.github.luben.zstd.Zstd.compressBound(page.size));
                out.size = java.util.Objects.requireNonNull(zstd).compressByteArray(
                        out.array, 0, out.array.length, page.array, 0, page.size);
            }
            case SNAPPY -> {
                out.reserve(Snappy.maxCompressedLength(page.size));
                try {
                    out.size = Snappy.compress(page.array, 0, page.size, out.array, 0);
                } catch (IOException e) {
                    throw WindrowException.of(ParquetError.WRITE_FAILED, "Compressing a page with Snappy", e);
                }
            }
            case LZ4_RAW -> {
                LZ4Compressor compressor = java.util.Objects.requireNonNull(lz4);
                int bound = compressor.maxCompressedLength(page.size);
                out.reserve(bound);
                out.size = compressor.compress(page.array, 0, page.size, out.array, 0, out.array.length);
            }
            case GZIP -> {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream(page.size / 2 + 64);
                try (GZIPOutputStream gzip = new GZIPOutputStream(bytes, 8192)) {
                    gzip.write(page.array, 0, page.size);
                } catch (IOException e) {
                    throw WindrowException.of(ParquetError.WRITE_FAILED, "Compressing a page with gzip", e);
                }
                byte[] compressed = bytes.toByteArray();
                out.put(compressed, 0, compressed.length);
            }
        }
    }

    @Override
    public void close() {
        if (zstd != null) {
            zstd.close();
        }
    }
}
