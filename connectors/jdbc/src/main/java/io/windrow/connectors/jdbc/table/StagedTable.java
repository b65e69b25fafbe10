package io.windrow.connectors.jdbc.table;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.SameColumns.Label;
import io.windrow.connectors.jdbc.sql.Among;
import io.windrow.connectors.jdbc.sql.Dialect;
import io.windrow.connectors.jdbc.sql.JdbcError;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A staging table that is durable at the target. The JSON of it is what {@link io.windrow.api.sink.Staged} carries: all that
 * a later owner needs to apply it, who may never have seen the stream's schema.
 *
 * @param table its name
 * @param target the name of the table that its rows are for
 * @param columns the stream's columns; the staging table calls them {@code c0}, {@code c1} and so on
 * @param key the names of the key columns
 * @param content what its rows are
 * @param rows how many there are, counted in it
 * @param folds whether several rows have one key
 * @param truncates whether it holds a truncate
 * @param unchanged the indexes of columns that some row says nothing about
 * @param first the lowest position of a change; 0 without changes
 * @param last the highest position of a change; 0 without changes
 */
public record StagedTable(
        String table,
        String target,
        List<StagedColumn> columns,
        List<String> key,
        Content content,
        long rows,
        boolean folds,
        boolean truncates,
        List<Integer> unchanged,
        long first,
        long last) {
    /** The layout of the JSON that this class writes; the first lacked the ids of columns. */
    public static final int VERSION = 2;

    public StagedTable {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        unchanged = List.copyOf(unchanged);
    }

    /** What the rows of a staging table are. */
    public enum Content {
        /** Values only. */
        ROWS,
        /** Values with the facts of their changes. */
        CHANGES
    }

    /**
     * A column.
     *
     * @param id the id by which the source tells it
     * @param name its name in the stream and in the target
     * @param type the type that the target's column must hold
     * @param in the expression that makes the target's value from the staged one, written {@code %s}
     * @param restage the reverse
     */
    public record StagedColumn(int id, String name, String type, String in, String restage) {
        /** The id of a column that was staged before ids were written down. */
        public static final int UNKNOWN = 0;

        StagedColumn named(String other) {
            return new StagedColumn(id, other, type, in, restage);
        }
    }

    /** The index of a column. */
    public int indexOf(String name) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name)) {
                return i;
            }
        }
        throw WindrowException.of(JdbcError.BOOK_UNREADABLE, "Reading a staging table: it has no column " + name);
    }

    /** The key of a staged row, as the target holds it: an expression for each column. */
    List<String> keyValues() {
        return key.stream().map(this::indexOf).map(i -> columns.get(i).in().replace("%s", "c" + i)).toList();
    }

    /** The target's rows that have the key of any staged row. */
    Among rows(Dialect dialect, String from) {
        return new Among(key.stream().map(dialect::quoted).toList(), keyValues(), from);
    }

    /** What a column is used for. */
    Dialect.Use use(StagedColumn column) {
        return key.contains(column.name()) ? Dialect.Use.KEY : Dialect.Use.VALUE;
    }

    /** What its columns are known by, in order. */
    List<Label> labels() {
        return columns.stream().map(column -> new Label(column.id(), column.name())).toList();
    }

    /** The same with the names that the table has for the columns, which may have been renamed since. */
    public StagedTable named(List<TargetColumn> known) {
        List<Integer> same = TargetColumn.indexes(known, labels());
        List<StagedColumn> named = new ArrayList<>(columns);
        for (int i = 0; i < same.size(); i++) {
            if (same.get(i) >= 0) {
                named.set(same.get(i), columns.get(same.get(i)).named(known.get(i).name()));
            }
        }
        return new StagedTable(
                table, target, named, key.stream().map(name -> named.get(indexOf(name)).name()).toList(), content, rows, folds,
                truncates, unchanged, first, last);
    }

    /** The same, holding the rows of another one too. */
    StagedTable merged(StagedTable other) {
        List<Integer> both = new ArrayList<>(unchanged);
        other.unchanged.stream().filter(index -> !both.contains(index)).forEach(both::add);
        return new StagedTable(
                table, target, columns, key, content, rows + other.rows, true, truncates || other.truncates, both,
                Math.min(first, other.first), Math.max(last, other.last));
    }

    /** Compact JSON. */
    public String toJson() {
        return Json.write(this::write);
    }

    /** The inverse of {@link #toJson()}. */
    public static StagedTable parse(int version, String json) {
        if (version < 1 || version > VERSION) {
            throw WindrowException.of(
                    JdbcError.BOOK_UNREADABLE, "Reading a staging table's description: its layout " + version + " is unknown");
        }
        return Json.read("a staging table's description", json, StagedTable::read);
    }

    /** Several, as one JSON list. */
    public static String toJson(List<StagedTable> tables) {
        return Json.write(out -> {
            out.writeStartArray();
            for (StagedTable table : tables) {
                table.write(out);
            }
            out.writeEndArray();
        });
    }

    /** The inverse of {@link #toJson(List)}. */
    public static List<StagedTable> parseAll(String json) {
        return Json.read("the staging tables of a generation", json, in -> {
            List<StagedTable> tables = new ArrayList<>();
            while (in.nextToken() != JsonToken.END_ARRAY) {
                tables.add(read(in));
            }
            return tables;
        });
    }

    private void write(JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("table", table);
        out.writeStringField("target", target);
        out.writeArrayFieldStart("columns");
        for (StagedColumn column : columns) {
            out.writeStartObject();
            if (column.id() != StagedColumn.UNKNOWN) {
                out.writeNumberField("id", column.id());
            }
            out.writeStringField("name", column.name());
            out.writeStringField("type", column.type());
            if (!column.in().equals("%s")) {
                out.writeStringField("in", column.in());
            }
            if (!column.restage().equals("%s")) {
                out.writeStringField("restage", column.restage());
            }
            out.writeEndObject();
        }
        out.writeEndArray();
        Json.strings(out, "key", key);
        out.writeStringField("content", content.name().toLowerCase(java.util.Locale.ROOT));
        out.writeNumberField("rows", rows);
        out.writeBooleanField("folds", folds);
        out.writeBooleanField("truncates", truncates);
        out.writeArrayFieldStart("unchanged");
        for (int index : unchanged) {
            out.writeNumber(index);
        }
        out.writeEndArray();
        out.writeNumberField("first", first);
        out.writeNumberField("last", last);
        out.writeEndObject();
    }

    private static StagedTable read(JsonParser in) throws IOException {
        String table = "";
        String target = "";
        List<StagedColumn> columns = new ArrayList<>();
        List<String> key = List.of();
        Content content = Content.ROWS;
        long rows = 0;
        boolean folds = false;
        boolean truncates = false;
        List<Integer> unchanged = new ArrayList<>();
        long first = 0;
        long last = 0;
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String field = Json.field(in);
            switch (field) {
                case "table" -> table = in.getText();
                case "target" -> target = in.getText();
                case "columns" -> {
                    while (in.nextToken() != JsonToken.END_ARRAY) {
                        columns.add(column(in));
                    }
                }
                case "key" -> key = Json.strings(in);
                case "content" -> content = Content.valueOf(in.getText().toUpperCase(java.util.Locale.ROOT));
                case "rows" -> rows = in.getLongValue();
                case "folds" -> folds = in.getBooleanValue();
                case "truncates" -> truncates = in.getBooleanValue();
                case "unchanged" -> {
                    while (in.nextToken() != JsonToken.END_ARRAY) {
                        unchanged.add(in.getIntValue());
                    }
                }
                case "first" -> first = in.getLongValue();
                case "last" -> last = in.getLongValue();
                default -> throw new IOException("unknown field");
            }
        }
        return new StagedTable(table, target, columns, key, content, rows, folds, truncates, unchanged, first, last);
    }

    private static StagedColumn column(JsonParser in) throws IOException {
        int id = StagedColumn.UNKNOWN;
        String name = "";
        String type = "";
        String into = "%s";
        String restage = "%s";
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String field = Json.field(in);
            switch (field) {
                case "id" -> id = in.getIntValue();
                case "name" -> name = in.getText();
                case "type" -> type = in.getText();
                case "in" -> into = in.getText();
                case "restage" -> restage = in.getText();
                default -> throw new IOException("unknown field");
            }
        }
        return new StagedColumn(id, name, type, into, restage);
    }
}
