package io.windrow.connectors.files.format;

import io.windrow.api.schema.StreamSchema;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.arrow.vector.VectorSchemaRoot;

/** JSON Lines: an object a row with all columns in schema order, UTF-8, each line ended by a line feed. */
final class JsonLinesEncoder implements RowEncoder {
    private final StreamSchema schema;
    private final OutputStream stream;
    private final TextOutput out;

    JsonLinesEncoder(StreamSchema schema, OutputStream stream) {
        this.schema = schema;
        this.stream = stream;
        this.out = new TextOutput(stream);
    }

    @Override
    public void write(VectorSchemaRoot rows) {
        Cell line = JsonCells.object(schema.columns(), rows.getFieldVectors());
        for (int row = 0; row < rows.getRowCount(); row++) {
            line.write(out, row);
            out.put('\n');
        }
    }

    @Override
    public long buffered() {
        return out.buffered();
    }

    @Override
    public Written finish() {
        out.flush();
        try {
            stream.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Written.NOTHING_MORE;
    }

    @Override
    public void close() {
        // Text is buffered on the heap, and closing a compressor would write its end.
    }
}
