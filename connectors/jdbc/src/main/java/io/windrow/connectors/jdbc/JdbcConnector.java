package io.windrow.connectors.jdbc;

import io.windrow.api.connector.Connector;
import io.windrow.api.context.Context;
import io.windrow.api.error.ErrorCode;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkFactory;
import io.windrow.api.sink.SinkTraits;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.SourceFactory;
import io.windrow.connectors.jdbc.sql.JdbcError;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/** Tables of a SQL database as a target. */
public final class JdbcConnector implements Connector {
    static final SinkTraits TRAITS = new SinkTraits(
            EnumSet.allOf(WriteMode.class), true, true,
            "Readers of a table see whole epochs of its stream, each in one transaction; with replace, whole generations. A "
                    + "mirror that is read anew is empty at first and fills with the read.");

    /** Does nothing. */
    public JdbcConnector() {}

    @Override
    public String name() {
        return "jdbc";
    }

    @Override
    public String description() {
        return "Tables of PostgreSQL, MariaDB, SQLite and DuckDB: append, replace, upsert, mirror, history";
    }

    @Override
    public Optional<SourceFactory<?>> source() {
        return Optional.empty();
    }

    @Override
    public Optional<SinkFactory<?>> sink() {
        return Optional.of(new Factory());
    }

    @Override
    public List<ErrorCode> errorCodes() {
        return List.of(JdbcError.values());
    }

    private static final class Factory implements SinkFactory<JdbcConfig> {
        @Override
        public Class<JdbcConfig> config() {
            return JdbcConfig.class;
        }

        @Override
        public SinkTraits traits(JdbcConfig config) {
            return TRAITS;
        }

        @Override
        public Sink create(JdbcConfig config, Context context) {
            return new JdbcSink(config, context);
        }
    }
}
