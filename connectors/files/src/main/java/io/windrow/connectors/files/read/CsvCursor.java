package io.windrow.connectors.files.read;

import com.fasterxml.jackson.core.JsonParser;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import io.windrow.connectors.files.format.CsvStyle;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** CSV by RFC 4180 with a null marker, read character by character. */
final class CsvCursor implements RowCursor {
    private final StreamSchema schema;
    private final CsvStyle style;
    private final BufferedReader in;
    private final int[] places;
    private final int width;
    private List<@Nullable String> record = new ArrayList<>();
    private boolean quoted;

    CsvCursor(StreamSchema schema, CsvStyle style, InputStream stream) throws IOException {
        this.schema = schema;
        this.style = style;
        this.in = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT)), 1 << 16);
        if (!read()) {
            throw new IOException("there is no header");
        }
        width = record.size();
        places = new int[schema.columns().size()];
        List<@Nullable String> header = new ArrayList<>();
        for (String name : record) {
            header.add(name == null ? null : restored(name));
        }
        for (int i = 0; i < places.length; i++) {
            places[i] = header.indexOf(schema.columns().get(i).name());
        }
    }

    private boolean read() throws IOException {
        record = new ArrayList<>(record.size());
        int c = in.read();
        if (c < 0) {
            return false;
        }
        while (true) {
            StringBuilder field = new StringBuilder();
            c = field(c, field);
            String text = field.toString();
            record.add(!quoted && text.equals(style.nullMarker()) ? null : text);
            if (c == style.delimiter()) {
                c = in.read();
            } else if (c == '\r' && in.read() == '\n') {
                return true;
            } else {
                throw new IOException("a record does not end in CR and LF");
            }
        }
    }

    /** Reads a field from its first character on; returns the character after it. */
    private int field(int first, StringBuilder field) throws IOException {
        quoted = first == '"';
        int c = quoted ? in.read() : first;
        while (true) {
            if (c < 0) {
                throw new IOException("the file ends within a record");
            }
            if (quoted && c == '"') {
                c = in.read();
                if (c != '"') {
                    return c;
                }
            } else if (!quoted && (c == style.delimiter() || c == '\r' || c == '\n')) {
                return c;
            }
            field.append((char) c);
            c = in.read();
        }
    }

    private String restored(String text) {
        boolean defused = style.formulas() == CsvStyle.Formulas.DEFUSE && text.startsWith("'");
        return defused ? text.substring(1) : text;
    }

    @Override
    public boolean next() throws IOException {
        if (!read()) {
            return false;
        }
        if (record.size() != width) {
            throw new IOException("a record has " + record.size() + " fields, the header " + width);
        }
        return true;
    }

    @Override
    public @Nullable Object value(int column) throws IOException {
        String text = places[column] < 0 ? null : record.get(places[column]);
        if (text == null) {
            return null;
        }
        Column described = schema.columns().get(column);
        return switch (described.type()) {
            case ColumnType.Text ignored -> TextValues.parse(described, restored(text));
            case ColumnType.Json ignored -> TextValues.parse(described, restored(text));
            case ColumnType.ListOf ignored -> json(described, text);
            case ColumnType.Struct ignored -> json(described, text);
            case ColumnType.Interval ignored -> json(described, text);
            case ColumnType.Bool ignored -> TextValues.parse(described, text);
            case ColumnType.Int ignored -> TextValues.parse(described, text);
            case ColumnType.Float ignored -> TextValues.parse(described, text);
            case ColumnType.Decimal ignored -> TextValues.parse(described, text);
            case ColumnType.Bytes ignored -> TextValues.parse(described, restored(text));
            case ColumnType.Uuid ignored -> TextValues.parse(described, text);
            case ColumnType.Date ignored -> TextValues.parse(described, text);
            case ColumnType.Time ignored -> TextValues.parse(described, text);
            case ColumnType.Timestamp ignored -> TextValues.parse(described, text);
        };
    }

    private static Object json(Column column, String text) throws IOException {
        try (JsonParser parser = JsonValues.JSON.createParser(text)) {
            parser.nextToken();
            Object value = JsonValues.value(parser, column);
            if (value == null || parser.nextToken() != null) {
                throw UnfitValue.text(column, text);
            }
            return value;
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
