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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericData;
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
        // Decimals arrive with the scale that the file gives them.
        GenericData decimals = new GenericData();
        decimals.addLogicalTypeConversion(new Conversions.DecimalConversion());
        reader = new DataFileReader<>(new AvroInput(content.channel()), new GenericDatumReader<>(null, null, decimals));
        places = new int[schema.columns().size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = place(reader.getSchema(), i, schema.columns().get(i));
        }
    }

    /** Where the record has the column: most often at the same place; -1: nowhere. */
    private static int place(Schema record, int expected, Column column) {
        List<Schema.Field> fields = record.getFields();
        if (expected < fields.size() && name(fields.get(expected)).equals(column.name())) {
            return expected;
        }
        return fields.stream().map(AvroDecoder::name).toList().indexOf(column.name());
    }

    private static String name(Schema.Field field) {
        String exact = field.getProp(AvroSchemas.NAME);
        return exact == null ? field.name() : exact;
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
    public @Nullable Object value(int column) throws IOException {
        GenericRecord row = record;
        return row == null || places[column] < 0
                ? null
                : value(row.get(places[column]), schema.columns().get(column));
    }

    private static @Nullable Object value(@Nullable Object raw, Column column) throws UnfitValue {
        return switch (raw) {
            case null -> null;
            case Utf8 text when column.type() instanceof ColumnType.Uuid -> TextValues.parse(column, text.toString());
            case Utf8 text -> Arrays.copyOf(text.getBytes(), text.getByteLength());
            case ByteBuffer bytes -> {
                byte[] array = new byte[bytes.remaining()];
                bytes.duplicate().get(array);
                yield array;
            }
            case List<?> list when column.type() instanceof ColumnType.ListOf type -> {
                List<@Nullable Object> items = new ArrayList<>(list.size());
                for (Object item : list) {
                    items.add(value(item, type.element()));
                }
                yield items;
            }
            case GenericRecord nested -> {
                List<Column> children = ArrowTypes.children(column.type());
                List<@Nullable Object> fields = new ArrayList<>(children.size());
                for (int i = 0; i < children.size(); i++) {
                    int at = place(nested.getSchema(), i, children.get(i));
                    fields.add(at < 0 ? null : value(nested.get(at), children.get(i)));
                }
                yield fields;
            }
            case BigDecimal number when column.type() instanceof ColumnType.Int -> whole(column, number);
            case Object other -> other;
        };
    }

    /** An unsigned number of 64 bits, by its bits: Avro has none and holds it as a decimal. */
    private static long whole(Column column, BigDecimal number) throws UnfitValue {
        BigInteger value = number.unscaledValue();
        if (number.scale() != 0 || value.signum() < 0 || value.bitLength() > Long.SIZE) {
            throw new UnfitValue(column, "a decimal of " + value.bitLength() + " bits");
        }
        return value.longValue();
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
