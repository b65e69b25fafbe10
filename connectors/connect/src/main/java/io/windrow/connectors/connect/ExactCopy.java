package io.windrow.connectors.connect;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a copy asks MariaDB and MySQL for, so that it reads the values that the log holds (I7): as text, in which a copy gets its
 * rows, the servers show six digits of a float, but all of a double; and of a year the drivers make a date, which the year 0 has
 * none of (C13).
 */
final class ExactCopy {
    private static final String OVERRIDES = "snapshot.select.statement.overrides";

    private ExactCopy() {}

    /** The connector's settings for tables that have such a column; empty: none has one. */
    static Map<String, String> settings(Collection<StreamSchema> schemas) {
        Map<String, String> settings = new LinkedHashMap<>();
        List<String> tables = new ArrayList<>();
        for (StreamSchema schema : schemas) {
            if (schema.columns().stream().anyMatch(column -> isSingle(column) || isYear(column))) {
                String table = schema.stream().namespace() + "." + schema.stream().name();
                tables.add(table);
                settings.put(OVERRIDES + "." + table, "SELECT " + schema.columns().stream().map(ExactCopy::selected).collect(Collectors.joining(", "))
                        + " FROM " + quoted(schema.stream().namespace()) + "." + quoted(schema.stream().name()));
            }
        }
        if (!tables.isEmpty()) {
            settings.put(OVERRIDES, String.join(",", tables));
        }
        return settings;
    }

    private static boolean isSingle(Column column) {
        return column.type() instanceof ColumnType.Float type && type.bits() == 32;
    }

    private static boolean isYear(Column column) {
        return column.sourceType().toLowerCase(Locale.ROOT).startsWith("year");
    }

    /**
     * A float times one, as a double: no cast to it is known to every version, and a zero keeps its sign. A year plus none, as a
     * number: that of the year 0 is 1900, which no year can be, as it is in the log; of a 0 the connector would make 2000.
     */
    private static String selected(Column column) {
        String name = quoted(column.name());
        return isSingle(column) ? name + " * 1e0 AS " + name
                : isYear(column) ? "IF(" + name + " + 0 = 0, 1900, " + name + " + 0) AS " + name
                : name;
    }

    private static String quoted(String name) {
        return '`' + name.replace("`", "``") + '`';
    }
}
