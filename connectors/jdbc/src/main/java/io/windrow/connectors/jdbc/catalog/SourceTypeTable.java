package io.windrow.connectors.jdbc.catalog;

import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.OutOfRange;
import io.windrow.connectors.jdbc.sql.Database;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The reference page of the types that are read, written from the dialects themselves. */
public final class SourceTypeTable {
    private static final Map<Database, List<String>> TYPES = Map.of(
            Database.MARIADB, List.of(
                    "tinyint(4)", "tinyint(1)", "tinyint(3) unsigned", "smallint(6)", "mediumint(9)", "int(11)", "int(10) unsigned", "bigint(20)",
                    "bigint(20) unsigned", "year(4)", "decimal(30,10)", "decimal(65,0)", "float", "double", "bit(1)", "bit(17)", "char(8)",
                    "varchar(40)", "longtext", "enum('a','b')", "set('a','b')", "binary(16)", "varbinary(16)", "longblob", "uuid", "inet4", "inet6",
                    "date", "time(6)", "datetime(6)", "timestamp(6)", "point", "vector(3)"),
            Database.MYSQL, List.of(
                    "tinyint", "tinyint(1)", "tinyint unsigned", "smallint", "mediumint", "int", "int unsigned", "bigint", "bigint unsigned",
                    "year", "decimal(30,10)", "decimal(65,0)", "float", "double", "bit(1)", "bit(17)", "char(8)", "varchar(40)", "longtext", "json",
                    "enum('a','b')", "set('a','b')", "binary(16)", "varbinary(16)", "longblob", "date", "time(6)", "datetime(6)", "timestamp(6)",
                    "geometry"),
            Database.SQLITE, List.of(
                    "INTEGER", "BIGINT", "BOOLEAN", "REAL", "DOUBLE PRECISION", "DECIMAL(10,2)", "NUMERIC", "TEXT", "VARCHAR(40)", "", "BLOB",
                    "JSON", "UUID", "DATE", "TIME", "DATETIME", "TIMESTAMP", "TEXT_UNSIGNED", "TEXT_DECIMAL(30,10)", "TEXT_TIMESTAMP_UTC"),
            Database.DUCKDB, List.of(
                    "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
                    "FLOAT", "DOUBLE", "DECIMAL(30,10)", "VARCHAR", "JSON", "BLOB", "BIT", "UUID", "ENUM('a', 'b')", "DATE", "TIME",
                    "TIME WITH TIME ZONE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE", "INTERVAL",
                    "INTEGER[]", "INTEGER[3]", "STRUCT(a INTEGER, b VARCHAR)", "MAP(VARCHAR, INTEGER)", "DOUBLE[]", "UNION(a INTEGER, b VARCHAR)",
                    "BIGNUM"),
            Database.SQLSERVER, List.of(
                    "bit", "tinyint", "smallint", "int", "bigint", "decimal(30,10)", "numeric(38,0)", "money", "smallmoney", "real", "float", "char",
                    "varchar", "nvarchar", "text", "xml", "binary", "varbinary", "image", "timestamp", "uniqueidentifier", "date", "time",
                    "smalldatetime", "datetime", "datetime2", "datetimeoffset", "hierarchyid", "geography", "sql_variant"),
            Database.ORACLE, List.of(
                    "NUMBER(10,0)", "NUMBER(30,10)", "NUMBER(38,0)", "NUMBER", "NUMBER(5,-2)", "FLOAT", "BINARY_FLOAT", "BINARY_DOUBLE", "BOOLEAN",
                    "VARCHAR2", "NVARCHAR2", "CHAR", "CLOB", "RAW", "BLOB", "JSON", "ROWID", "DATE", "TIMESTAMP(6)", "TIMESTAMP(6) WITH TIME ZONE",
                    "TIMESTAMP(6) WITH LOCAL TIME ZONE", "INTERVAL YEAR(2) TO MONTH", "INTERVAL DAY(2) TO SECOND(6)", "XMLTYPE", "BFILE"));

    private SourceTypeTable() {}

