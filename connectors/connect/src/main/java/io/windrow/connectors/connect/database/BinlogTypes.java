package io.windrow.connectors.connect.database;

import io.windrow.api.schema.ColumnType;
import java.util.Locale;
import java.util.Optional;

/** The types of MariaDB and MySQL, as columns. */
final class BinlogTypes {
    private BinlogTypes() {}

    /**
     * The column's type; empty: it is not delivered.
     *
     * @param dataType the type's name in the catalog ({@code int})
     * @param columnType the type with all that belongs to it ({@code int(10) unsigned})
     * @param precision digits of a decimal, bits of a bit field
     * @param scale decimals
     */
    static Optional<ColumnType> of(String dataType, String columnType, int precision, int scale) {
        boolean signed = !columnType.toLowerCase(Locale.ROOT).contains("unsigned");
        return Optional.ofNullable(switch (dataType.toLowerCase(Locale.ROOT)) {
            // A tinyint(1) may hold 2: it is a number unless somebody asks for more (C15).
            case "tinyint" -> new ColumnType.Int(8, signed);
            case "smallint" -> new ColumnType.Int(16, signed);
            case "year" -> new ColumnType.Int(16, true);
            case "mediumint", "int" -> new ColumnType.Int(32, signed);
            case "bigint" -> new ColumnType.Int(64, signed);
            case "decimal" -> precision <= 38 ? new ColumnType.Decimal(precision, scale) : new ColumnType.Text();
            case "float" -> new ColumnType.Float(32);
            case "double" -> new ColumnType.Float(64);
            case "bit" -> precision == 1 ? new ColumnType.Bool() : new ColumnType.Int(64, false);
            case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set" -> new ColumnType.Text();
            case "json" -> new ColumnType.Json();
            case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> new ColumnType.Bytes();
            case "date" -> new ColumnType.Date();
            case "datetime" -> new ColumnType.Timestamp(false);
            case "timestamp" -> new ColumnType.Timestamp(true);
            // Up to 838 hours, also below zero: a span, not a time of day (C11).
            case "time" -> new ColumnType.Interval();
            default -> null;
        });
    }
}
