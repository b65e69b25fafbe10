package io.windrow.core.spec;

import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Doc;
import io.windrow.api.config.Secret;
import io.windrow.api.connector.Connector;
import io.windrow.api.context.Context;
import io.windrow.api.error.ErrorCode;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkFactory;
import io.windrow.api.sink.SinkTraits;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.SourceFactory;
import io.windrow.api.source.SourceTraits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A connector for tests of the spec: every type of setting, no I/O. */
public final class Meadow implements Connector {
    public record StreamConfig(
            @Doc("the table") String table,
            @Doc(value = "how", defaultValue = "snapshot") ReadMode mode,
            @Doc("the cursor") Optional<String> cursor) {
        public StreamConfig {
            if (mode == ReadMode.INCREMENTAL && cursor.isEmpty()) {
                throw new IllegalArgumentException("mode incremental needs a cursor");
            }
        }
    }

    public record MeadowConfig(
            @Doc("the url") Secret url,
            @Doc(value = "the streams", example = "[{table: a}]") List<StreamConfig> streams,
            @Doc(value = "rows", defaultValue = "1_000") int fetchRows,
            @Doc(value = "wait", defaultValue = "30s") Duration connectTimeout,
            @Doc(value = "sure", defaultValue = "true") boolean verifyTls,
            @Doc("labels") Map<String, String> labels,
            @Doc(value = "share", defaultValue = "0.5") double share,
            @Doc(value = "seed", example = "7") Optional<Long> seed) {}

    public record BarnConfig(
            @Doc(value = "where", example = "./out") Path path,
            @Doc(value = "size", defaultValue = "128MiB") ByteSize targetSize,
            @Doc(value = "idempotent", defaultValue = "true") boolean idempotent) {}

    @Override
    public String name() {
        return "meadow";
    }

    @Override
    public String description() {
        return "Grass.";
    }

    @Override
    public Optional<SourceFactory<?>> source() {
        return Optional.of(new SourceFactory<MeadowConfig>() {
            @Override
            public Class<MeadowConfig> config() {
                return MeadowConfig.class;
            }

            @Override
            public SourceTraits traits(MeadowConfig config) {
                return new SourceTraits(
                        Set.of(ReadMode.SNAPSHOT, ReadMode.INCREMENTAL), SourceTraits.Replay.POSITION, false, true);
            }

            @Override
            public Source create(MeadowConfig config, Context context) {
                throw new UnsupportedOperationException("no I/O in tests of the spec");
            }
        });
    }

    @Override
    public Optional<SinkFactory<?>> sink() {
        return Optional.of(new SinkFactory<BarnConfig>() {
            @Override
            public Class<BarnConfig> config() {
                return BarnConfig.class;
            }

            @Override
            public SinkTraits traits(BarnConfig config) {
                return new SinkTraits(
                        Set.of(WriteMode.values()), config.idempotent(), false, "whole epochs");
            }

            @Override
            public Sink create(BarnConfig config, Context context) {
                throw new UnsupportedOperationException("no I/O in tests of the spec");
            }
        });
    }

    @Override
    public List<ErrorCode> errorCodes() {
        return List.of();
    }
}
