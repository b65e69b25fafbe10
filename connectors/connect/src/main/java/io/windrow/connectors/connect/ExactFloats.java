package io.windrow.connectors.connect;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a copy asks MariaDB and MySQL for, so that it reads the floats that the log holds (I7): as text, in which a copy gets its
 * rows, the servers show six digits of a float, but all of a double.
 */
final class ExactFloats {
    private static final String OVERRIDES = "snapshot.select.statement.overrides";

    private ExactFloats() {}

    /** The connector's settings for tables that have a float; empty: none has one. */
    static Map<String, String> settings(Collection<StreamSchema> schemas) {
        Map<String, String> settings = new LinkedHashMap<>();
        List<String> tables = new ArrayList<>();
        for (StreamSchema schema : schemas) {
            if (schema.columns().stream().anyMatch(ExactFloats::isSingle)) {
                String table = schema.stream().namespace() + "." + schema.stream().name();
                tables.add(table);
                settings.put(OVERRIDES + "." + table, "SELECT " + schema.columns().stream().map(ExactFloats::selected).collect(Collectors.joining(", "))
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

    /** Times one, as a double: no cast to it is known to every version, and a zero keeps its sign. */
    private static String selected(Column column) {
        String name = quoted(column.name());
        return isSingle(column) ? name + " * 1e0 AS " + name : name;
    }

    private static String quoted(String name) {
        return '`' + name.replace("`", "``") + '`';
    }
}
