package io.windrow.connectors.files.read;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.schema.StreamSchema;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** JSON Lines by Jackson. */
final class JsonLinesCursor implements RowCursor {
    private final StreamSchema schema;
    private final JsonParser in;
    private final @Nullable Object[] values;
    private @Nullable BitSet present;

    JsonLinesCursor(StreamSchema schema, InputStream stream) throws IOException {
        this.schema = schema;
        this.in = JsonValues.JSON.createParser(stream);
        this.values = new Object[schema.columns().size()];
    }

    @Override
    public boolean next() throws IOException {
        JsonToken token = in.nextToken();
        if (token == null) {
            return false;
        }
        if (token != JsonToken.START_OBJECT) {
            throw new IOException("a line holds no object");
        }
        Arrays.fill(values, null);
        BitSet found = JsonValues.members(in, schema.columns(), values);
        if (present == null) {
            present = found;
        } else if (!present.equals(found)) {
            throw new IOException("a line has other members than the first one");
        }
        return true;
    }

    @Override
    public @Nullable Object value(int column) {
        return values[column];
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
