package io.windrow.connectors.connect;

/** MySQL as a source of change streams. */
public final class MysqlConnector implements PresetConnector<MysqlConfig> {
    /** Called by the registry. */
    public MysqlConnector() {}

    @Override
    public String name() {
        return "mysql";
    }

    @Override
    public String description() {
        return "MySQL: tables as change streams, by Debezium's connector in this process; not run against a real server so far";
    }

    @Override
    public Class<MysqlConfig> config() {
        return MysqlConfig.class;
    }
}
