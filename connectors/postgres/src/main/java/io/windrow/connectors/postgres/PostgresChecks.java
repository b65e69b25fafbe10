package io.windrow.connectors.postgres;

import io.windrow.api.context.CheckResult;
import io.windrow.api.context.Notices;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.ServerFacts;
import io.windrow.connectors.postgres.catalog.ServerReader;
import io.windrow.connectors.postgres.codec.ColumnPlan;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/** Tests a connection, the server, the role's privileges, those that are missing and those that are too many, and the settings of streams. Reads no row. */
final class PostgresChecks {
    private final PostgresSource source;
    private final List<CheckResult> results = new ArrayList<>();
    private boolean superuser;

    private final String pipeline;

    PostgresChecks(PostgresSource source, String pipeline) {
        this.pipeline = pipeline;
        this.source = source;
    }

    List<CheckResult> run() {
        PostgresAddress address = source.address();
        try (Session session = Session.open(address, source.config())) {
            results.add(CheckResult.ok("connection", "Connected to " + address.display() + " as " + address.user()
                    + (session.isDirect() ? "." : ", through a pooler.")));
            tls(session);
            server(session);
            Map<StreamName, StreamConfig> selected = StreamSelection.of(session, source.config(), Notices.IGNORE);
            Map<StreamName, StreamConfig> followed = new LinkedHashMap<>(selected);
            followed.values().removeIf(stream -> stream.mode() != ReadMode.CDC);
            role(session, followed.isEmpty() ? List.of() : List.of("REPLICATION"));
            streams(session, selected);
            if (!followed.isEmpty()) {
                results.addAll(new LogChecks(source, pipeline)
                        .run(session, ServerReader.read(session.connection()), followed));
            }
        } catch (WindrowException e) {
            results.add(CheckResult.failed("connection", String.valueOf(e.getMessage()), e.remedy()));
        } catch (SQLException e) {
            WindrowException coded = SqlStates.coded("Checking " + address.display(), e);
            results.add(CheckResult.failed("connection", String.valueOf(coded.getMessage()), coded.remedy()));
        }
        return List.copyOf(results);
    }

    private void tls(Session session) throws SQLException {
        List<@Nullable String> row = session.row(
                "SELECT ssl, version FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()");
        boolean encrypted = !row.isEmpty() && "t".equals(row.get(0));
        switch (source.address().tls()) {
            case VERIFIED -> results.add(CheckResult.ok("tls", "The server's certificate is verified (" + row.get(1) + ")."));
            case LOCAL -> results.add(CheckResult.ok("tls", "The server is on this machine; TLS is "
                    + (encrypted ? "on." : "off.")));
            case WEAKENED -> results.add(CheckResult.warning(
                    "tls",
                    "TLS is " + (encrypted ? "on, but the server's certificate or name is not verified." : "off: anybody on the way can read along."),
                    "Take sslmode out of the URL, or write sslmode=verify-full with sslrootcert."));
        }
    }

    private void server(Session session) throws SQLException {
        ServerFacts server = ServerReader.read(session.connection());
        String version = "PostgreSQL " + server.major();
        if (server.major() < 14) {
            results.add(CheckResult.failed("version", version + " is too old.", "Use PostgreSQL 14 or newer."));
        } else if (server.major() > 18) {
            results.add(CheckResult.warning("version", version + " is newer than what was tested (18).", "Run verify after the first run."));
        } else {
            results.add(CheckResult.ok("version", version + "."));
        }
        if (server.standby() == ServerFacts.Standby.STANDBY) {
            results.add(CheckResult.warning(
                    "standby",
                    "The server is a standby: a long read can be cancelled in favour of recovery.",
                    "Raise max_standby_streaming_delay on it, or set hot_standby_feedback = on."));
        }
        if (server.encoding().equals("SQL_ASCII")) {
            results.add(CheckResult.warning(
                    "encoding",
                    "The database is of encoding SQL_ASCII: a text that is not valid UTF-8 stops its stream.",
                    PostgresError.TEXT_INVALID.remedy()));
        }
    }

