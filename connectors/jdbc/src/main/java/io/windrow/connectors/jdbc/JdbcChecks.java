package io.windrow.connectors.jdbc;

import io.windrow.api.context.CheckResult;
import io.windrow.api.error.WindrowException;
import io.windrow.connectors.jdbc.sql.Database;
import io.windrow.connectors.jdbc.sql.Dialect;
import io.windrow.connectors.jdbc.sql.JdbcAddress;
import io.windrow.connectors.jdbc.table.CommitBook;
import io.windrow.connectors.jdbc.table.Layout;
import io.windrow.connectors.jdbc.table.StageName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Tests whether the database can be reached and tables be made in it. Leaves no trace. */
final class JdbcChecks {
    private final JdbcTarget target;
    private final List<CheckResult> results = new ArrayList<>();

    JdbcChecks(JdbcTarget target) {
        this.target = target;
    }

    List<CheckResult> run() {
        JdbcAddress address = target.address();
        boolean file = address.database() == Database.SQLITE || address.database() == Database.DUCKDB;
        if (file && !Files.exists(Path.of(address.display()))) {
            return List.of(folder(Path.of(address.display()).toAbsolutePath().getParent()));
        }
        try {
            Connection connection = target.connect();
            try {
                results.add(CheckResult.ok("connection", "Connected to " + address.display() + "."));
                tls(address);
                pooler(connection);
                tables(connection);
                engines(connection);
                references(connection);
            } finally {
                target.close(connection);
            }
        } catch (WindrowException e) {
            results.add(CheckResult.failed("connection", String.valueOf(e.getMessage()), e.remedy()));
        } catch (SQLException e) {
            WindrowException coded = target.coded("Making a table in " + address.display(), e);
            results.add(CheckResult.failed(
                    "tables", String.valueOf(coded.getMessage()),
                    address.database() == Database.POSTGRES
                            ? "GRANT CREATE, USAGE ON SCHEMA … TO " + target.dialect().quoted(address.user()) + ";"
                            : "GRANT CREATE, ALTER, INDEX, DROP, SELECT, INSERT, UPDATE, DELETE, CREATE TEMPORARY TABLES to the user."));
        }
        return List.copyOf(results);
    }

    /** Opening a file that is not there would make it. */
    private static CheckResult folder(Path folder) {
        return Files.isDirectory(folder) && Files.isWritable(folder)
                ? CheckResult.ok("file", "The file will be made in " + folder + ".")
                : CheckResult.failed("file", folder + " is no folder that can be written to.", "Make the folder, or change sink.jdbc.url.");
    }

    private void tls(JdbcAddress address) {
        switch (address.tls()) {
            case VERIFIED -> results.add(CheckResult.ok("tls", "The server's certificate is verified."));
            case LOCAL -> results.add(CheckResult.ok("tls", "The database is on this machine."));
            case WEAKENED -> results.add(CheckResult.warning(
                    "tls", "TLS is off, or the server's certificate is not verified.",
                    "Take sslmode out of the URL, or write verify-full with the authority's certificate."));
        }
    }

    /** Where a process is lent for one transaction, our settings would reach the statements of others, and not our own. */
    private void pooler(Connection connection) throws SQLException {
        Optional<String> process = target.dialect().lentProcess(connection);
        if (process.isEmpty()) {
            return;
        }
        Connection other = target.connect();
        try {
            other.setAutoCommit(false);
            // In turn: the other holds its process, so if that is not ours, there is at least one more.
            boolean lent = target.dialect().lentProcess(other).equals(process) || !target.dialect().lentProcess(connection).equals(process);
            results.add(lent
                    ? CheckResult.failed(
                            "pooler", "A pooler lends a server process for a transaction at a time: settings of a session would reach other clients.",
                            "Name the server itself in sink.jdbc.url, or a pool that lends processes for whole sessions (in PgBouncer pool_mode = session).")
                    : CheckResult.ok("pooler", "A pooler lends a server process for a session at a time."));
        } finally {
            target.close(other);
        }
    }

    private void tables(Connection connection) throws SQLException {
        String probe = target.place(connection)
                .qualified(target.dialect(), StageName.PREFIX + "check_" + UUID.randomUUID().toString().substring(0, 8));
        try (Statement statement = connection.createStatement()) {
            String creation = "CREATE TABLE " + probe + " (probe integer)" + target.dialect().tableOptions();
            if (target.dialect().ddl() == Dialect.Ddl.TRANSACTIONAL) {
                connection.setAutoCommit(false);
                statement.execute(creation);
                connection.rollback();
            } else {
                statement.execute(creation);
                statement.execute("DROP TABLE " + probe);
            }
        }
        results.add(CheckResult.ok("tables", "Tables can be made."));
    }

    /** A mirror to whose rows others refer cannot be read anew. */
    private void references(Connection connection) throws SQLException {
        CommitBook book = target.book(connection);
        if (target.dialect().referring().isEmpty() || target.config().deletes() == Layout.Deletes.SOFT || !book.exists(connection)) {
            return;
        }
        for (CommitBook.Row row : book.ofPipeline(connection, target.context().pipeline())) {
            try {
                target.place(connection).expectReplaceable(target.dialect(), connection, row.table());
            } catch (WindrowException e) {
                results.add(CheckResult.warning("references", String.valueOf(e.getMessage()), e.remedy()));
            }
        }
    }

    /** Only tables that are there can be of the wrong engine. */
    private void engines(Connection connection) throws SQLException {
        CommitBook book = target.book(connection);
        if (target.dialect().otherEngine().isEmpty() || !book.exists(connection)) {
            return;
        }
        try {
            book.expectTransactional(connection);
            for (CommitBook.Row row : book.ofPipeline(connection, target.context().pipeline())) {
                target.place(connection).expectTransactional(target.dialect(), connection, row.table());
            }
            results.add(CheckResult.ok("engines", "All tables are kept by InnoDB."));
        } catch (WindrowException e) {
            results.add(CheckResult.failed("engines", String.valueOf(e.getMessage()), e.remedy()));
        }
    }
}
