package io.windrow.connectors.postgres;

import io.windrow.api.context.CheckResult;
import io.windrow.api.context.Notices;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.ServerFacts;
import io.windrow.connectors.postgres.catalog.ServerReader;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
            Map<StreamName, StreamConfig> selected = StreamSelection.of(session, source.config(), (code, text) -> {
                if (code.equals(StreamSelection.UNMATCHED)) {
                    results.add(CheckResult.warning("streams", text, "Correct the pattern in streams, or take it out."));
                }
            });
            Map<StreamName, StreamConfig> followed = new LinkedHashMap<>(selected);
            followed.values().removeIf(stream -> stream.mode() != ReadMode.CDC);
            role(session, followed.isEmpty() ? List.of() : List.of("REPLICATION"));
            if (selected.values().stream().anyMatch(stream -> stream.mode() == ReadMode.INCREMENTAL)) {
                statistics(session);
            }
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
        List<@Nullable String> row = session.row("SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication"
                + " FROM pg_catalog.pg_roles WHERE rolname = current_user");
        String[] names = {"SUPERUSER", "CREATEROLE", "CREATEDB", "REPLICATION"};
        superuser = "t".equals(row.getFirst());
        List<String> excess = new ArrayList<>();
        for (int i = 0; i < row.size(); i++) {
            if ("t".equals(row.get(i)) && !needed.contains(names[i])) {
                excess.add(names[i]);
            }
        }
        if (!superuser) {
            // A superuser is a member of all of them.
            excess.addAll(session.column("SELECT rolname FROM pg_catalog.pg_roles WHERE rolname IN ('pg_write_all_data',"
                    + " 'pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')"
                    + " AND pg_catalog.pg_has_role(oid, 'USAGE') ORDER BY 1"));
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

    /** Without it a transaction that holds an incremental stream back is named only once it has done so for a run. */
    private void statistics(Session session) throws SQLException {
        if ("t".equals(session.row("SELECT pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')").getFirst())) {
            results.add(CheckResult.ok("long transactions", "The role sees since when the transactions of others are open."));
        } else {
            results.add(CheckResult.warning(
                    "long transactions",
                    "The role does not see since when the transactions of others are open: one that holds an incremental stream back"
                            + " is named from the second run on, without its age.",
                    "GRANT pg_read_all_stats TO " + Identifier.quoted(source.address().user()) + ";"));
        }
    }

    private void streams(Session session, Map<StreamName, StreamConfig> selected) throws SQLException {
        if (selected.isEmpty()) {
            results.add(CheckResult.warning("streams", "The config selects no stream.", "Run discover to see the tables."));
        }
        schemas(session, selected);
        for (Map.Entry<StreamName, StreamConfig> stream : selected.entrySet()) {
            CheckResult result = stream.getValue().sql().isPresent()
                    ? query(session, stream.getKey(), stream.getValue())
                    : table(session, stream.getKey(), stream.getValue());
            results.add(result.about(stream.getKey()));
        }
    }

    /** Who may create objects in a schema can put one in the way of others. Nothing can be revoked from a superuser. */
    private void schemas(Session session, Map<StreamName, StreamConfig> selected) throws SQLException {
        String names = selected.entrySet().stream()
                .filter(stream -> stream.getValue().table().isPresent())
                .map(stream -> Identifier.literal(stream.getKey().namespace()))
                .distinct()
                .collect(Collectors.joining(", "));
        if (superuser || names.isEmpty()) {
            return;
        }
        for (List<@Nullable String> schema : session.rows("SELECT nspname, EXISTS (SELECT FROM pg_catalog.aclexplode(nspacl) AS a"
                + " WHERE a.grantee = 0 AND a.privilege_type = 'CREATE') FROM pg_catalog.pg_namespace WHERE nspname IN (" + names
                + ") AND pg_catalog.has_schema_privilege(oid, 'CREATE') ORDER BY 1")) {
            String name = Identifier.quoted(String.valueOf(schema.get(0)));
            String grantee = "t".equals(schema.get(1)) ? "PUBLIC" : Identifier.quoted(source.address().user());
            results.add(CheckResult.warning(
                    "schema " + schema.get(0),
                    "The role may also create objects in the schema " + name + ".",
                    "REVOKE CREATE ON SCHEMA " + name + " FROM " + grantee + ";"));
        }
    }

    private CheckResult query(Session session, StreamName name, StreamConfig stream) throws SQLException {
        return new ReadProbe(session, source.address().user()).finding(name, stream).orElseGet(() -> CheckResult.ok(
                "stream " + name, stream.isOfMessages() ? "Its rows are messages of the log." : "The query can be read."));
    }

    private CheckResult table(Session session, StreamName name, StreamConfig stream) throws SQLException {
        String table = Identifier.quoted(name);
        String role = Identifier.quoted(source.address().user());
        List<@Nullable String> found = session.row(
                "SELECT c.oid, pg_catalog.has_schema_privilege(n.oid, 'USAGE'), pg_catalog.has_table_privilege(c.oid, 'SELECT'), "
                        + "pg_catalog.has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'), c.relrowsecurity AND "
                        + "pg_catalog.row_security_active(c.oid), c.relkind, pg_catalog.pg_has_role(c.relowner, 'USAGE') FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
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
        // Of a view or a foreign table, and of what has such a part, the privilege says only that one may ask.
        boolean askedElsewhere = !"r".equals(found.get(5)) && !"m".equals(found.get(5));
        boolean compared = stream.mode() == ReadMode.INCREMENTAL || stream.consistency() == StreamConfig.Consistency.PER_RANGE;
        if (askedElsewhere || compared || stream.where().isPresent() || !stream.columns().isEmpty() || !stream.key().isEmpty()) {
            Optional<CheckResult> finding = new ReadProbe(session, source.address().user()).finding(name, stream);
            if (finding.isPresent()) {
                return finding.get();
            }
        }
        // Nothing can be revoked from a superuser; that it is one is said once, of the role. Nor from an owner, who grants it again.
        if ("t".equals(found.get(6)) && !superuser) {
            return CheckResult.warning(
                    "stream " + name,
                    "The role owns " + table + ", and so may change and drop it.",
                    "CREATE ROLE windrow_reader LOGIN PASSWORD '…'; GRANT SELECT ON " + table + " TO windrow_reader; and use it instead of "
                            + role + ".");
        }
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
