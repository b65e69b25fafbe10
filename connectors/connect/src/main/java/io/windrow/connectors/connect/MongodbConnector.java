package io.windrow.connectors.connect;

/** MongoDB as a source of change streams. */
public final class MongodbConnector implements PresetConnector<MongodbConfig> {
    /** Called by the registry. */
    public MongodbConnector() {}

    @Override
    public String name() {
        return "mongodb";
    }

    @Override
    public String description() {
        return "MongoDB: collections as change streams, by Debezium's connector in this process; not run against a real server so far";
    }

    @Override
    public Class<MongodbConfig> config() {
        return MongodbConfig.class;
    }
}
