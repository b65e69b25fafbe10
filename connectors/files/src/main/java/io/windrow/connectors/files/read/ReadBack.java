package io.windrow.connectors.files.read;

import com.github.luben.zstd.ZstdInputStream;
import io.windrow.api.error.WindrowException;
import io.windrow.connectors.files.format.Compression;
import io.windrow.connectors.files.format.Format;
import io.windrow.connectors.files.tree.FileTree;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.GZIPInputStream;

/** Counts the rows of a file that was just written, from the file itself. */
public final class ReadBack {
    private static final int BUFFER = 1 << 16;

    private ReadBack() {}

    /**
     * What the file holds.
     *
     * @param rows rows counted in the decoded file
     * @param crc32c checksum of the file's bytes
     * @param how one line for the ledger
     */
    public record Count(long rows, long crc32c, String how) {}

    /** Reads the file once. */
    public static Count count(FileTree tree, String path, Format format, Compression compression) {
        CRC32C crc = new CRC32C();
        try (InputStream file = new CheckedInputStream(new BufferedInputStream(tree.open(path), BUFFER), crc)) {
            long rows = switch (format) {
                case JSONL -> lines(decompressed(file, compression));
                case CSV -> records(decompressed(file, compression)) - 1;
                case PARQUET, ARROW, ARROW_STREAM, AVRO -> throw new IOException("no reader for " + format);
            };
            file.transferTo(java.io.OutputStream.nullOutputStream());
            return new Count(rows, crc.getValue(), "rows counted in the decoded file, checksum of every byte");
        } catch (IOException e) {
            throw WindrowException.of(ReadError.FILE_DAMAGED, "Reading back " + path + ": " + e.getMessage(), e);
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
