package io.windrow.benchmarks.governed;

import io.windrow.api.connector.Connector;
import io.windrow.api.context.Context;
import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;
import io.windrow.api.sink.SinkFactory;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.SourceFactory;
import io.windrow.api.source.SourceTraits;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Reads tables that were generated in this process. For the property test only. */
public final class GeneratedConnector implements Connector {
    private static final Map<String, List<Table>> WORLDS = new ConcurrentHashMap<>();

    /** Errors of generated tables. */
    public enum GeneratedError implements ErrorCode {
        /** The test wanted a failure here. */
        INJECTED("injected", ErrorKind.EXTERNAL_PERMANENT, "The test let the run fail here.", "Run again."),
        /** A row that no decoder can read. */
        UNDECODABLE("undecodable", ErrorKind.DATA, "The bytes of a row cannot be decoded.", "Mend the row.");

        private final String reason;
        private final ErrorKind kind;
        private final String meaning;
        private final String remedy;

        GeneratedError(String reason, ErrorKind kind, String meaning, String remedy) {
            this.reason = reason;
            this.kind = kind;
            this.meaning = meaning;
            this.remedy = remedy;
        }

        @Override
        public String code() {
            return "generated." + reason;
        }

        @Override
        public ErrorKind kind() {
            return kind;
        }

        @Override
        public String meaning() {
            return meaning;
        }

        @Override
        public String remedy() {
            return remedy;
        }
    }

    /** Makes tables known under a name until {@link #forget}. */
    static void know(String world, List<Table> tables) {
        WORLDS.put(world, tables);
    }

    static void forget(String world) {
        WORLDS.remove(world);
    }

    @Override
    public String name() {
        return "generated";
    }

    @Override
    public String description() {
        return "Generated tables of the property test.";
    }

    @Override
    public Optional<SourceFactory<?>> source() {
        return Optional.of(new Factory());
    }

    @Override
    public Optional<SinkFactory<?>> sink() {
        return Optional.empty();
    }

    @Override
    public List<ErrorCode> errorCodes() {
        return List.of(GeneratedError.values());
    }

    private static final class Factory implements SourceFactory<GeneratedConfig> {
        @Override
        public Class<GeneratedConfig> config() {
            return GeneratedConfig.class;
        }

        @Override
        public SourceTraits traits(GeneratedConfig config) {
            return new SourceTraits(
                    Set.of(ReadMode.SNAPSHOT, ReadMode.INCREMENTAL), SourceTraits.Replay.POSITION, false, true);
        }

        @Override
        public Source create(GeneratedConfig config, Context context) {
            List<Table> tables = WORLDS.get(config.world());
            if (tables == null) {
                throw new IllegalStateException("Nobody knows the world " + config.world());
            }
            return new GeneratedSource(tables, context.allocator());
        }
    }
}
