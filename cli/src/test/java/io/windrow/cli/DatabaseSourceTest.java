package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a database to a pipeline file and a run of it. */
class DatabaseSourceTest {
    @TempDir
    Path folder;

    private static void execute(String url, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Test
    void initWritesAPipelineOfEveryTableAndItRuns() throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("shop.db");
        execute(url, "CREATE TABLE orders (id integer PRIMARY KEY, updated_at timestamp NOT NULL DEFAULT current_timestamp)",
                "CREATE TABLE \"odd name\" (id integer PRIMARY KEY)", "INSERT INTO \"odd name\" VALUES (1), (2)", "INSERT INTO orders (id) VALUES (1)");
        Path file = folder.resolve("shop.yaml");
        Invoked init = Invoked.windrow("init", file, "--from", url, "--to", folder.resolve("lake"));
        assertThat(init.exit()).as(init.whole()).isZero();
        assertThat(Files.readString(file)).contains("jdbc:").contains("odd name").contains("cursor: updated_at");
        for (String command : List.of("check", "plan", "discover", "run")) {
            Invoked done = Invoked.windrow(command, file);
            assertThat(done.exit()).as(command + done.whole()).isZero();
        }
        Invoked verify = Invoked.windrow("verify", file);
        assertThat(verify.exit()).as(verify.whole()).isNotZero();
        assertThat(verify.whole()).doesNotContain("Exception");
    }
}
