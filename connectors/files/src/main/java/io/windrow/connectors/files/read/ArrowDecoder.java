package io.windrow.connectors.files.read;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamSchema;
import io.windrow.connectors.files.format.Format;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ReadChannel;
import org.apache.arrow.vector.ipc.message.MessageChannelReader;
import org.apache.arrow.vector.ipc.message.MessageResult;
import org.apache.arrow.vector.util.TransferPair;
import org.apache.arrow.vector.util.ValueVectorUtility;

/** Arrow IPC by the Arrow library. */
final class ArrowDecoder implements FileDecoder {
    private final String path;
    private final StreamSchema schema;
    private final BufferAllocator allocator;
    private final ArrowReader reader;

    ArrowDecoder(StreamSchema schema, Content content, Format format, BufferAllocator allocator) throws IOException {
        this.path = content.path();
        this.schema = schema;
        this.allocator = allocator;
        this.reader = open(content, format, allocator);
    }

    private static ArrowReader open(Content content, Format format, BufferAllocator allocator) throws IOException {
        SeekableByteChannel channel = content.channel();
        return format == Format.ARROW
                ? new ArrowFileReader(channel, allocator)
                : new ArrowStreamReader(new BoundedMessages(channel, allocator), allocator);
    }

    /** Messages no longer than the file: the library makes room for what a message says of itself before it reads on. */
    private static final class BoundedMessages extends MessageChannelReader {
        private static final int CONTINUATION = -1;

        private final SeekableByteChannel channel;

        BoundedMessages(SeekableByteChannel channel, BufferAllocator allocator) {
            super(new ReadChannel(channel), allocator);
            this.channel = channel;
        }

        @Override
        public MessageResult readNext() throws IOException {
            long begin = channel.position();
            ByteBuffer prefix = ByteBuffer.allocate(2 * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            while (prefix.hasRemaining() && channel.read(prefix) > 0) {
                // A short read goes on; at the file's end the library finds what is missing.
            }
            channel.position(begin);
            if (!prefix.hasRemaining()) {
                int length = prefix.getInt(0) == CONTINUATION ? prefix.getInt(Integer.BYTES) : prefix.getInt(0);
                if (length > channel.size() - begin) {
                    throw new IOException("a message of " + length + " bytes where " + (channel.size() - begin) + " are left");
                }
            }
            return super.readNext();
        }
    }

    static long count(Content content, Format format, BufferAllocator allocator) throws IOException {
        try (ArrowReader reader = open(content, format, allocator)) {
            long rows = 0;
            while (reader.loadNextBatch()) {
                rows += reader.getVectorSchemaRoot().getRowCount();
            }
            return rows;
        }
    }

    @Override
    public Optional<VectorSchemaRoot> next() {
        try {
            if (!reader.loadNextBatch()) {
                return Optional.empty();
            }
            VectorSchemaRoot from = reader.getVectorSchemaRoot();
            ValueVectorUtility.validate(from);
            int rows = from.getRowCount();
            for (Column column : schema.columns()) {
                FieldVector vector = from.getVector(column.name());
                if (vector != null) {
                    ArrowValues.require(vector, column, rows);
                }
            }
            List<FieldVector> vectors = new ArrayList<>();
            for (Column column : schema.columns()) {
                vectors.add(moved(from, column, rows));
            }
            VectorSchemaRoot root = new VectorSchemaRoot(vectors);
            root.setRowCount(rows);
            return Optional.of(root);
        } catch (UnfitValue e) {
            throw WindrowException.of(ReadError.VALUE_UNREADABLE, "Reading " + path + ", " + e.getMessage());
        } catch (IOException e) {
            throw WindrowException.of(ReadError.FILE_DAMAGED, "Reading " + path + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw Decoders.damaged("Reading " + path, e);
        }
    }

    /** The column's vector, taken from the reader; nulls if the file lacks the column. */
    private FieldVector moved(VectorSchemaRoot from, Column column, int rows) {
        FieldVector source = from.getVector(column.name());
        if (source == null) {
            FieldVector nulls = ArrowTypes.field(column).createVector(allocator);
            for (int i = 0; i < rows; i++) {
                nulls.setNull(i);
            }
            nulls.setValueCount(rows);
            return nulls;
        }
        TransferPair pair = source.getTransferPair(ArrowTypes.field(column), allocator);
        pair.transfer();
        return (FieldVector) pair.getTo();
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            throw WindrowException.of(ReadError.FILE_DAMAGED, "Closing " + path + ": " + e.getMessage(), e);
        }
    }
}
