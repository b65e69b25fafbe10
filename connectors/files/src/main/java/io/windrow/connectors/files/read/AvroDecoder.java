package io.windrow.connectors.files.read;

import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import io.windrow.connectors.files.format.AvroSchemas;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/** Avro container files by the Avro library. */
final class AvroDecoder implements RowCursor {
    private final StreamSchema schema;
    private final DataFileReader<GenericRecord> reader;
    private final int[] places;
    private @Nullable GenericRecord record;

    AvroDecoder(StreamSchema schema, Content content) throws IOException {
        this.schema = schema;
        reader = new DataFileReader<>(new AvroInput(content.channel()), new GenericDatumReader<>());
        List<String> names = new ArrayList<>();
        for (Schema.Field field : reader.getSchema().getFields()) {
            String exact = field.getProp(AvroSchemas.NAME);
            names.add(exact == null ? field.name() : exact);
        }
        places = new int[schema.columns().size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = names.indexOf(schema.columns().get(i).name());
        }
    }

    /** Rows by the counts of the blocks, all of which are read and, if compressed, expanded. */
    static long count(Content content) throws IOException {
        try (DataFileReader<GenericRecord> reader =
                new DataFileReader<>(new AvroInput(content.channel()), new GenericDatumReader<GenericRecord>())) {
            long rows = 0;
            while (reader.hasNext()) {
                reader.nextBlock();
                rows += reader.getBlockCount();
            }
            return rows;
        } catch (AvroRuntimeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public boolean next() throws IOException {
        try {
            if (!reader.hasNext()) {
                return false;
            }
            record = reader.next(record);
            return true;
        } catch (AvroRuntimeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public @Nullable Object value(int column) {
        GenericRecord row = record;
        return row == null || places[column] < 0
                ? null
                : value(row.get(places[column]), schema.columns().get(column).type());
    }

    private static @Nullable Object value(@Nullable Object raw, ColumnType type) {
        return switch (raw) {
            case null -> null;
            case Utf8 text when type instanceof ColumnType.Uuid ->
                    HexFormat.of().parseHex(text.toString().replace("-", ""));
            case Utf8 text -> text.toString().getBytes(StandardCharsets.UTF_8);
            case ByteBuffer bytes -> {
                byte[] array = new byte[bytes.remaining()];
                bytes.duplicate().get(array);
                yield switch (type) {
                    case ColumnType.Decimal t -> new BigDecimal(new BigInteger(array), t.scale());
                    case ColumnType.Int ignored -> new BigInteger(array).longValue();
                    default -> array;
                };
            }
            case List<?> list -> {
                ColumnType element = ((ColumnType.ListOf) type).element().type();
                List<@Nullable Object> items = new ArrayList<>(list.size());
                for (Object item : list) {
                    items.add(value(item, element));
                }
                yield items;
            }
            case GenericRecord nested -> {
                List<Column> children = ArrowTypes.children(type);
                List<@Nullable Object> fields = new ArrayList<>(children.size());
                for (int i = 0; i < children.size(); i++) {
                    fields.add(value(nested.get(i), children.get(i).type()));
                }
                yield fields;
            }
            case Object other -> other;
        };
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
