package io.windrow.connectors.postgres;

import io.windrow.api.connector.Connector;
import io.windrow.api.context.Context;
import io.windrow.api.error.ErrorCode;
import io.windrow.api.sink.SinkFactory;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.SourceFactory;
import io.windrow.api.source.SourceTraits;
import io.windrow.connectors.postgres.catalog.CatalogError;
import io.windrow.connectors.postgres.codec.CodecError;
import io.windrow.connectors.postgres.pgoutput.LogError;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** PostgreSQL 14 to 18 as a source. */
public final class PostgresConnector implements Connector {
    private final Factory factory = new Factory();

    /** Has seen no slot yet. */
    public PostgresConnector() {}

    @Override
    public String name() {
        return "postgres";
    }

    @Override
    public String description() {
        return "PostgreSQL 14 to 18: tables, views and queries, as snapshots or incrementally; tables also as change streams";
    }

    @Override
    public Optional<SourceFactory<?>> source() {
        return Optional.of(factory);
    }

    @Override
    public Optional<SinkFactory<?>> sink() {
        return Optional.empty();
    }

    @Override
    public List<ErrorCode> errorCodes() {
        return Stream.<ErrorCode[]>of(
                        PostgresError.values(), CatalogError.values(), CodecError.values(), LogError.values())
                .flatMap(Stream::of)
                .toList();
    }

    private static final class Factory implements SourceFactory<PostgresConfig> {
        /** How each slot stood when a source of this process looked at it last. */
        private final Map<String, SlotWatch.Stand> stands = new ConcurrentHashMap<>();

        @Override
        public Class<PostgresConfig> config() {
            return PostgresConfig.class;
        }

        @Override
        public SourceTraits traits(PostgresConfig config) {
            return new SourceTraits(
                    Set.of(ReadMode.SNAPSHOT, ReadMode.INCREMENTAL, ReadMode.CDC), SourceTraits.Replay.POSITION,
                    config.streams().stream().anyMatch(stream -> stream.mode() == ReadMode.CDC), true);
        }

        @Override
        public Source create(PostgresConfig config, Context context) {
            String slot = PostgresAddress.of(config.url(), config.password()).display() + ' '
                    + config.following().slotOf(context.pipeline(), Optional.empty());
            return new PostgresSource(config, context, stands.computeIfAbsent(slot, name -> new SlotWatch.Stand()));
        }
    }
}
