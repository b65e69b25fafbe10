package io.windrow.connectors.connect.host;

import io.windrow.api.error.WindrowException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceConnectorContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;

/** What a connector may ask and say, on any of its threads; what it says ends the next poll of its task. */
final class ConnectorSide implements SourceConnectorContext {
    private final OffsetStorageReader offsets;
    private final AtomicReference<@Nullable WindrowException> trouble = new AtomicReference<>();

    ConnectorSide(OffsetStorageReader offsets) {
        this.offsets = offsets;
    }

    @Override
    public OffsetStorageReader offsetStorageReader() {
        return offsets;
    }

    @Override
    public void requestTaskReconfiguration() {
        trouble.compareAndSet(null, WindrowException.of(
                ConnectError.CONNECTOR_RETRIES, "Reading: the connector asks to be started anew, since what it reads has changed"));
    }

    @Override
    public void raiseError(Exception e) {
        trouble.compareAndSet(null, Failures.coded("Reading", Failures.Words.WITHHELD, e));
    }

    @Override
    public PluginMetrics pluginMetrics() {
        throw TaskSide.noMetrics();
    }

    /** Whatever the connector has said is dealt with. */
    void forget() {
        trouble.set(null);
    }

    /** Throws what the connector has said. */
    void expectUntroubled() {
        WindrowException said = trouble.get();
        if (said != null) {
            throw said;
        }
    }
}
