package io.windrow.connectors.jdbc.source;

import io.windrow.testkit.mariadb.MariaServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A database of a test's own, and what the database itself says of it. */
record SourceTable(String url, String driverUrl) {
    static SourceTable sqlite(Path folder) {
        Path file = folder.resolve("source.sqlite");
        return new SourceTable("jdbc:sqlite:" + file, "jdbc:sqlite:" + file);
    }

    static SourceTable duckdb(Path folder) {
        Path file = folder.resolve("source.duckdb");
        return new SourceTable("jdbc:duckdb:" + file, "jdbc:duckdb:" + file);
    }

    /** An empty database of the name. */
    static SourceTable mariadb(String name) {
        return mariadb(MariaServer.shared(), name);
    }

    /** The same on a server. */
    static SourceTable mariadb(MariaServer server, String name) {
        new SourceTable("", server.jdbcUrl(""))
                .run("DROP DATABASE IF EXISTS " + name, "CREATE DATABASE " + name + " CHARACTER SET utf8mb4");
        return new SourceTable(server.url(name), server.jdbcUrl(name));
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(driverUrl);
    }

    void run(String... statements) {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    List<@Nullable String> texts(String query) {
        try (Connection connection = connect(); Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<@Nullable String> texts = new ArrayList<>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
