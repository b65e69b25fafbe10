package io.windrow.connectors.jdbc.source;

import io.windrow.api.context.CheckResult;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.connectors.jdbc.catalog.NativeTable;
import io.windrow.connectors.jdbc.sql.Database;
import io.windrow.connectors.jdbc.sql.JdbcAddress;
import io.windrow.connectors.jdbc.sql.JdbcError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Tests whether the database can be reached and its streams be read. Leaves no trace. */
final class SourceChecks {
    private static final Pattern WRITES =
            Pattern.compile("\\b(ALL PRIVILEGES|INSERT|UPDATE|DELETE|DROP|ALTER|CREATE|SUPER)\\b", Pattern.CASE_INSENSITIVE);

    private final JdbcSource source;
    private final List<CheckResult> results = new ArrayList<>();

    SourceChecks(JdbcSource source) {
        this.source = source;
    }

    List<CheckResult> run() {
        JdbcAddress address = source.address();
        if (address.database().isFile() && !Files.isReadable(Path.of(address.display()))) {
            return List.of(CheckResult.failed(
                    "file", "There is no file " + address.display() + " that can be read.", "Correct source.jdbc.url, or the file's permissions."));
        }
        try (Session session = Session.begun(source)) {
            results.add(CheckResult.ok("connection", "Connected to " + address.display() + " (" + address.database().label() + ")."));
            tls(address);
            privileges(session);
            StreamSelection selection = StreamSelection.of(session, source, (code, text) ->
                    results.add(CheckResult.warning("streams", text, "Correct the pattern in streams, or take it out.")));
            for (StreamName name : new TreeSet<>(selection.streams().keySet())) {
                stream(session, selection, name);
            }
            if (selection.streams().isEmpty()) {
                results.add(CheckResult.failed(
                        "streams", "No table is selected.", "Name the tables in streams, or grant SELECT on them to the user."));
            }
        } catch (WindrowException e) {
            results.add(CheckResult.failed("connection", String.valueOf(e.getMessage()), e.remedy()));
        } catch (SQLException e) {
            WindrowException coded = Session.coded(source.dialect(), "Checking " + address.display(), e);
            results.add(CheckResult.failed("catalog", String.valueOf(coded.getMessage()), coded.remedy()));
        }
        return List.copyOf(results);
    }

    private void tls(JdbcAddress address) {
        switch (address.tls()) {
            case VERIFIED -> results.add(CheckResult.ok("tls", "The server's certificate is verified."));
            case LOCAL -> results.add(CheckResult.ok("tls", "The database is on this machine."));
            case WEAKENED -> results.add(CheckResult.warning(
                    "tls", "TLS is off, or the server's certificate is not verified.", "Take sslmode out of the URL."));
        }
    }

    /** The connection cannot write, whatever the user may; still a reader's user needs no more than SELECT. */
    private void privileges(Session session) throws SQLException {
        Database database = source.address().database();
        if (database != Database.MARIADB && database != Database.MYSQL) {
            return;
        }
        boolean writes = session.rows(new Session.Sql("SHOW GRANTS", List.of()), row -> row.getString(1)).stream()
                .anyMatch(grant -> WRITES.matcher(grant.replaceAll("\\bON\\b.*", "")).find());
        results.add(writes
                ? CheckResult.warning(
                        "privileges", "The user may write.", "Make a user for reading: GRANT SELECT, SHOW VIEW ON <database>.* TO <user>;")
                : CheckResult.ok("privileges", "The user may read only."));
    }

    private void stream(Session session, StreamSelection selection, StreamName name) {
        String what = "stream " + name;
        try {
            StreamShape shape = source.shape(session, selection, name);
            session.rows(ReadSql.nothing(source.dialect(), shape), row -> row);
            if (shape.config().mode() == ReadMode.INCREMENTAL) {
                WindowRead.level(shape, source.dialect());
            }
            String read = shape.columns().size() + " columns, "
                    + (shape.schema().key().isEmpty() ? "no key" : "key " + String.join(", ", shape.schema().key())) + ".";
            results.add((shape.table().moments() == NativeTable.Moments.KEPT
                            ? CheckResult.ok(what, read)
                            : CheckResult.warning(
                                    what, read + " Its storage engine keeps no versions, so that no read of it is of one moment.",
                                    "ALTER TABLE … ENGINE = InnoDB, if the table is written to."))
                    .about(name));
        } catch (WindrowException e) {
            results.add(CheckResult.failed(what, String.valueOf(e.getMessage()), e.remedy()).about(name));
        } catch (SQLException e) {
            WindrowException coded = session.coded("Reading " + name, e);
            boolean denied = coded.errorCode() == JdbcError.PERMISSION_DENIED;
            results.add(CheckResult.failed(
                            what, String.valueOf(coded.getMessage()),
                            denied ? "GRANT SELECT ON " + source.dialect().qualified(name) + " TO "
                                    + source.address().user() + ";" : coded.remedy())
                    .about(name));
        }
    }
}
