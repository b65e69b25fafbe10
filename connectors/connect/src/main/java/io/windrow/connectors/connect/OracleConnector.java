package io.windrow.connectors.connect;

/** Oracle as a source of change streams. */
public final class OracleConnector implements PresetConnector<OracleConfig> {
    /** Called by the registry. */
    public OracleConnector() {}

    @Override
    public String name() {
        return "oracle";
    }

    @Override
    public String description() {
        return "Oracle: tables as change streams, by Debezium's connector in this process; not run against a real server so far";
    }

    @Override
    public Class<OracleConfig> config() {
        return OracleConfig.class;
    }
}
