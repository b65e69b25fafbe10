package io.windrow.core.transform.shape;

import io.windrow.api.schema.ColumnType;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Types as a pipeline file writes them. */
final class TypeNames {
    static final List<String> ALL = List.of(
            "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64",
            "decimal(p,s)", "text", "bytes", "uuid", "date", "time", "timestamp", "timestamptz");

    private static final Pattern WHOLE = Pattern.compile("(u?)int(8|16|32|64)");
    private static final Pattern DECIMAL = Pattern.compile("decimal\\((\\d{1,2}),\\s*(\\d{1,2})\\)");

    private TypeNames() {}

    /** The type of that name; empty if there is none. */
    static Optional<ColumnType> of(String name) {
        Matcher whole = WHOLE.matcher(name);
        if (whole.matches()) {
            return Optional.of(new ColumnType.Int(Integer.parseInt(whole.group(2)), whole.group(1).isEmpty()));
        }
        Matcher decimal = DECIMAL.matcher(name);
        if (decimal.matches()) {
            int precision = Integer.parseInt(decimal.group(1));
            int scale = Integer.parseInt(decimal.group(2));
            return precision < 1 || precision > 38 || scale > precision
                    ? Optional.empty()
                    : Optional.of(new ColumnType.Decimal(precision, scale));
        }
        return Optional.ofNullable(switch (name) {
            case "bool" -> new ColumnType.Bool();
            case "float32" -> new ColumnType.Float(32);
            case "float64" -> new ColumnType.Float(64);
            case "text" -> new ColumnType.Text();
            case "bytes" -> new ColumnType.Bytes();
            case "uuid" -> new ColumnType.Uuid();
            case "date" -> new ColumnType.Date();
            case "time" -> new ColumnType.Time();
            case "timestamp" -> new ColumnType.Timestamp(false);
            case "timestamptz" -> new ColumnType.Timestamp(true);
            default -> null;
        });
    }
}
