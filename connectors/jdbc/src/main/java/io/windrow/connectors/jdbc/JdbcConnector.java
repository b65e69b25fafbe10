package io.windrow.connectors.jdbc;

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
import io.windrow.connectors.jdbc.catalog.SourceError;
import io.windrow.connectors.jdbc.source.JdbcSource;
import io.windrow.connectors.jdbc.source.JdbcSourceConfig;
import io.windrow.connectors.jdbc.sql.JdbcError;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Tables of a SQL database, as a source and as a target. */
public final class JdbcConnector implements Connector {
    static final SinkTraits TRAITS = new SinkTraits(
            EnumSet.allOf(WriteMode.class), true, true,
            "Readers of a table see whole epochs of its stream, each in one transaction; with replace, whole generations. A "
                    + "mirror that is read anew is empty at first and fills with the read.");

    static final SourceTraits SOURCE_TRAITS =
            new SourceTraits(Set.of(ReadMode.SNAPSHOT, ReadMode.INCREMENTAL), SourceTraits.Replay.POSITION, false, true);

    /** Does nothing. */
    public JdbcConnector() {}

    @Override
    public String name() {
        return "jdbc";
    }

    @Override
    public String description() {
        return "Tables of MariaDB, MySQL, SQL Server, Oracle, SQLite and DuckDB, as snapshots or incrementally; tables of PostgreSQL, "
                + "MariaDB, SQLite and DuckDB as targets: append, replace, upsert, mirror, history";
    }

    @Override
    public Optional<SourceFactory<?>> source() {
        return Optional.of(new SourceSide());
    }

    @Override
    public Optional<SinkFactory<?>> sink() {
        return Optional.of(new SinkSide());
    }

    @Override
    public List<ErrorCode> errorCodes() {
        return Stream.<ErrorCode[]>of(JdbcError.values(), SourceError.values()).flatMap(Stream::of).toList();
    }

    private static final class SourceSide implements SourceFactory<JdbcSourceConfig> {
        @Override
        public Class<JdbcSourceConfig> config() {
            return JdbcSourceConfig.class;
        }

        @Override
        public SourceTraits traits(JdbcSourceConfig config) {
            return SOURCE_TRAITS;
        }

        @Override
        public Source create(JdbcSourceConfig config, Context context) {
            return new JdbcSource(config, context);
        }
    }

    private static final class SinkSide implements SinkFactory<JdbcConfig> {
        @Override
        public Class<JdbcConfig> config() {
            return JdbcConfig.class;
        }

        @Override
        public SinkTraits traits(JdbcConfig config) {
            return TRAITS;
        }

        @Override
        public Map<String, String> streams(JdbcConfig config) {
            Map<String, String> streams = new LinkedHashMap<>();
            for (int i = 0; i < config.tables().size(); i++) {
                streams.put("tables[" + i + "].stream", config.tables().get(i).stream());
            }
            return streams;
        }

        @Override
        public Sink create(JdbcConfig config, Context context) {
            return new JdbcSink(config, context);
        }
    }
}
