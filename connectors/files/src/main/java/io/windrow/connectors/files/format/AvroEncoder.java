package io.windrow.connectors.files.format;

import com.github.luben.zstd.Zstd;
import io.windrow.api.schema.StreamSchema;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.xerial.snappy.Snappy;

/** Avro object container files: a header, then blocks of rows, each compressed and followed by the file's marker. */
final class AvroEncoder implements RowEncoder {
    private static final int BLOCK = 1 << 18;

    private final StreamSchema schema;
    private final Compression compression;
    private final TextOutput file;
    private final ByteArrayOutputStream block = new ByteArrayOutputStream(BLOCK);
    private final TextOutput rowOut = new TextOutput(block);
    private final byte[] marker;
    private long rowsInBlock;

    AvroEncoder(StreamSchema schema, Compression compression, CountedOutput out) {
        this.schema = schema;
        this.compression = compression;
        this.file = new TextOutput(out);
        UUID random = UUID.randomUUID();
        marker = ByteBuffer.allocate(16)
                .putLong(random.getMostSignificantBits()).putLong(random.getLeastSignificantBits()).array();
        file.ascii("Obj\u0001");
        AvroCells.zigzag(file, 2);
        text("avro.schema");
        text(AvroSchemas.of(schema).toString());
        text("avro.codec");
        text(switch (compression) {
            case AUTO, ZSTD -> "zstandard";
            case GZIP -> "deflate";
            case SNAPPY -> "snappy";
            case NONE, LZ4 -> "null";
        });
        file.put(0);
        file.bytes(marker, 0, marker.length);
    }

    private void text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        AvroCells.zigzag(file, utf8.length);
        file.bytes(utf8, 0, utf8.length);
    }

    @Override
    public void write(VectorSchemaRoot rows) {
        Cell record = AvroCells.record(schema.columns(), rows.getFieldVectors());
        for (int row = 0; row < rows.getRowCount(); row++) {
            record.write(rowOut, row);
            rowsInBlock++;
            if (block.size() + rowOut.buffered() >= BLOCK) {
                endBlock();
            }
        }
    }

    private void endBlock() {
        if (rowsInBlock == 0) {
            return;
        }
        rowOut.flush();
        byte[] data = compressed(block.toByteArray());
        AvroCells.zigzag(file, rowsInBlock);
        AvroCells.zigzag(file, data.length);
        file.bytes(data, 0, data.length);
        file.bytes(marker, 0, marker.length);
        block.reset();
        rowsInBlock = 0;
    }

    private byte[] compressed(byte[] data) {
        return switch (compression) {
            case AUTO, ZSTD -> Zstd.compress(data, 3);
            case GZIP -> deflated(data);
            case SNAPPY -> snappy(data);
            case NONE, LZ4 -> data;
        };
    }

    private static byte[] deflated(byte[] data) {
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try {
            deflater.setInput(data);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream(data.length / 2 + 64);
            byte[] part = new byte[1 << 14];
            while (!deflater.finished()) {
                out.write(part, 0, deflater.deflate(part));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static byte[] snappy(byte[] data) {
        try {
            byte[] packed = Snappy.compress(data);
            CRC32 crc = new CRC32();
            crc.update(data);
            byte[] whole = Arrays.copyOf(packed, packed.length + 4);
            ByteBuffer.wrap(whole).putInt(packed.length, (int) crc.getValue());
            return whole;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long buffered() {
        return block.size() + rowOut.buffered() + file.buffered();
    }

    @Override
    public Written finish() {
        endBlock();
        file.flush();
        return Written.NOTHING_MORE;
    }

    @Override
    public void close() {
        // Everything is on the heap.
    }
}
