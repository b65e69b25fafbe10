package io.windrow.connectors.postgres;

import io.windrow.api.context.CheckResult;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.codec.ColumnPlan;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/** Begins to read a stream, and reads no row: whether a view, a query or a foreign server lets the role in, only that tells. */
final class ReadProbe {
    private static final String UNDEFINED_OBJECT = "42704";

    private final Session session;
    private final String role;

    /**
     * @param session in no transaction
     * @param role the name by which it is connected
     */
    ReadProbe(Session session, String role) {
        this.session = session;
        this.role = role;
    }

    /** What a run would fail with: settings that do not fit, SQL of the user's that is wrong, privileges of what it names; and a warning. */
    Optional<CheckResult> finding(StreamName name, StreamConfig stream) throws SQLException {
        session.begin(null);
        try {
            return session.guarded(() -> {
                StreamShape shape = StreamShape.of(session, name, stream, StreamShape.catalog(session, Map.of(name, stream)));
                // Describing looks at no privilege, and explaining asks no foreign server.
                session.execute("SELECT " + ColumnPlan.selectList(shape.plans()) + " FROM " + shape.from()
                        + shape.where().map(where -> " WHERE " + where).orElse("") + " LIMIT 0");
                return ComparedAsText.of(session, shape)
                        .map(text -> CheckResult.warning(
                                "stream " + name, "As to stream " + name + ": " + text,
                                "Write the comparison that is meant: docs/how-to/extract-incrementally.md has both."));
            });
        } catch (SQLException e) {
            WindrowException coded = SqlStates.coded("Describing what is read", e);
            String remedy = remedy(name, e, coded);
            return Optional.of(CheckResult.failed(
                    "stream " + name, String.valueOf(coded.getMessage()), remedy.isEmpty() ? coded.remedy() : remedy));
        } catch (WindrowException e) {
            return Optional.of(CheckResult.failed("stream " + name, String.valueOf(e.getMessage()), e.remedy()));
        } finally {
            session.execute("ROLLBACK");
        }
    }

    private String remedy(StreamName name, SQLException refusal, WindrowException coded) throws SQLException {
        if (coded.errorCode() == PostgresError.PERMISSION_DENIED) {
            return grants(refusal, reader(name));
        }
        return UNDEFINED_OBJECT.equals(refusal.getSQLState()) ? mappings(name) : "";
    }

    /** Whose privileges count for what the stream names: a view reads with those of its owner. */
    private String reader(StreamName name) throws SQLException {
        List<@Nullable String> owner = session.row("SELECT pg_catalog.pg_get_userbyid(c.relowner) FROM pg_catalog.pg_class c"
                + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = " + Identifier.literal(name.namespace())
                + " AND c.relname = " + Identifier.literal(name.name()) + " AND c.relkind = 'v' AND NOT EXISTS (SELECT FROM"
                + " pg_catalog.pg_options_to_table(c.reloptions) WHERE option_name = 'security_invoker' AND option_value::pg_catalog.bool)");
        return owner.isEmpty() ? role : String.valueOf(owner.getFirst());
    }

    /**
     * The GRANT for what the server refuses. Its message names one thing, at its end, without the schema and in the server's
     * language: what has that name and may not be used is meant.
     */
    private String grants(SQLException refusal, String reader) throws SQLException {
        String message = refusal instanceof PSQLException server && server.getServerErrorMessage() != null
                ? String.valueOf(server.getServerErrorMessage().getMessage())
                : "";
        String ending = " = right(" + Identifier.literal(message) + ", length(";
        String by = Identifier.literal(reader) + ", ";
        List<String> grants = new ArrayList<>();
        for (String schema : session.column("SELECT nspname FROM pg_catalog.pg_namespace WHERE ' ' || nspname" + ending
                + "nspname) + 1) AND NOT pg_catalog.has_schema_privilege(" + by + "oid, 'USAGE')")) {
            grants.add("GRANT USAGE ON SCHEMA " + Identifier.quoted(schema) + " TO " + Identifier.quoted(reader) + ";");
        }
        for (List<@Nullable String> table : session.rows("SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
                + " ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ' ' || c.relname" + ending
                + "c.relname) + 1) AND NOT pg_catalog.has_table_privilege(" + by + "c.oid, 'SELECT')")) {
            StreamName name = new StreamName(String.valueOf(table.get(0)), String.valueOf(table.get(1)));
            grants.add("GRANT SELECT ON " + Identifier.quoted(name) + " TO " + Identifier.quoted(reader) + ";");
        }
        return String.join(" ", grants);
    }

    /** For the stream's foreign server, or else for all, that does not know whom to let the role in as. */
    private String mappings(StreamName name) throws SQLException {
        String unmapped = "SELECT s.srvname FROM pg_catalog.pg_foreign_server s JOIN pg_catalog.pg_foreign_table t ON t.ftserver = s.oid"
                + " JOIN pg_catalog.pg_class c ON c.oid = t.ftrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_user_mappings m WHERE m.srvid = s.oid"
                + " AND (m.umuser = 0 OR m.usename = current_user))";
        List<String> own = session.column(unmapped + " AND n.nspname = " + Identifier.literal(name.namespace()) + " AND c.relname = "
                + Identifier.literal(name.name()));
        List<String> servers = own.isEmpty() ? session.column(unmapped + " GROUP BY 1 ORDER BY 1") : own;
        return String.join(" ", servers.stream()
                .map(server -> "CREATE USER MAPPING FOR " + Identifier.quoted(role) + " SERVER " + Identifier.quoted(server)
                        + " OPTIONS (user '…', password '…');")
                .toList());
    }
}
