package io.windrow.connectors.jdbc.sql;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** The reference table of types for the documentation, written from the dialects themselves. */
public final class TypeTable {
    private TypeTable() {}

    /** The whole page for the docs. */
    public static String page() {
        StringBuilder page = new StringBuilder("""
                # Types of database targets

                Generated from the dialects themselves; a test fails when it has drifted. It says in which type a column of each
                kind is made. A value that the type cannot hold stops the stream with `jdbc.value_refused` and is never changed
                into another.

                """);
        page.append("| column type |");
        for (Database database : Database.targets()) {
            page.append(' ').append(database.label()).append(" |");
        }
        page.append("\n|---|").append("---|".repeat(Database.targets().size())).append('\n');
        types().forEach((name, type) -> {
            page.append("| ").append(name).append(" |");
            for (Database database : Database.targets()) {
                SqlType held = database.dialect().type(new Column(1, "c", type, true, name), Dialect.Use.VALUE);
                page.append(' ').append(held.declared()).append(" |");
            }
            page.append('\n');
        });
        page.append("\nWhat is refused:\n\n");
        for (Database database : Database.targets()) {
            page.append("- ").append(database.label()).append(": ").append(refused(database)).append(".\n");
        }
        page.append("\nHow many columns a table may have: ")
                .append(String.join(", ", Database.targets().stream().map(TypeTable::columns).toList()))
                .append(".\n")
                .append("""
                In modes upsert, mirror and history seven of them are taken by what staging tables say of each change, in append and replace
                one. In MariaDB, whose rows lie in a page but for their long values, there are fewer where many are texts. A wider table is
                refused with `jdbc.table_too_wide`.
                """);
        page.append("\n").append("""
                Texts in types that have another meaning have one form each: decimals are plain (`-12.50`), dates and times ISO 8601
                with six digits of a second (`2024-02-29T12:00:00.000001Z`; the `Z` marks an instant), intervals
                `1 months -2 days 3 microseconds`. Lists and structures, which a PostgreSQL array is as well, are JSON; in it bytes
                are base64, NaN and the infinities are texts. JSON documents keep their text as it is.
                """);
        return page.toString();
    }

    private static String columns(Database database) {
        OptionalInt most = database.dialect().maxColumns();
        return database.label() + " " + (most.isPresent() ? Integer.toString(most.getAsInt()) : "any number");
    }

    private static String refused(Database database) {
        return switch (database) {
            case POSTGRES -> "the character U+0000 in texts, unless `unfit_text: replace` is set; dates and times before 4713 BC, dates after 5874897";
            case SQLITE -> "NaN and the negative zero";
            case MARIADB -> "NaN and the infinities; dates and times outside of the years 1 to 9999; texts and bytes of a key "
                    + "that are longer than 255, or than fits if more than three texts are in it";
            case DUCKDB -> "dates and times outside of its range";
            case MYSQL, SQLSERVER, ORACLE -> "everything";
        };
    }

    private static Map<String, ColumnType> types() {
        Column element = new Column(1, "element", new ColumnType.Text(), true, "text");
        Map<String, ColumnType> types = new LinkedHashMap<>();
        types.put("Bool", new ColumnType.Bool());
        for (int bits : List.of(8, 16, 32, 64)) {
            types.put("Int" + bits, new ColumnType.Int(bits, true));
            types.put("UInt" + bits, new ColumnType.Int(bits, false));
        }
        types.put("Float32", new ColumnType.Float(32));
        types.put("Float64", new ColumnType.Float(64));
        types.put("Decimal(30, 10)", new ColumnType.Decimal(30, 10));
        types.put("Text", new ColumnType.Text());
        types.put("Json", new ColumnType.Json());
        types.put("Bytes", new ColumnType.Bytes());
        types.put("Uuid", new ColumnType.Uuid());
        types.put("Date", new ColumnType.Date());
        types.put("Time", new ColumnType.Time());
        types.put("Timestamp, local", new ColumnType.Timestamp(false));
        types.put("Timestamp, UTC", new ColumnType.Timestamp(true));
        types.put("Interval", new ColumnType.Interval());
        types.put("ListOf", new ColumnType.ListOf(element));
        types.put("Struct", new ColumnType.Struct(List.of(element)));
        return types;
    }
}
