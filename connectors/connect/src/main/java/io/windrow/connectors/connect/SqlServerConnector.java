package io.windrow.connectors.connect;

/** SQL Server as a source of change streams. */
public final class SqlServerConnector implements PresetConnector<SqlServerConfig> {
    /** Called by the registry. */
    public SqlServerConnector() {}

    @Override
    public String name() {
        return "sqlserver";
    }

    @Override
    public String description() {
        return "SQL Server: tables as change streams, by Debezium's connector in this process; not run against a real server so far";
    }

    @Override
    public Class<SqlServerConfig> config() {
        return SqlServerConfig.class;
    }
}
