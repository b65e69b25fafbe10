package io.windrow.connectors.connect;

import io.windrow.api.connector.Connector;
import io.windrow.api.context.Context;
import io.windrow.api.error.ErrorCode;
import io.windrow.api.sink.SinkFactory;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.SourceFactory;
import io.windrow.api.source.SourceTraits;
import io.windrow.connectors.connect.database.Preset;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A database that is known by name, as a source. */
abstract sealed class PresetConnector<C extends Record & Preset> implements Connector permits MariadbConnector {
    private final String name;
    private final String description;
    private final Class<C> config;

    PresetConnector(String name, String description, Class<C> config) {
        this.name = name;
        this.description = description;
        this.config = config;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String description() {
        return description;
    }

    @Override
    public final Optional<SourceFactory<?>> source() {
        return Optional.of(new Factory<>(config));
    }

    @Override
    public final Optional<SinkFactory<?>> sink() {
        return Optional.empty();
    }

    /** All presets have the same codes; the registry is told of them once, by the first. */
    @Override
    public List<ErrorCode> errorCodes() {
        return List.of();
    }

    private record Factory<C extends Record & Preset>(Class<C> config) implements SourceFactory<C> {
        @Override
        public SourceTraits traits(C preset) {
            return new SourceTraits(Set.of(ReadMode.CDC), SourceTraits.Replay.POSITION, true, false);
        }

        @Override
        public Source create(C preset, Context context) {
            return new ConnectSource(preset, context);
        }
    }
}