    private void role(Session session, List<String> needed) throws SQLException {
        List<@Nullable String> row = session.row("SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, "
                + "pg_catalog.pg_has_role('pg_write_all_data', 'USAGE') FROM pg_catalog.pg_roles WHERE rolname = current_user");
        String[] names = {"SUPERUSER", "CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS", "pg_write_all_data"};
        superuser = "t".equals(row.getFirst());
        List<String> excess = new ArrayList<>();
        for (int i = 0; i < row.size(); i++) {
            if ("t".equals(row.get(i)) && i != 4 && !needed.contains(names[i])) {
                excess.add(names[i]);
            }
        }
        if (excess.isEmpty()) {
            results.add(CheckResult.ok("role", "The role has no attribute that reading does not need."));
        } else {
            String role = Identifier.quoted(source.address().user());
            results.add(CheckResult.warning(
                    "role",
                    "The role has more power than reading needs: " + String.join(", ", excess) + ".",
                    "CREATE ROLE windrow_reader LOGIN PASSWORD '…'; and use it instead of " + role + "."));
        }
    }

    private void streams(Session session, Map<StreamName, StreamConfig> selected) throws SQLException {
        if (selected.isEmpty()) {
            results.add(CheckResult.warning("streams", "The config selects no stream.", "Run discover to see the tables."));
        }
        for (Map.Entry<StreamName, StreamConfig> stream : selected.entrySet()) {
            CheckResult result = stream.getValue().query().isPresent()
                    ? query(session, stream.getKey(), stream.getValue())
                    : table(session, stream.getKey(), stream.getValue());
            results.add(result.about(stream.getKey()));
        }
    }

    private CheckResult query(Session session, StreamName name, StreamConfig stream) throws SQLException {
        return unreadable(session, name, stream).orElseGet(() -> CheckResult.ok("stream " + name, "The query can be read."));
    }

    /** What a run would fail with: settings that do not fit, SQL of the user's that is wrong, privileges of what it names. */
    private Optional<CheckResult> unreadable(Session session, StreamName name, StreamConfig stream) throws SQLException {
        session.begin(null);
        try {
            session.guarded(() -> {
                StreamShape shape = StreamShape.of(session, name, stream, StreamShape.catalog(session, Map.of(name, stream)));
                // Describing a query looks at no privilege; explaining it begins to execute it, which does.
                session.execute("EXPLAIN SELECT " + ColumnPlan.selectList(shape.plans()) + " FROM " + shape.from()
                        + shape.where().map(where -> " WHERE " + where).orElse(""));
                return shape;
            });
            return Optional.empty();
        } catch (SQLException e) {
            WindrowException coded = SqlStates.coded("Describing what is read", e);
            String grants = coded.errorCode() == PostgresError.PERMISSION_DENIED
                    ? grants(session, e)
                    : "";
            return Optional.of(CheckResult.failed(
                    "stream " + name, String.valueOf(coded.getMessage()), grants.isEmpty() ? coded.remedy() : grants));
        } catch (WindrowException e) {
            return Optional.of(CheckResult.failed("stream " + name, String.valueOf(e.getMessage()), e.remedy()));
        } finally {
            session.execute("ROLLBACK");
        }
    }

    /**
     * The GRANT for what the server refuses. Its message names one thing, at its end, without the schema and in the server's
     * language: what has that name and may not be used is meant.
     */
    private String grants(Session session, SQLException refusal) throws SQLException {
        String role = Identifier.quoted(source.address().user());
        String message = refusal instanceof PSQLException server && server.getServerErrorMessage() != null
                ? String.valueOf(server.getServerErrorMessage().getMessage())
                : "";
        String ending = " = right(" + Identifier.literal(message) + ", length(";
        List<String> grants = new ArrayList<>();
        for (String schema : session.column("SELECT nspname FROM pg_catalog.pg_namespace WHERE ' ' || nspname" + ending
                + "nspname) + 1) AND NOT pg_catalog.has_schema_privilege(oid, 'USAGE')")) {
            grants.add("GRANT USAGE ON SCHEMA " + Identifier.quoted(schema) + " TO " + role + ";");
        }
        for (List<@Nullable String> table : session.rows("SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
                + " ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ' ' || c.relname" + ending
                + "c.relname) + 1) AND NOT pg_catalog.has_table_privilege(c.oid, 'SELECT')")) {
            StreamName name = new StreamName(String.valueOf(table.get(0)), String.valueOf(table.get(1)));
            grants.add("GRANT SELECT ON " + Identifier.quoted(name) + " TO " + role + ";");
        }
        return String.join(" ", grants);
    }