    /** The whole page for the docs. */
    public static String page() {
        StringBuilder page = new StringBuilder("""
                # Types of database sources

                Generated from the dialects themselves; a test fails when it has drifted. It says as what the `jdbc` source delivers a
                column of each type. A value that the delivered type cannot hold follows the stream's `out_of_range`: `fail` stops
                with `jdbc.value_out_of_range`, `null` delivers null and counts it, `text` delivers the columns whose last field says
                so as text. A type that is refused stops the stream with `jdbc.type_refused` before anything is read. A key marked so
                can cut a table into parts; it can be a cursor if it is a number, a date or a timestamp, and in SQLite if it is a text
                that is written so (`2024-02-29 12:00:00`).

                The tables of MariaDB, SQLite and DuckDB are proven against real databases; those of MySQL, SQL Server and Oracle have
                not been run against a server.
                """);
        for (Database database : List.of(
                Database.MARIADB, Database.MYSQL, Database.SQLITE, Database.DUCKDB, Database.SQLSERVER, Database.ORACLE)) {
            page.append("\n## ").append(database.label()).append("\n\n| declared | delivered | key | with `out_of_range: text` |\n|---|---|---|---|\n");
            SourceDialect dialect = SourceDialect.of(database);
            for (String type : TYPES.getOrDefault(database, List.of())) {
                page.append(row(dialect, type));
            }
            page.append('\n').append(notes(database));
        }
        return page.toString();
    }

    private static String row(SourceDialect dialect, String type) {
        NativeColumn column = new NativeColumn(1, "c", type, true);
        Optional<ReadColumn> read = dialect.read(column, OutOfRange.FAIL);
        String shown = type.isEmpty() ? "(none)" : "`" + type + "`";
        if (read.isEmpty()) {
            return "| " + shown + " | refused | – | – |\n";
        }
        ColumnType delivered = read.get().column().type();
        ColumnType text = dialect.read(column, OutOfRange.TEXT).orElse(read.get()).column().type();
        return "| " + shown + " | " + words(delivered) + " | " + (read.get().order() == ReadColumn.Order.SORTS ? "yes" : "–") + " | "
                + (text.equals(delivered) ? "the same" : words(text)) + " |\n";
    }

    private static String words(ColumnType type) {
        return switch (type) {
            case ColumnType.Int whole -> (whole.signed() ? "Int" : "UInt") + whole.bits();
            case ColumnType.Float real -> "Float" + real.bits();
            case ColumnType.Decimal exact -> "Decimal(" + exact.precision() + ", " + exact.scale() + ")";
            case ColumnType.Timestamp moment -> moment.utc() ? "Timestamp, UTC" : "Timestamp, local";
            default -> type.getClass().getSimpleName();
        };
    }

    private static String notes(Database database) {
        return switch (database) {
            case MARIADB, MYSQL -> """
                    Out of range are the zero date and dates with a zero month or day (`zero_date`), also in datetime and timestamp, and a
                    bit(1) that is neither 0 nor 1. A time is a span of up to 838 hours with a sign. The year 0000 is the number 0. A
                    timestamp is an instant: it is read in UTC whatever zone the server keeps.
                    """;
            case SQLITE -> """
                    A column's declared type decides; any value may be stored in any column, and one that is stored as something else is
                    out of range (`stored_text`, `stored_whole_number`, `stored_float`, `stored_bytes`). A decimal is the shortest one
                    that names the stored float, if it fits the declared digits. Dates and times are texts in ISO 8601; numbers in such
                    columns are out of range, for nobody says what they count. Bytes of a text that are no valid text count as bytes.
                    `TEXT_…` are the names under which the `jdbc` sink makes columns.
                    """;
            case DUCKDB -> """
                    Out of range are the infinities of dates and timestamps, nanoseconds that are no whole microseconds, 24:00:00 and
                    whole numbers of 39 digits. Lists, structures and maps are JSON as `to_json` writes it; those that hold floats are
                    DuckDB's own text, since JSON has no NaN.
                    """;
            case SQLSERVER -> """
                    Out of range are times that are no whole microseconds. Of a datetimeoffset the instant is delivered, not the offset.
                    """;
            case ORACLE -> """
                    To Oracle an empty text is NULL, and it arrives as null. A NUMBER without a declared scale, or with a negative one, is
                    text in all its digits. Of a timestamp with a time zone the instant is delivered. Out of range are times that are no
                    whole microseconds.
                    """;
            case POSTGRES -> "";
        };
    }
}
