package io.windrow.connectors.connect;

/** Db2 as a source of change streams. */
public final class Db2Connector implements PresetConnector<Db2Config> {
    /** Called by the registry. */
    public Db2Connector() {}

    @Override
    public String name() {
        return "db2";
    }

    @Override
    public String description() {
        return "Db2: tables as change streams, by Debezium's connector in this process; not run against a real server so far";
    }

    @Override
    public Class<Db2Config> config() {
        return Db2Config.class;
    }
}
