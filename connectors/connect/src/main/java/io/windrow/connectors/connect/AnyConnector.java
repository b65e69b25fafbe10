package io.windrow.connectors.connect;

import io.windrow.api.connector.Connector;
import io.windrow.api.error.ErrorCode;
import io.windrow.api.sink.SinkFactory;
import io.windrow.api.source.SourceFactory;
import io.windrow.connectors.connect.host.ConnectError;
import java.util.List;
import java.util.Optional;

/** Any source connector of Kafka Connect as a source. It tells of the error codes for all connectors of the module. */
public final class AnyConnector implements Connector {
    /** Does nothing. */
    public AnyConnector() {}

    @Override
    public String name() {
        return "connect";
    }

    @Override
    public String description() {
        return "Any source connector of Kafka Connect, in this process: its topics as streams of new rows";
    }

    @Override
    public Optional<SourceFactory<?>> source() {
        return Optional.of(new PresetFactory<>(ConnectConfig.class));
    }

    @Override
    public Optional<SinkFactory<?>> sink() {
        return Optional.empty();
    }

    @Override
    public List<ErrorCode> errorCodes() {
        return List.of(ConnectError.values());
    }
}
