package io.windrow.connectors.files.format;

import io.windrow.api.schema.StreamSchema;
import io.windrow.connectors.files.parquet.ParquetCodec;
import io.windrow.connectors.files.parquet.ParquetFileWriter;
import io.windrow.connectors.files.parquet.ParquetOptions;
import java.util.Optional;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Parquet by our own page writer. */
final class ParquetEncoder implements RowEncoder {
    private final ParquetFileWriter writer;

    ParquetEncoder(StreamSchema schema, Compression compression, long memory, CountedOutput out) {
        ParquetCodec codec = switch (compression) {
            case AUTO, ZSTD -> ParquetCodec.ZSTD;
            case NONE -> ParquetCodec.NONE;
            case GZIP -> ParquetCodec.GZIP;
            case SNAPPY -> ParquetCodec.SNAPPY;
            case LZ4 -> ParquetCodec.LZ4_RAW;
        };
        ParquetOptions options = ParquetOptions.defaults();
        long rowGroup = Math.min(options.rowGroupBytes(), memory);
        writer = new ParquetFileWriter(schema, options.codec(codec).rowGroupBytes(rowGroup), out::append);
    }

    @Override
    public void write(VectorSchemaRoot rows) {
        writer.write(rows);
    }

    @Override
    public long buffered() {
        return writer.bufferedBytes();
    }

    @Override
    public Written finish() {
        return new Written(Optional.of(writer.finish()));
    }

    @Override
    public void close() {
        writer.close();
    }
}
