package io.windrow.connectors.connect;

import io.windrow.api.connector.Connector;
import io.windrow.api.error.ErrorCode;
import io.windrow.api.sink.SinkFactory;
import io.windrow.api.source.SourceFactory;
import java.util.List;
import java.util.Optional;

/** SQL Server as a source of change streams. */
public final class SqlServerConnector implements Connector {
    /** Does nothing. */
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
    public Optional<SourceFactory<?>> source() {
        return Optional.of(new PresetFactory<>(SqlServerConfig.class));
    }

    @Override
    public Optional<SinkFactory<?>> sink() {
        return Optional.empty();
    }

    /** Those of all connectors of this module, of which {@link AnyConnector} tells. */
    @Override
    public List<ErrorCode> errorCodes() {
        return List.of();
    }
}
