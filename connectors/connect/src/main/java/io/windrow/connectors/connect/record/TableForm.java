package io.windrow.connectors.connect.record;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * What a table looked like at a place of the log, as a Debezium connector says it in its schema history and with each statement. Its
 * statement may be misread by the connector in what is not a column's type, such as the table's own character set. Immutable.
 *
 * @param charset in which columns are whose statement names none; empty: not known
 * @param columns by name, whatever its case
 */
public record TableForm(Optional<String> charset, Map<String, ColumnForm> columns) {
    public TableForm {
        Map<String, ColumnForm> folded = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        folded.putAll(columns);
        columns = java.util.Collections.unmodifiableMap(folded);
    }

    /**
     * A column.
     *
     * @param type its type without length, in upper case, with its sign
     * @param charset that of a text
     * @param length how many characters or digits, if it is said
     * @param scale how many digits behind the point, if it is said
     * @param optional whether it may be null
     * @param counts whether the server gives it numbers
     * @param words those of an enumeration, as the statement has them
     */
    public record ColumnForm(
            String type, Optional<String> charset, OptionalLong length, OptionalLong scale, boolean optional, boolean counts, List<String> words) {
        public ColumnForm {
            words = List.copyOf(words);
        }

        /** The type without its sign. */
        String base() {
            return type.split(" ", 2)[0];
        }
    }

    /** From what the connector says of a table, as a structure or as the object of its history; empty: it says nothing of it. */
    public static Optional<TableForm> of(@Nullable Object table) {
        if (!(get(table, "columns") instanceof Collection<?> all)) {
            return Optional.empty();
        }
        Map<String, ColumnForm> columns = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Object one : all) {
            List<String> words = new ArrayList<>();
            if (get(one, "enumValues") instanceof Collection<?> values) {
                values.forEach(word -> words.add(String.valueOf(word)));
            }
            columns.put(text(one, "name").orElse(""), new ColumnForm(
                    text(one, "typeName").orElse("").toUpperCase(Locale.ROOT), text(one, "charsetName").map(TableForm::charset), number(one, "length"),
                    number(one, "scale"), !Boolean.FALSE.equals(get(one, "optional")), Boolean.TRUE.equals(get(one, "autoIncremented")), words));
        }
        return Optional.of(new TableForm(text(table, "defaultCharsetName").map(TableForm::charset), columns));
    }

    /** A character set by one name of those that it has. */
    static String charset(String name) {
        String plain = name.toLowerCase(Locale.ROOT);
        return plain.equals("utf8") ? "utf8mb3" : plain;
    }

    private static @Nullable Object get(@Nullable Object of, String name) {
        return switch (of) {
            case Struct struct -> struct.schema().field(name) == null ? null : struct.get(name);
            case Map<?, ?> map -> map.get(name);
            case null, default -> null;
        };
    }

    private static Optional<String> text(@Nullable Object of, String name) {
        return get(of, name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    private static OptionalLong number(@Nullable Object of, String name) {
        return get(of, name) instanceof Number number ? OptionalLong.of(number.longValue()) : OptionalLong.empty();
    }
}
