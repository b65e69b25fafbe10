package io.windrow.connectors.jdbc;

import io.windrow.testkit.postgres.PostgresDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("server")
class PostgresEveryTypeTest extends EveryTypeSuite {
    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @BeforeEach
    void empty() {
        DATABASE.execute("DROP SCHEMA public CASCADE", "CREATE SCHEMA public");
    }

    @Override
    protected String url() {
        return DATABASE.url();
    }

    @Override
    protected double[] floats() {
        return new double[] {0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MIN_VALUE, 0.1};
    }

    @Override
    protected long[] moments() {
        return new long[] {-210_863_520_000_000_000L, 9_214_646_400_000_000_000L};
    }
}
