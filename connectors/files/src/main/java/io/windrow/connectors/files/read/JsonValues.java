package io.windrow.connectors.files.read;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Values from JSON, by Jackson. */
final class JsonValues {
    static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE).maxNumberLength(10_000).maxNestingDepth(1000).build())
            .build();

    /** Floats that JSON has no numbers for. */
    private static final Set<String> NO_NUMBERS = Set.of("NaN", "Infinity", "-Infinity");

    private JsonValues() {}

    /** The value at the parser's current token; leaves the parser at the value's last token. */
    static @Nullable Object value(JsonParser in, Column column) throws IOException {
        JsonToken token = in.currentToken();
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        return switch (column.type()) {
            case ColumnType.ListOf list -> {
                require(token == JsonToken.START_ARRAY, column);
                List<@Nullable Object> items = new ArrayList<>();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(in, list.element()));
                }
                yield items;
            }
            case ColumnType.Struct t -> object(in, column, ArrowTypes.children(t));
            case ColumnType.Interval t -> object(in, column, ArrowTypes.children(t));
            case ColumnType.Bool ignored -> bare(in, token.isBoolean(), column);
            case ColumnType.Int ignored -> bare(in, token.isNumeric(), column);
            case ColumnType.Decimal ignored -> bare(in, token.isNumeric(), column);
            case ColumnType.Float ignored -> bare(in, token.isNumeric() || NO_NUMBERS.contains(in.getText()), column);
            case ColumnType.Text ignored -> text(in, token, column);
            case ColumnType.Json ignored -> text(in, token, column);
            case ColumnType.Bytes ignored -> text(in, token, column);
            case ColumnType.Uuid ignored -> text(in, token, column);
            case ColumnType.Date ignored -> text(in, token, column);
            case ColumnType.Time ignored -> text(in, token, column);
            case ColumnType.Timestamp ignored -> text(in, token, column);
        };
    }

    private static Object bare(JsonParser in, boolean fits, Column column) throws IOException {
        require(fits, column);
        return TextValues.parse(column, in.getText());
    }

    private static Object text(JsonParser in, JsonToken token, Column column) throws IOException {
        require(token == JsonToken.VALUE_STRING, column);
        return TextValues.parse(column, in.getText());
    }

    private static Object object(JsonParser in, Column column, List<Column> children) throws IOException {
        require(in.currentToken() == JsonToken.START_OBJECT, column);
        @Nullable Object[] values = new Object[children.size()];
        members(in, children, values);
        return Arrays.asList(values);
    }

    /** Reads the members of the object that the parser stands at; returns which columns it has. */
    static BitSet members(JsonParser in, List<Column> columns, @Nullable Object[] values) throws IOException {
        BitSet found = new BitSet(columns.size());
        int expected = 0;
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            in.nextToken();
            int at = expected < columns.size() && columns.get(expected).name().equals(name) ? expected : -1;
            for (int i = 0; at < 0 && i < columns.size(); i++) {
                at = columns.get(i).name().equals(name) ? i : -1;
            }
            if (at < 0) {
                in.skipChildren();
            } else if (found.get(at)) {
                throw new UnfitValue(columns.get(at), "the second member of that name");
            } else {
                values[at] = value(in, columns.get(at));
                found.set(at);
                expected = at + 1;
            }
        }
        return found;
    }

    private static void require(boolean fits, Column column) throws UnfitValue {
        if (!fits) {
            throw new UnfitValue(column, "another kind of JSON value");
        }
    }
}
