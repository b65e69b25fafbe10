package io.windrow.connectors.connect.database;

import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Secret;
import io.windrow.api.schema.StreamName;
import java.util.List;

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
    default List<StreamName> streams() {
        return tables().stream().map(Preset::stream).toList();
    }

    /** Refuses settings that cannot be meant. */
    static void require(List<String> tables, int batchRows, ByteSize batchSize) {
        if (tables.isEmpty()) {
            throw new IllegalArgumentException("tables must name at least one table");
        }
        tables.forEach(Preset::stream);
        if (batchRows < 1 || batchRows > 1_000_000 || batchSize.bytes() < 1024) {
            throw new IllegalArgumentException("batch_rows must lie between 1 and 1000000, and batch_size be 1KiB or more");
        }
    }
}
