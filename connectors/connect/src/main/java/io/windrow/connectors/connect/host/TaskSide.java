package io.windrow.connectors.connect.host;

import io.windrow.api.error.WindrowException;
import java.util.Map;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/** What a task may ask. */
record TaskSide(Map<String, String> configs, OffsetStorageReader offsetStorageReader) implements SourceTaskContext {
    @Override
    public PluginMetrics pluginMetrics() {
        throw noMetrics();
    }

    static WindrowException noMetrics() {
        return WindrowException.of(
                ConnectError.CONFIG_REFUSED, "Running a connector: it wants Kafka's metrics, which there are none of here");
    }
}
