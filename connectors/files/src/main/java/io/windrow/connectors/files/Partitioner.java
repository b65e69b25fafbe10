package io.windrow.connectors.files;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.connectors.files.format.FlatText;
import io.windrow.connectors.files.layout.SafeName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * Splits rows by the Hive folder ({@code country=DE/created_at_day=2024-02-29}) that they belong in. The column stays in
 * the file. Times are cut as they are written: instants in UTC, local times as they are. One thread.
 */
final class Partitioner {
    private static final Pattern FUNCTION = Pattern.compile("(year|month|day|hour)\\((.+)\\)");
    private static final int MAX_BYTES = 200;

    private enum Cut { WHOLE, YEAR, MONTH, DAY, HOUR }

    private record Part(int place, Column column, Cut cut, String prefix) {}

    private final List<Part> parts = new ArrayList<>();
    private final StreamSchema schema;

    private Partitioner(FilesConfig config, StreamSchema schema) {
        this.schema = schema;
        for (FilesConfig.PartitionConfig partition : config.partitions()) {
            if (partition.stream().equals(schema.stream().toString())) {
                partition.by().forEach(by -> parts.add(part(by)));
            }
        }
    }

    static Partitioner of(FilesConfig config, StreamSchema schema) {
        return new Partitioner(config, schema);
    }

    /** The columns that a stream's folders are named by. */
    static List<String> columns(FilesConfig config, StreamName stream) {
        List<String> columns = new ArrayList<>();
        for (FilesConfig.PartitionConfig partition : config.partitions()) {
            if (partition.stream().equals(stream.toString())) {
                for (String by : partition.by()) {
                    Matcher function = FUNCTION.matcher(by);
                    columns.add(by);
                    if (function.matches()) {
                        columns.add(function.group(2));
                    }
                }
            }
        }
        return columns;
    }

    /** Refuses a partitioning that does not fit the stream. */
    static void check(FilesConfig config, StreamSchema schema) {
        of(config, schema);
    }

    /** Whether rows may go to more than one folder. */
    boolean splits() {
        return !parts.isEmpty();
    }

    private Part part(String by) {
        Matcher function = FUNCTION.matcher(by);
        boolean plain = schema.indexOf(by) >= 0 || !function.matches();
        String name = plain ? by : function.group(2);
        int place = schema.indexOf(name);
        if (place < 0) {
            throw invalid(by, "there is no such column");
        }
        Column column = schema.columns().get(place);
        if (!FlatText.has(column.type())) {
            throw invalid(by, "a column of type " + column.type() + " cannot name folders");
        }
        if (plain) {
            return new Part(place, column, Cut.WHOLE, SafeName.partitionValue(name) + "=");
        }
        Cut cut = switch (function.group(1)) {
            case "year" -> Cut.YEAR;
            case "month" -> Cut.MONTH;
            case "day" -> Cut.DAY;
            default -> Cut.HOUR;
        };
        boolean timestamp = column.type() instanceof ColumnType.Timestamp;
        if (!timestamp && (cut == Cut.HOUR || !(column.type() instanceof ColumnType.Date))) {
            throw invalid(by, "year, month and day take a date or timestamp, hour a timestamp");
        }
        return new Part(place, column, cut, SafeName.partitionValue(name + "_" + function.group(1)) + "=");
    }

    private WindrowException invalid(String by, String why) {
        return WindrowException.of(
                FilesError.PARTITION_INVALID, "Partitioning " + schema.stream() + " by " + by + ": " + why);
    }

    /** Gives every folder, or the empty text, with its rows, which are valid during the call. */
    void split(VectorSchemaRoot rows, BiConsumer<String, VectorSchemaRoot> target) {
        if (parts.isEmpty()) {
            target.accept("", rows);
            return;
        }
        Map<String, IntStream.Builder> byFolder = new LinkedHashMap<>();
        List<FlatText> texts = new ArrayList<>();
        for (Part part : parts) {
            texts.add(FlatText.of(part.column(), rows.getVector(part.place())));
        }
        for (int row = 0; row < rows.getRowCount(); row++) {
            byFolder.computeIfAbsent(folder(texts, row), key -> IntStream.builder()).add(row);
        }
        if (byFolder.size() == 1) {
            target.accept(byFolder.keySet().iterator().next(), rows);
            return;
        }
        byFolder.forEach((folder, picked) -> {
            try (VectorSchemaRoot part = picked(rows, picked.build().toArray())) {
                target.accept(folder, part);
            }
        });
    }

    /** The folder of a row that has none of the values: what has no rows is as deep in folders as what has. */
    String ofNulls() {
        return parts.stream().map(part -> part.prefix() + SafeName.NULL_PARTITION).collect(Collectors.joining("/"));
    }

    private String folder(List<FlatText> texts, int row) {
        StringBuilder folder = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            String value = texts.get(i).isNull(row)
                    ? SafeName.NULL_PARTITION
                    : SafeName.partitionValue(cut(texts.get(i).at(row), part.cut()));
            String name = part.prefix() + value;
            if (name.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
                throw WindrowException.of(FilesError.PARTITION_VALUE_TOO_LONG, "Partitioning " + schema.stream()
                        + " by " + part.column().name() + ": a folder name would have more than " + MAX_BYTES + " bytes");
            }
            folder.append(i > 0 ? "/" : "").append(name);
        }
        return folder.toString();
    }

    /** Cuts the ISO text of a date or timestamp. */
    private static String cut(String text, Cut cut) {
        int date = text.indexOf('T') < 0 ? text.length() : text.indexOf('T');
        return switch (cut) {
            case WHOLE -> text;
            case YEAR -> text.substring(0, date - 6);
            case MONTH -> text.substring(0, date - 3);
            case DAY -> text.substring(0, date);
            case HOUR -> text.substring(0, date + 3);
        };
    }

    private static VectorSchemaRoot picked(VectorSchemaRoot rows, int[] indexes) {
        List<FieldVector> vectors = new ArrayList<>();
        List<Field> fields = rows.getSchema().getFields();
        for (int i = 0; i < fields.size(); i++) {
            FieldVector from = rows.getVector(i);
            BufferAllocator allocator = from.getAllocator();
            FieldVector to = fields.get(i).createVector(allocator);
            vectors.add(to);
            to.allocateNew();
            for (int at = 0; at < indexes.length; at++) {
                to.copyFromSafe(indexes[at], at, from);
            }
            to.setValueCount(indexes.length);
        }
        return new VectorSchemaRoot(fields, vectors, indexes.length);
    }
}
