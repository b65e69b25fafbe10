package io.windrow.connectors.jdbc;

import io.windrow.api.config.Secret;
import io.windrow.api.context.Context;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkTraits;
import io.windrow.testkit.conformance.SinkConformance;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The sink's traits are true of PostgreSQL, as read by SQL of the test's own. */
@Tag("server")
class PostgresSinkConformanceTest extends SinkConformance {
    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @BeforeEach
    void empty() {
        DATABASE.execute("DROP SCHEMA public CASCADE", "CREATE SCHEMA public");
    }

    @Override
    protected Sink open(Context with) {
        return new JdbcSink(JdbcConfig.of(Secret.of(DATABASE.url())), with);
    }

    @Override
    protected SinkTraits traits() {
        return JdbcConnector.TRAITS;
    }

    @Override
    protected List<Long> visible(StreamName stream) {
        String table = stream.name().replace("'", "''");
        if (DATABASE.number("SELECT count(*) FROM pg_tables WHERE tablename = '" + table + "'") == 0) {
            return List.of();
        }
        return DATABASE.query("SELECT id FROM \"" + stream.name().replace("\"", "\"\"") + "\"").stream()
                .map(row -> Long.valueOf(String.valueOf(row.getFirst())))
                .toList();
    }
}
