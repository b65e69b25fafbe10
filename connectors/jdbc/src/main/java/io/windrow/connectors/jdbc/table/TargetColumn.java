package io.windrow.connectors.jdbc.table;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.schema.SameColumns;
import io.windrow.api.schema.SameColumns.Label;
import io.windrow.api.schema.StreamSchema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * A column of a stream's table as the book of commits has it: it is known by the source's id, so that it is found again
 * under another name.
 *
 * @param id as of {@link io.windrow.api.schema.Column#id()}
 * @param name its name in the table
 * @param came whether the table had rows already
 */
public record TargetColumn(int id, String name, Came came) {
    /** When a column came into its table. */
    public enum Came {
        /** Every row was written with a value of it. */
        BEFORE_ROWS,
        /** Rows that were there lack its values until they are delivered again. */
        AFTER_ROWS,
        /** It belongs to the stream no more: what it holds is of before. */
        GONE
    }

    /** All columns of a schema, in a table without rows. */
    static List<TargetColumn> of(StreamSchema schema) {
        return schema.columns().stream()
                .map(column -> new TargetColumn(column.id(), column.name(), Came.BEFORE_ROWS))
                .toList();
    }

    /** For each of the table's columns the index of the stream's that it holds, or −1. */
    public static List<Integer> indexes(List<TargetColumn> known, List<Label> now) {
        List<TargetColumn> live = known.stream().filter(column -> column.came != Came.GONE).toList();
        Iterator<Integer> same = SameColumns.indexes(live.stream().map(column -> new Label(column.id, column.name)).toList(), now).iterator();
        return known.stream().map(column -> column.came == Came.GONE ? -1 : same.next()).toList();
    }

    /** Whether a column of that name belonged to the stream and is none of those that it has now; {@code same} as of {@link #indexes}. */
    static boolean isFormer(List<TargetColumn> known, List<Integer> same, Predicate<String> name) {
        return IntStream.range(0, known.size()).anyMatch(i -> same.get(i) < 0 && name.test(known.get(i).name()));
    }

    /** The same columns, as they came then. */
    static List<TargetColumn> allCame(List<TargetColumn> columns, Came came) {
        return columns.stream().map(column -> column.came == Came.GONE ? column : column.came(came)).toList();
    }

    /** Whether all of them came when rows had been written already: the table that had those is gone. */
    static boolean isOfNewTable(List<TargetColumn> columns) {
        return columns.stream().anyMatch(column -> column.came == Came.AFTER_ROWS)
                && columns.stream().noneMatch(column -> column.came == Came.BEFORE_ROWS);
    }

    TargetColumn came(Came other) {
        return new TargetColumn(id, name, other);
    }

    /** Compact JSON. */
    public static String toJson(List<TargetColumn> columns) {
        return Json.write(out -> {
            out.writeStartArray();
            for (TargetColumn column : columns) {
                out.writeStartObject();
                out.writeNumberField("id", column.id);
                out.writeStringField("name", column.name);
                switch (column.came) {
                    case BEFORE_ROWS -> {}
                    case AFTER_ROWS -> out.writeBooleanField("late", true);
                    case GONE -> out.writeBooleanField("gone", true);
                }
                out.writeEndObject();
            }
            out.writeEndArray();
        });
    }

    /** The inverse of {@link #toJson}. */
    public static List<TargetColumn> parse(String json) {
        return Json.read("the columns of a table", json, in -> {
            List<TargetColumn> columns = new ArrayList<>();
            while (in.nextToken() != JsonToken.END_ARRAY) {
                columns.add(read(in));
            }
            return columns;
        });
    }

    private static TargetColumn read(JsonParser in) throws IOException {
        int id = 0;
        String name = "";
        Came came = Came.BEFORE_ROWS;
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String field = Json.field(in);
            switch (field) {
                case "id" -> id = in.getIntValue();
                case "name" -> name = in.getText();
                case "late" -> came = in.getBooleanValue() ? Came.AFTER_ROWS : came;
                case "gone" -> came = in.getBooleanValue() ? Came.GONE : came;
                default -> throw new IOException("unknown field");
            }
        }
        return new TargetColumn(id, name, came);
    }
}
