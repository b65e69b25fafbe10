package io.windrow.connectors.files.format;

import java.util.Set;

/** How files are compressed: pages of Parquet, blocks of Avro, the whole file for text. */
public enum Compression {
    /** What suits the format: zstd for Parquet and Avro, nothing for the others. */
    AUTO,
    NONE,
    ZSTD,
    GZIP,
    SNAPPY,
    LZ4;

    /** What {@link #AUTO} means for the format; any other value stands for itself. */
    public Compression resolve(Format format) {
        if (this != AUTO) {
            return this;
        }
        return switch (format) {
            case PARQUET, AVRO -> ZSTD;
            case JSONL, CSV, ARROW, ARROW_STREAM -> NONE;
        };
    }

    /** What fits the format besides {@link #AUTO}. */
    public static Set<Compression> fitting(Format format) {
        return switch (format) {
            case PARQUET -> Set.of(NONE, ZSTD, GZIP, SNAPPY, LZ4);
            case AVRO -> Set.of(NONE, ZSTD, GZIP, SNAPPY);
            case JSONL, CSV -> Set.of(NONE, ZSTD, GZIP);
            case ARROW, ARROW_STREAM -> Set.of(NONE);
        };
    }

    /** What a text file's name ends in after the format's extension; empty for formats that compress within. */
    public String suffix(Format format) {
        if (format != Format.JSONL && format != Format.CSV) {
            return "";
        }
        return switch (resolve(format)) {
            case GZIP -> ".gz";
            case ZSTD -> ".zst";
            case AUTO, NONE, SNAPPY, LZ4 -> "";
        };
    }
}
