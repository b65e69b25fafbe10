package io.windrow.connectors.connect.plugin;

import io.debezium.spi.schema.DataCollectionId;
import io.debezium.spi.topic.TopicNamingStrategy;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Calls topics after their tables, as Debezium's own strategy does, but makes each name once: that one makes it with every record. No
 * topic of Kafka's ever has the name, so whatever a table may be called is left as it is. Any thread.
 */
public final class TableTopics implements TopicNamingStrategy<DataCollectionId> {
    private final Map<DataCollectionId, String> names = new ConcurrentHashMap<>();
    private volatile String prefix = "";

    /** Called by Debezium. */
    public TableTopics(Properties properties) {
        configure(properties);
    }

    @Override
    public void configure(Properties properties) {
        prefix = properties.getProperty("topic.prefix", "");
    }

    @Override
    public String dataChangeTopic(DataCollectionId table) {
        String known = names.get(table);
        return known == null ? names.computeIfAbsent(table, one -> prefix + "." + String.join(".", one.databaseParts())) : known;
    }

    @Override
    public String schemaChangeTopic() {
        return prefix;
    }

    @Override
    public String heartbeatTopic() {
        return prefix + ".heartbeat";
    }

    @Override
    public String transactionTopic() {
        return prefix + ".transaction";
    }

    @Override
    public String sanitizedTopicName(String name) {
        return name;
    }
}
