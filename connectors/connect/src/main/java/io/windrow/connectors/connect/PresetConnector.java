package io.windrow.connectors.connect;

import io.windrow.api.connector.Connector;
import io.windrow.api.error.ErrorCode;
import io.windrow.api.sink.SinkFactory;
import io.windrow.api.source.SourceFactory;
import io.windrow.connectors.connect.database.Preset;
import java.util.List;
import java.util.Optional;

/** A database that is known by name, as a source of change streams. */
interface PresetConnector<C extends Record & Preset> extends Connector {
    /** Its settings. */
    Class<C> config();

    @Override
    default Optional<SourceFactory<?>> source() {
        return Optional.of(new PresetFactory<>(config()));
    }

    @Override
    default Optional<SinkFactory<?>> sink() {
        return Optional.empty();
    }

    /** Those of all connectors of this module, of which {@link AnyConnector} tells. */
    @Override
    default List<ErrorCode> errorCodes() {
        return List.of();
    }
}
