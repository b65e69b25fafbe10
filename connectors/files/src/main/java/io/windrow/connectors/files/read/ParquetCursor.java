package io.windrow.connectors.files.read;

import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import dev.hardwood.row.PqList;
import dev.hardwood.row.StructAccessor;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Parquet by hardwood, which shares no code with our writer. */
final class ParquetCursor implements RowCursor {
    private final StreamSchema schema;
    private final InputFile input;
    private final ParquetFileReader reader;
    private final RowReader rows;
    private final int[] places;

    ParquetCursor(StreamSchema schema, Content content) throws IOException {
        this.schema = schema;
        input = content.parquet();
        try {
            reader = ParquetFileReader.open(input);
        } catch (IOException | RuntimeException e) {
            input.close();
            throw e;
        }
        try {
            rows = reader.rowReader();
        } catch (RuntimeException e) {
            reader.close();
            input.close();
            throw e;
        }
        Map<String, Integer> names = new HashMap<>();
        for (int i = 0; i < rows.getFieldCount(); i++) {
            names.put(rows.getFieldName(i), i);
        }
        places = new int[schema.columns().size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = names.getOrDefault(schema.columns().get(i).name(), -1);
        }
    }

    @Override
    public boolean next() {
        if (!rows.hasNext()) {
            return false;
        }
        rows.next();
        return true;
    }

    @Override
    public @Nullable Object value(int column) {
        if (places[column] < 0) {
            return null;
        }
        ColumnType type = schema.columns().get(column).type();
        return value(rows.getRawValue(places[column]), type, () -> rows.getValue(places[column]));
    }

    /** The logical value is asked for only where the raw one does not say it all: the scale of a decimal is the file's. */
    private static @Nullable Object value(@Nullable Object raw, ColumnType type, Supplier<@Nullable Object> logical) {
        return switch (raw) {
            case null -> null;
            case PqList list -> {
                ColumnType element = ((ColumnType.ListOf) type).element().type();
                List<@Nullable Object> items = new ArrayList<>(list.size());
                for (int i = 0; i < list.size(); i++) {
                    int at = i;
                    items.add(value(list.getRaw(i), element, () -> list.get(at)));
                }
                yield items;
            }
            case StructAccessor struct -> {
                List<Column> children = ArrowTypes.children(type);
                List<@Nullable Object> fields = new ArrayList<>(children.size());
                for (Column child : children) {
                    fields.add(value(struct.getRawValue(child.name()), child.type(), () -> struct.getValue(child.name())));
                }
                yield fields;
            }
            case Object ignored when type instanceof ColumnType.Decimal -> logical.get();
            case Integer bits when type instanceof ColumnType.Int t && !t.signed() -> Integer.toUnsignedLong(bits);
            case Object other -> other;
        };
    }

    @Override
    public void close() throws IOException {
        rows.close();
        reader.close();
        input.close();
    }
}
