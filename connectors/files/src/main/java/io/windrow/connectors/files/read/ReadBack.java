package io.windrow.connectors.files.read;

import com.github.luben.zstd.ZstdInputStream;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamSchema;
import io.windrow.connectors.files.format.Compression;
import io.windrow.connectors.files.format.Format;
import io.windrow.connectors.files.format.Written;
import io.windrow.connectors.files.parquet.ParquetInput;
import io.windrow.connectors.files.parquet.ParquetReadBack;
import io.windrow.connectors.files.parquet.ParquetWritten;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.util.Optional;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.GZIPInputStream;
import org.apache.arrow.memory.BufferAllocator;

/** Counts the rows of a file that was just written, from the file itself. */
public final class ReadBack {
    private static final int BUFFER = 1 << 16;

    private ReadBack() {}

    /**
     * What the file holds.
     *
     * @param rows rows counted in the file
     * @param crc32c checksum of all bytes, if all were read
     * @param how one line for the ledger
     */
    public record Count(long rows, Optional<Long> crc32c, String how) {}

    /** Counts the rows and compares what the encoder said. Text is read whole; Parquet by its footer and sampled pages. */
    public static Count count(
            Content content,
            Format format,
            Compression compression,
            StreamSchema schema,
            Written written,
            BufferAllocator allocator) {
        if (written.parquet().isPresent()) {
            return parquet(content, schema, written.parquet().get());
        }
        CRC32C crc = new CRC32C();
        try (InputStream file = new CheckedInputStream(content.stream(), crc)) {
            long rows = switch (format) {
                case JSONL -> lines(decompressed(file, compression));
                case CSV -> records(decompressed(file, compression)) - 1;
                case ARROW, ARROW_STREAM -> ArrowDecoder.count(content, format, allocator);
                case AVRO -> AvroDecoder.count(content);
                case PARQUET -> throw new IOException("the encoder left no proof");
            };
            file.transferTo(OutputStream.nullOutputStream());
            // What lies in the file is what the checksum is of.
            long checksum = content.isSealed() ? Decoders.checksum(content.tree(), content.path()) : crc.getValue();
            return new Count(rows, Optional.of(checksum), "rows counted in the file, checksum of every byte");
        } catch (IOException e) {
            throw WindrowException.of(ReadError.FILE_DAMAGED, "Reading back " + content.path() + ": " + e.getMessage(), e);
        }
    }

    private static Count parquet(Content content, StreamSchema schema, ParquetWritten written) {
        try (SeekableByteChannel channel = content.channel()) {
            ParquetReadBack.Proven proven = ParquetReadBack.prove(ParquetInput.of(channel), schema, written);
            return new Count(proven.rows(), Optional.empty(),
                    "rows by the footer, " + proven.pages() + " sampled pages decoded (" + proven.bytes() + " bytes)");
        } catch (IOException e) {
            throw WindrowException.of(ReadError.FILE_DAMAGED, "Reading back " + content.path() + ": " + e.getMessage(), e);
        }
    }

    /** The stream without its compression. */
    static InputStream decompressed(InputStream in, Compression compression) throws IOException {
        return switch (compression) {
            case GZIP -> new GZIPInputStream(in, BUFFER);
            case ZSTD -> new ZstdInputStream(in);
            case AUTO, NONE, SNAPPY, LZ4 -> in;
        };
    }

    private static long lines(InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long lines = 0;
        int last = '\n';
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            for (int i = 0; i < n; i++) {
                if (buffer[i] == '\n') {
                    lines++;
                }
            }
            last = n > 0 ? buffer[n - 1] : last;
        }
        if (last != '\n') {
            throw new IOException("the last line has no end");
        }
        return lines;
    }

    private static long records(InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long records = 0;
        boolean quoted = false;
        int last = '\n';
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            for (int i = 0; i < n; i++) {
                int b = buffer[i];
                if (b == '"') {
                    quoted = !quoted;
                } else if (b == '\n' && !quoted) {
                    records++;
                }
            }
            last = n > 0 ? buffer[n - 1] : last;
        }
        if (quoted || last != '\n') {
            throw new IOException("the last record has no end");
        }
        return records;
    }
}
