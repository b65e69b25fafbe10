package io.windrow.connectors.connect.record;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** About how many bytes of memory a record takes: rather too many than too few. Schemas, which records share, are not counted. */
public final class RecordSize {
    /** An object, what refers to it, and what it refers to of a fixed size. */
    private static final int OBJECT = 48;

    private RecordSize() {}

    /** The bytes of a record. */
    public static long of(SourceRecord record) {
        long bytes = value(record.key()) + value(record.value()) + value(record.sourcePartition()) + value(record.sourceOffset()) + 2 * OBJECT;
        for (Header header : record.headers()) {
            bytes += value(header.key()) + value(header.value());
        }
        return bytes;
    }

    private static long value(@Nullable Object value) {
        return OBJECT + switch (value) {
            case null -> 0;
            case String text -> 2L * text.length();
            case byte[] bytes -> bytes.length;
            case ByteBuffer buffer -> buffer.capacity();
            case BigDecimal number -> number.unscaledValue().bitLength() / 8;
            case Struct struct -> struct.schema().fields().stream().mapToLong(field -> value(raw(struct, field))).sum();
            case Map<?, ?> map -> map.entrySet().stream().mapToLong(entry -> value(entry.getKey()) + value(entry.getValue())).sum();
            case Collection<?> list -> list.stream().mapToLong(RecordSize::value).sum();
            default -> 0;
        };
    }

    /** A default that stands for a missing value is the schema's. */
    private static @Nullable Object raw(Struct struct, Field field) {
        return struct.getWithoutDefault(field.name());
    }
}
