package io.windrow.connectors.files.parquet;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import io.windrow.api.error.WindrowException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/** Compresses one page at a time into a reused buffer. One thread; close it. */
final class PageCompressor implements AutoCloseable {
    private static final int PIECE = 64 << 10;

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

    /** Takes compressed bytes, in order; the array is reused. */
    interface Pieces {
        void take(byte[] bytes, int from, int length);
    }

    /**
     * Compresses a page that begins with {@code begin} and goes on with one large value in direct memory. Zstandard, gzip
     * and no compression work in pieces; Snappy and LZ4 are formats of whole blocks and hold the page and its compressed form.
     */
    void compress(ByteSink begin, ByteBuffer large, Pieces out) {
        switch (codec) {
            case NONE -> {
                out.take(begin.array, 0, begin.size);
                copy(large, out);
            }
            case ZSTD -> zstd(begin, large, out);
            case GZIP -> {
                try (GZIPOutputStream gzip = new GZIPOutputStream(new PieceStream(out), 8192)) {
                    gzip.write(begin.array, 0, begin.size);
                    copy(large, (bytes, from, length) -> write(gzip, bytes, from, length));
                } catch (IOException e) {
                    throw WindrowException.of(ParquetError.WRITE_FAILED, "Compressing a page with gzip", e);
                }
            }
            case SNAPPY, LZ4_RAW -> {
                copy(large, begin::put);
                compress(begin);
                begin.clear();
                out.take(this.out.array, 0, this.out.size);
                this.out.clear();
            }
        }
    }

    private static void copy(ByteBuffer large, Pieces out) {
        byte[] piece = new byte[PIECE];
        while (large.hasRemaining()) {
            int length = Math.min(PIECE, large.remaining());
            large.get(piece, 0, length);
            out.take(piece, 0, length);
        }
    }

    private static void write(OutputStream out, byte[] bytes, int from, int length) {
        try {
            out.write(bytes, from, length);
        } catch (IOException e) {
            throw WindrowException.of(ParquetError.WRITE_FAILED, "Compressing a page", e);
        }
    }

    private void zstd(ByteSink begin, ByteBuffer large, Pieces out) {
        ZstdCompressCtx context = java.util.Objects.requireNonNull(zstd);
        context.setPledgedSrcSize(begin.size + (long) large.remaining());
        ByteBuffer first = ByteBuffer.allocateDirect(begin.size).put(begin.array, 0, begin.size).flip();
        ByteBuffer target = ByteBuffer.allocateDirect(PIECE);
        byte[] piece = new byte[PIECE];
        stream(context, first, EndDirective.CONTINUE, target, piece, out);
        stream(context, large, EndDirective.END, target, piece, out);
    }

    private static void stream(
            ZstdCompressCtx context, ByteBuffer source, EndDirective directive, ByteBuffer target, byte[] piece, Pieces out) {
        boolean done = false;
        while (!done) {
            boolean flushed = context.compressDirectByteBufferStream(target, source, directive);
            done = !source.hasRemaining() && (directive == EndDirective.CONTINUE || flushed);
            target.flip();
            int length = target.remaining();
            target.get(piece, 0, length);
            target.clear();
            out.take(piece, 0, length);
        }
    }

    private static final class PieceStream extends OutputStream {
        private final Pieces out;

        PieceStream(Pieces out) {
            this.out = out;
        }

        @Override
        public void write(int b) {
            out.take(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            out.take(bytes, from, length);
        }
    }

    @Override
    public void close() {
        if (zstd != null) {
            zstd.close();
        }
    }
}
