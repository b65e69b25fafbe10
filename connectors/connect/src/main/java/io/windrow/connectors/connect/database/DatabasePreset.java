package io.windrow.connectors.connect.database;

import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Secret;
import io.windrow.api.schema.StreamName;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A preset for tables of one server. The settings are components of the config's record, each with its own words. */
public interface DatabasePreset extends Preset {
    /** The server's host. */
    String host();

    /** The server's port. */
    int port();

    /** Who connects. */
    String user();

    /** Their password. */
    Secret password();

    /** The tables to follow, as {@link Preset#stream} reads them. */
    List<String> tables();

    /** Columns that are not delivered, each behind its table's name. */
    List<String> excludeColumns();

    @Override
    default boolean isDelivered(StreamName stream, String column) {
        return !new ExcludedColumns(excludeColumns()).contains(stream, column);
    }

    @Override
    default List<StreamName> streams() {
        return tables().stream().map(Preset::stream).toList();
    }

    @Override
    default Collection<Secret> secretValues() {
        return List.of(password());
    }

    /** Refuses settings that cannot be meant. */
    static void require(
            List<String> tables, List<String> excludeColumns, Map<String, String> properties, int batchRows, ByteSize batchSize) {
        if (tables.isEmpty()) {
            throw new IllegalArgumentException("tables must name at least one table");
        }
        tables.forEach(Preset::stream);
        for (String column : excludeColumns) {
            if (tables.stream().noneMatch(table -> column.toLowerCase(Locale.ROOT).startsWith(table.toLowerCase(Locale.ROOT) + "."))) {
                throw new IllegalArgumentException("exclude_columns names " + column + ", and its table is not among tables");
            }
        }
        Preset.requireConnectors("properties", properties.keySet());
        OwnSettings.requireNone(properties);
        if (batchRows < 1 || batchRows > 1_000_000 || batchSize.bytes() < 1024) {
            throw new IllegalArgumentException("batch_rows must lie between 1 and 1000000, and batch_size be 1KiB or more");
        }
    }
}
