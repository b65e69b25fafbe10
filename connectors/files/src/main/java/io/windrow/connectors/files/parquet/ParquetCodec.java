package io.windrow.connectors.files.parquet;

import org.apache.parquet.format.CompressionCodec;

/** How pages are compressed. */
public enum ParquetCodec {
    /** Not at all. */
    NONE(CompressionCodec.UNCOMPRESSED),
    /** Snappy: fast, weak. */
    SNAPPY(CompressionCodec.SNAPPY),
    /** Gzip by the JDK: slow, read by everything. */
    GZIP(CompressionCodec.GZIP),
    /** Zstandard: the default. */
    ZSTD(CompressionCodec.ZSTD),
    /** LZ4 blocks without a frame. */
    LZ4_RAW(CompressionCodec.LZ4_RAW);

    private final CompressionCodec format;

    ParquetCodec(CompressionCodec format) {
        this.format = format;
    }

    CompressionCodec format() {
        return format;
    }

    static ParquetCodec of(CompressionCodec format) {
        for (ParquetCodec codec : values()) {
            if (codec.format == format) {
                return codec;
            }
        }
        throw new IllegalArgumentException("No page of ours is compressed with " + format);
    }
}
