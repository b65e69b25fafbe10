package io.windrow.connectors.connect.host;

import io.windrow.api.error.WindrowException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceConnectorContext;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A source connector with its one task. All methods are called on one thread, the reader's own; what the connector starts
 * besides is its own affair and ends with {@link #close}.
 */
public final class HostedTask implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HostedTask.class);

    private final PluginLoader loader;
    private final SourceConnector connector;
    private final SourceTask task;

    private HostedTask(PluginLoader loader, SourceConnector connector, SourceTask task) {
        this.loader = loader;
        this.connector = connector;
        this.task = task;
    }

    /**
     * Starts a connector and its task.
     *
     * @param settings the connector's own settings; they may hold secrets
     * @throws WindrowException coded by {@link Failures}
     */
    public static HostedTask start(
            PluginLoader loader, String connectorClass, Map<String, String> settings, SavedOffsets offsets) {
        return Failures.coding("Starting " + connectorClass, Failures.Words.GIVEN, () -> within(loader, () -> {
            SourceConnector connector = loader.make(connectorClass, SourceConnector.class);
            connector.initialize(new ConnectorSide(offsets));
            Map<String, String> told = new HashMap<>(settings);
            told.put("connector.class", connectorClass);
            connector.start(told);
            List<Map<String, String>> tasks = connector.taskConfigs(1);
            if (tasks.size() != 1) {
                throw WindrowException.of(
                        ConnectError.CONFIG_REFUSED,
                        "Starting " + connectorClass + ": it wants " + tasks.size() + " tasks, and one is run");
            }
            String taskClass = connector.taskClass().getName();
            SourceTask task = loader.make(taskClass, SourceTask.class);
            Map<String, String> own = new HashMap<>(tasks.getFirst());
            // As Kafka Connect tells its tasks; Debezium finds its parts by them.
            own.put("connector.class", connectorClass);
            own.put("task.class", taskClass);
            task.initialize(new TaskSide(own, offsets));
            task.start(own);
            return new HostedTask(loader, connector, task);
        }));
    }

    /** What has come since the last call; empty after the connector's own poll interval. */
    public List<SourceRecord> poll() {
        return Failures.coding("Reading", Failures.Words.WITHHELD, () -> within(loader, () -> {
            List<SourceRecord> records = task.poll();
            return records == null ? List.of() : records;
        }));
    }

    /** Everything that was polled is committed. */
    public void commit() {
        Failures.coding("Acknowledging", Failures.Words.WITHHELD, () -> within(loader, () -> {
            task.commit();
            return task;
        }));
    }

    @Override
    public void close() {
        try {
            within(loader, () -> {
                task.stop();
                connector.stop();
                return task;
            });
        } catch (Exception e) {
            LOG.debug("Stopping a connector", e);
        }
    }

    @FunctionalInterface
    interface Work<T> {
        T run() throws Exception;
    }

    /** Connectors look for their parts with the thread's class loader. */
    static <T> T within(ClassLoader loader, Work<T> work) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return work.run();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static WindrowException noMetrics() {
        return WindrowException.of(
                ConnectError.CONFIG_REFUSED, "Running a connector: it wants Kafka's metrics, which there are none of here");
    }

    private record TaskSide(Map<String, String> configs, OffsetStorageReader offsetStorageReader) implements SourceTaskContext {
        @Override
        public PluginMetrics pluginMetrics() {
            throw noMetrics();
        }
    }

    private record ConnectorSide(OffsetStorageReader offsetStorageReader) implements SourceConnectorContext {
        @Override
        public void requestTaskReconfiguration() {
            LOG.debug("The connector asks for other tasks; it has one");
        }

        @Override
        public void raiseError(Exception e) {
            // The task meets the same trouble, and tells of it where it can be coded.
            LOG.debug("The connector raises an error", e);
        }

        @Override
        public PluginMetrics pluginMetrics() {
            throw noMetrics();
        }
    }
}
