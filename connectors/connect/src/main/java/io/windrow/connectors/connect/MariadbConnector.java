package io.windrow.connectors.connect;

/** MariaDB as a source of change streams. */
public final class MariadbConnector implements PresetConnector<MariadbConfig> {
    /** Called by the registry. */
    public MariadbConnector() {}

    @Override
    public String name() {
        return "mariadb";
    }

    @Override
    public String description() {
        return "MariaDB: tables as change streams, by Debezium's connector in this process";
    }

    @Override
    public Class<MariadbConfig> config() {
        return MariadbConfig.class;
    }
}