    private CheckResult table(Session session, StreamName name, StreamConfig stream) throws SQLException {
        String table = Identifier.quoted(name);
        String role = Identifier.quoted(source.address().user());
        List<@Nullable String> found = session.row(
                "SELECT c.oid, pg_catalog.has_schema_privilege(n.oid, 'USAGE'), pg_catalog.has_table_privilege(c.oid, 'SELECT'), "
                        + "pg_catalog.has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'), c.relrowsecurity AND "
                        + "pg_catalog.row_security_active(c.oid) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                        + "WHERE n.nspname = " + Identifier.literal(name.namespace()) + " AND c.relname = "
                        + Identifier.literal(name.name()) + " AND c.relkind IN ('r', 'p', 'v', 'm', 'f')");
        if (found.isEmpty()) {
            return CheckResult.failed(
                    "stream " + name, "There is no table " + table + ".", PostgresError.NO_SUCH_STREAM.remedy());
        }
        if (!"t".equals(found.get(1))) {
            return CheckResult.failed(
                    "stream " + name,
                    "The role may not use the schema " + Identifier.quoted(name.namespace()) + ".",
                    "GRANT USAGE ON SCHEMA " + Identifier.quoted(name.namespace()) + " TO " + role + ";");
        }
        List<String> missing = "t".equals(found.get(2)) ? List.of() : missingColumns(session, found.get(0), stream);
        if (!missing.isEmpty()) {
            String columns = stream.columns().isEmpty()
                    ? ""
                    : " (" + String.join(", ", missing.stream().map(Identifier::quoted).toList()) + ")";
            return CheckResult.failed(
                    "stream " + name,
                    "The role may not read " + table + ".",
                    "GRANT SELECT" + columns + " ON " + table + " TO " + role + ";");
        }
        if ("t".equals(found.get(4))) {
            return CheckResult.failed(
                    "stream " + name,
                    "A row security policy would hide rows of " + table + " from the role.",
                    "ALTER ROLE " + role + " BYPASSRLS; or read a view");
        }
        Map<StreamName, Leaf.Barrier> barriers = stream.mode() == ReadMode.INCREMENTAL
                ? Leaf.barriers(session, Long.parseLong(String.valueOf(found.get(0))))
                : Map.of();
        if (!barriers.isEmpty()) {
            return notByHeaps(name, role, barriers);
        }
        if (stream.where().isPresent() || !stream.columns().isEmpty() || !stream.key().isEmpty()) {
            Optional<CheckResult> unreadable = unreadable(session, name, stream);
            if (unreadable.isPresent()) {
                return unreadable.get();
            }
        }
        // Nothing can be revoked from a superuser; that it is one is said once, of the role.
        if ("t".equals(found.get(3)) && !superuser) {
            return CheckResult.warning(
                    "stream " + name,
                    "The role may also change " + table + ".",
                    "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON " + table + " FROM " + role + ";");
        }
        return CheckResult.ok(
                "stream " + name,
                "The table can be read" + (stream.mode() == ReadMode.INCREMENTAL ? " incrementally." : "."));
    }

    /** An incremental read goes heap by heap and asks who wrote each row: the privilege on a parent or on columns is too little. */
    private static CheckResult notByHeaps(StreamName name, String role, Map<StreamName, Leaf.Barrier> barriers) {
        Set<String> remedies = new LinkedHashSet<>();
        List<String> tables = new ArrayList<>();
        barriers.forEach((heap, barrier) -> {
            switch (barrier) {
                case NO_PAGES -> remedies.add("Set mode: snapshot for the stream: " + Identifier.quoted(heap) + " is no table.");
                case SCHEMA -> {
                    remedies.add("GRANT USAGE ON SCHEMA " + Identifier.quoted(heap.namespace()) + " TO " + role + ";");
                    tables.add(Identifier.quoted(heap));
                }
                case TABLE -> tables.add(Identifier.quoted(heap));
                case POLICY -> remedies.add("ALTER ROLE " + role + " BYPASSRLS;");
            }
        });
        if (!tables.isEmpty()) {
            remedies.add("GRANT SELECT ON " + String.join(", ", tables) + " TO " + role + ";");
        }
        return CheckResult.failed(
                "stream " + name,
                "An incremental read needs SELECT on the whole of each table that holds rows: "
                        + (barriers.size() == 1 ? Identifier.quoted(barriers.keySet().iterator().next()) : barriers.size() + " of them")
                        + " cannot be read so.",
                String.join(" ", remedies));
    }

    /** The columns that are wanted and may not be read, also when the privilege is by column. */
    private static List<String> missingColumns(Session session, @Nullable String oid, StreamConfig stream) throws SQLException {
        List<String> refused = session.column("SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = " + oid
                + " AND attnum > 0 AND NOT attisdropped AND NOT pg_catalog.has_column_privilege(attrelid, attnum, 'SELECT')");
        return stream.columns().isEmpty()
                ? refused
                : refused.stream().filter(stream.columns()::contains).toList();
    }
}
