package io.windrow.connectors.files.read;

import io.windrow.api.context.Sealing;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamSchema;
import io.windrow.connectors.files.format.Compression;
import io.windrow.connectors.files.format.CsvStyle;
import io.windrow.connectors.files.format.Format;
import io.windrow.connectors.files.tree.FileTree;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import org.apache.arrow.memory.BufferAllocator;

/** Opens decoders. */
public final class Decoders {
    private Decoders() {}

    /**
     * Opens a file whose name says its format, since the settings may have changed since it was written. Otherwise like
     * {@link #open(Content, Format, Compression, StreamSchema, CsvStyle, BufferAllocator)}.
     */
    public static FileDecoder open(
            Content content, StreamSchema schema, CsvStyle csv, BufferAllocator allocator) {
        String path = content.isSealed()
                ? content.path().substring(0, content.path().length() - Sealing.SUFFIX.length())
                : content.path();
        Compression compression = path.endsWith(".gz")
                ? Compression.GZIP
                : path.endsWith(".zst") ? Compression.ZSTD : Compression.NONE;
        String name = path.substring(path.lastIndexOf('/') + 1);
        for (Format format : Format.values()) {
            if (name.endsWith(format.extension()) || name.endsWith(format.extension() + ".gz")
                    || name.endsWith(format.extension() + ".zst")) {
                return open(content, format, compression, schema, csv, allocator);
            }
        }
        throw WindrowException.of(ReadError.FILE_DAMAGED, "Reading " + path + ": its extension is no format's");
    }

    /**
     * Opens a file for reading by the given schema; columns are found by exact name, and one that the file lacks is null.
     *
     * @param csv how CSV was written
     */
    public static FileDecoder open(
            Content content,
            Format format,
            Compression compression,
            StreamSchema schema,
            CsvStyle csv,
            BufferAllocator allocator) {
        String path = content.path();
        try {
            return switch (format) {
                case JSONL -> new RowDecoder(path, schema,
                        new JsonLinesCursor(schema, ReadBack.decompressed(content.stream(), compression)), allocator);
                case CSV -> new RowDecoder(path, schema,
                        new CsvCursor(schema, csv, ReadBack.decompressed(content.stream(), compression)), allocator);
                case PARQUET -> new RowDecoder(path, schema, new ParquetCursor(schema, content), allocator);
                case AVRO -> new RowDecoder(path, schema, new AvroDecoder(schema, content), allocator);
                case ARROW, ARROW_STREAM -> new ArrowDecoder(schema, content, format, allocator);
            };
        } catch (WindrowException e) {
            throw e;
        } catch (IOException e) {
            throw WindrowException.of(ReadError.FILE_DAMAGED, "Opening " + path + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw damaged("Opening " + path, e);
        }
    }

    /**
     * What a library says of bytes that it cannot decode: each has exceptions of its own, and their texts may quote
     * values (I11).
     */
    static WindrowException damaged(String doing, RuntimeException e) {
        return WindrowException.of(
                ReadError.FILE_DAMAGED, doing + ": the bytes cannot be decoded (" + e.getClass().getSimpleName() + ")", e);
    }

    /** The CRC-32C of a whole file. */
    public static long checksum(FileTree tree, String path) {
        CRC32C crc = new CRC32C();
        try (InputStream in = new CheckedInputStream(tree.open(path), crc)) {
            byte[] buffer = new byte[1 << 16];
            while (in.read(buffer) >= 0) {
                continue;
            }
            return crc.getValue();
        } catch (IOException e) {
            throw WindrowException.of(ReadError.FILE_DAMAGED, "Reading " + path + ": " + e.getMessage(), e);
        }
    }
}
