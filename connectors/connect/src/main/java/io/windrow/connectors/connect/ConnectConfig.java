package io.windrow.connectors.connect;

import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Doc;
import io.windrow.api.config.Secret;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.connect.database.KnownForm;
import io.windrow.connectors.connect.database.Preset;
import io.windrow.connectors.connect.database.Server;
import io.windrow.connectors.connect.host.PluginLoader;
import io.windrow.connectors.connect.record.LogOrder;
import io.windrow.connectors.connect.record.Shape;
import io.windrow.connectors.connect.record.Values;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How to run any source connector of Kafka Connect. */
@Doc("Runs a source connector of Kafka Connect in this process. Each of its topics is a stream of new rows: key, value, sent_at.")
public record ConnectConfig(
        @Doc(value = "The connector's class.", example = "org.apache.kafka.connect.file.FileStreamSourceConnector") String connector,
        @Doc(value = "The folder with the connector's jars and all that they need; it has a class loader of its own.", example = "plugins/files")
                Path folder,
        @Doc(value = "The topics that the connector writes to; a record of another one is an error.", example = "[lines]")
                List<String> topics,
        @Doc(value = "The connector's settings, by its own names.", example = "{file: /var/log/app.log, topic: lines}")
                Map<String, String> settings,
        @Doc(value = "Those of its settings that are secret.", example = "{api.token: '${secret:app/token}'}") Map<String, Secret> secrets,
        @Doc(value = "How many rows a batch holds at most.", defaultValue = "8192") int batchRows,
        @Doc(value = "How many bytes of memory a batch of rows takes at most.", defaultValue = "8MiB") ByteSize batchSize,
        @Doc(
                        value = "How many bytes of records are held at most of which the connector is to be told once they are committed. With"
                                + " more, it is asked for the next ones only after a commit.",
                        defaultValue = "64MiB")
                ByteSize heldSize)
        implements Preset {
    public ConnectConfig {
        topics = List.copyOf(topics);
        settings = Map.copyOf(settings);
        secrets = Map.copyOf(secrets);
        Preset.requireConnectors("settings", settings.keySet());
        Preset.requireConnectors("secrets", secrets.keySet());
        if (topics.isEmpty() || batchRows < 1 || batchRows > 1_000_000 || batchSize.bytes() < 1024
                || heldSize.bytes() < 1024) {
            throw new IllegalArgumentException(
                    "topics must name at least one; batch_rows must lie between 1 and 1000000, and batch_size and held_size be 1KiB or more");
        }
    }

    @Override
    public String vendor() {
        return "connect";
    }

    @Override
    public String line() {
        return "connect";
    }

    @Override
    public Optional<Path> plugin() {
        return Optional.of(folder);
    }

    @Override
    public String connectorClass() {
        return connector;
    }

    @Override
    public List<StreamName> streams() {
        return topics.stream().map(StreamName::of).toList();
    }

    @Override
    public Map<String, String> settings(String pipeline) {
        Map<String, String> all = new LinkedHashMap<>(settings);
        secrets.forEach((name, secret) -> all.put(name, secret.reveal()));
        return all;
    }

    @Override
    public Collection<Secret> secretValues() {
        return secrets.values();
    }

    @Override
    public Map<String, String> properties() {
        return Map.of();
    }

    @Override
    public Shape shape() {
        return Shape.MESSAGES;
    }

    @Override
    public LogOrder order() {
        return new LogOrder.Counted(List.of());
    }

    @Override
    public Values.Dialect dialect() {
        return Values.Dialect.PLAIN;
    }

    @Override
    public Server server(PluginLoader loader) {
        return KnownForm.ofTopics();
    }
}
