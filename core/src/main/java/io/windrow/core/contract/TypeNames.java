package io.windrow.core.contract;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The words for value types in pipeline files, stored schemas and messages. Pure. */
public final class TypeNames {
    private static final Pattern DECIMAL = Pattern.compile("decimal\\(\\s*(\\d{1,2})\\s*,\\s*(\\d{1,2})\\s*\\)");
    private static final Pattern NUMBER = Pattern.compile("(u?int|float)(8|16|32|64)");
    private static final List<String> FLAT = List.of(
            "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64",
            "decimal(38,2)", "text", "json", "bytes", "uuid", "date", "time", "timestamp", "timestamptz", "interval");

    private TypeNames() {}

    /** All words for types without parts, with one decimal for all. */
    public static List<String> all() {
        return FLAT;
    }

    /** The word for a type, parts included: {@code list<int32>}, {@code struct<a: text, b: int8>}. */
    public static String of(ColumnType type) {
        return switch (type) {
            case ColumnType.Bool ignored -> "bool";
            case ColumnType.Int t -> (t.signed() ? "int" : "uint") + t.bits();
            case ColumnType.Float t -> "float" + t.bits();
            case ColumnType.Decimal t -> "decimal(" + t.precision() + "," + t.scale() + ")";
            case ColumnType.Text ignored -> "text";
            case ColumnType.Json ignored -> "json";
            case ColumnType.Bytes ignored -> "bytes";
            case ColumnType.Uuid ignored -> "uuid";
            case ColumnType.Date ignored -> "date";
            case ColumnType.Time ignored -> "time";
            case ColumnType.Timestamp t -> t.utc() ? "timestamptz" : "timestamp";
            case ColumnType.Interval ignored -> "interval";
            case ColumnType.ListOf t -> "list<" + of(t.element().type()) + ">";
            case ColumnType.Struct t -> t.fields().stream()
                    .map(field -> field.name() + ": " + of(field.type()))
                    .collect(Collectors.joining(", ", "struct<", ">"));
        };
    }

    /** The type without parts that the word stands for; empty if there is none. */
    public static Optional<ColumnType> parse(String word) {
        Matcher decimal = DECIMAL.matcher(word);
        if (decimal.matches()) {
            int precision = Integer.parseInt(decimal.group(1));
            int scale = Integer.parseInt(decimal.group(2));
            return precision < 1 || precision > 38 || scale > precision
                    ? Optional.empty()
                    : Optional.of(new ColumnType.Decimal(precision, scale));
        }
        Matcher number = NUMBER.matcher(word);
        if (number.matches()) {
            int bits = Integer.parseInt(number.group(2));
            if (!number.group(1).equals("float")) {
                return Optional.of(new ColumnType.Int(bits, number.group(1).equals("int")));
            }
            return bits >= 32 ? Optional.of(new ColumnType.Float(bits)) : Optional.empty();
        }
        return switch (word) {
            case "bool" -> Optional.of(new ColumnType.Bool());
            case "text" -> Optional.of(new ColumnType.Text());
            case "json" -> Optional.of(new ColumnType.Json());
            case "bytes" -> Optional.of(new ColumnType.Bytes());
            case "uuid" -> Optional.of(new ColumnType.Uuid());
            case "date" -> Optional.of(new ColumnType.Date());
            case "time" -> Optional.of(new ColumnType.Time());
            case "timestamp" -> Optional.of(new ColumnType.Timestamp(false));
            case "timestamptz" -> Optional.of(new ColumnType.Timestamp(true));
            case "interval" -> Optional.of(new ColumnType.Interval());
            default -> Optional.empty();
        };
    }

    /** The names of columns, for messages. */
    static List<String> names(List<Column> columns) {
        List<String> names = new ArrayList<>();
        columns.forEach(column -> names.add(column.name()));
        return names;
    }
}
