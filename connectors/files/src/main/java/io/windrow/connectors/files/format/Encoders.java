package io.windrow.connectors.files.format;

import com.github.luben.zstd.ZstdOutputStream;
import io.windrow.api.schema.StreamSchema;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;
import org.apache.arrow.memory.BufferAllocator;

/** Opens encoders. */
public final class Encoders {
    private static final int ZSTD_LEVEL = 3;

    private Encoders() {}

    /**
     * Opens the encoder of a format.
     *
     * @param compression one that fits the format, not {@link Compression#AUTO}
     * @param csv used for {@link Format#CSV} only
     * @param memory the bytes that the encoder may hold, roughly (a row group of Parquet)
     * @param allocator for formats that need Arrow buffers of their own
     */
    public static RowEncoder open(
            Format format,
            Compression compression,
            StreamSchema schema,
            CsvStyle csv,
            long memory,
            BufferAllocator allocator,
            CountedOutput out) {
        return switch (format) {
            case JSONL -> new JsonLinesEncoder(schema, compressed(compression, out));
            case CSV -> new CsvEncoder(schema, csv, compressed(compression, out));
            case PARQUET -> new ParquetEncoder(schema, compression, memory, out);
            case ARROW, ARROW_STREAM -> new ArrowEncoder(format, schema, allocator, out);
            case AVRO -> new AvroEncoder(schema, compression, out);
        };
    }

    private static OutputStream compressed(Compression compression, OutputStream out) {
        try {
            return switch (compression) {
                case GZIP -> new GZIPOutputStream(out, 1 << 16);
                case ZSTD -> new ZstdOutputStream(out, ZSTD_LEVEL).setChecksum(true);
                case AUTO, NONE, SNAPPY, LZ4 -> out;
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
