package io.windrow.connectors.jdbc;

import io.windrow.testkit.postgres.PostgresDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("server")
class PostgresChangesTest extends ChangesSuite {
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
    protected Connection connect() throws SQLException {
        return DATABASE.connect();
    }

    @Override
    protected boolean holdsZero() {
        return false;
    }

    @Override
    protected List<String> looseTable() {
        return List.of("CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)", "CREATE TABLE orders (id bigint PRIMARY KEY, name text COLLATE loose UNIQUE, body text)");
    }
}
