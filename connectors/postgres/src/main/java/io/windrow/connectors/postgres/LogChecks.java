package io.windrow.connectors.postgres;

import io.windrow.api.context.CheckResult;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.ServerFacts;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tests what change streams need beyond reading, and says as SQL what somebody with the right has to run. Changes nothing. */
final class LogChecks {
    private static final String WITHOUT_IDENTITY =
            """
            SELECT t.schemaname, t.tablename FROM pg_catalog.pg_publication_tables t
            JOIN pg_catalog.pg_publication p ON p.pubname = t.pubname AND (p.pubupdate OR p.pubdelete)
            JOIN pg_catalog.pg_namespace n ON n.nspname = t.schemaname
            JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename
            WHERE t.pubname = %s AND c.relkind = 'r' AND c.relreplident <> 'f' AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND CASE c.relreplident
                    WHEN 'd' THEN i.indisprimary AND i.indimmediate WHEN 'i' THEN i.indisreplident ELSE false END)
            ORDER BY 1, 2""";

    private final PostgresSource source;
    private final ChangesConfig config;
    private final String pipeline;
    private String slot = "";
    private String publication = "";
    private final List<CheckResult> results = new ArrayList<>();

    LogChecks(PostgresSource source, String pipeline) {
        this.source = source;
        this.config = source.config().following();
        this.pipeline = pipeline;
    }

    List<CheckResult> run(Session session, ServerFacts server, Map<StreamName, StreamConfig> streams) throws SQLException {
        if (server.standby() == ServerFacts.Standby.STANDBY) {
            results.add(CheckResult.failed("log", "The server is a standby.", "Follow changes on the primary."));
            return results;
        }
        new LogServerChecks(source, results).run(session);
        Optional<String> former = former(session, server);
        slot = config.slotOf(pipeline, former);
        Optional<String> own = config.slot().isPresent() && SlotFacts.read(session, server.major(), slot).isPresent() ? config.slot() : former;
        publication = Publication.of(session, server.major(), config, pipeline, own).name();
        slot(session, server);
        List<StreamShape> followed = new ArrayList<>();
        for (Map.Entry<StreamName, StreamConfig> stream : streams.entrySet()) {
            shape(session, stream.getKey(), stream.getValue()).ifPresent(followed::add);
        }
        publication(session, server, followed);
        return results;
    }

    /** The slot of a pipeline that an older version made, as far as that can be told without its state: no other is there. */
    private Optional<String> former(Session session, ServerFacts server) throws SQLException {
        Optional<String> name = ChangesConfig.formerName(pipeline);
        return name.isPresent() && SlotFacts.read(session, server.major(), config.slotOf(pipeline, Optional.empty())).isEmpty()
                        && SlotFacts.read(session, server.major(), name.get()).isPresent()
                ? name
                : Optional.empty();
    }

    private void slot(Session session, ServerFacts server) throws SQLException {
        Optional<SlotFacts> facts = SlotFacts.read(session, server.major(), slot);
        if (facts.isEmpty()) {
            results.add(config.create() == ChangesConfig.Create.AUTO
                    ? CheckResult.ok("slot", "Slot " + slot + " is made by the first run.")
                    : CheckResult.failed(
                            "slot", "There is no slot " + slot + ".",
                            "SELECT pg_create_logical_replication_slot(" + Identifier.literal(slot) + ", 'pgoutput');"));
        } else if (facts.get().invalid().isPresent()) {
            results.add(CheckResult.failed(
                    "slot", "Slot " + slot + " is lost: " + facts.get().invalid().get() + ".",
                    config.create() == ChangesConfig.Create.AUTO
                            ? "Run 'windrow run --full-refresh': the slot is made anew, and every table is copied again as a new generation."
                            : "SELECT pg_drop_replication_slot(" + Identifier.literal(slot)
                                    + "); make it anew, then run with --full-refresh"));
        } else if (!facts.get().isFor(server.database())) {
            results.add(CheckResult.failed(
                    "slot", facts.get().unfit(slot, server.database()),
                    "Name another slot in changes.slot, or run: SELECT pg_drop_replication_slot(" + Identifier.literal(slot) + ");"));
        } else {
            results.add(CheckResult.ok("slot", "Slot " + slot + " holds back " + facts.get().amount() + "."));
            failover(session, server);
        }
    }

    /** A slot that was made by somebody else may stay behind where the server fails over. */
    private void failover(Session session, ServerFacts server) throws SQLException {
        if (server.major() >= 17 && !session.column("SELECT s.slot_name FROM pg_catalog.pg_replication_slots s WHERE NOT s.failover AND s.slot_name = "
                + Identifier.literal(slot) + " AND EXISTS (SELECT FROM pg_catalog.pg_replication_slots p WHERE p.slot_type = 'physical')").isEmpty()) {
            results.add(CheckResult.warning(
                    "slot", "Slot " + slot + " is not a failover slot: where a standby is promoted it is not there.",
                    "Over a replication connection, while nobody reads the slot: ALTER_REPLICATION_SLOT " + slot
                            + " (FAILOVER true); and on the standbys sync_replication_slots = on."));
        }
    }

    private Optional<StreamShape> shape(Session session, StreamName name, StreamConfig stream) throws SQLException {
        session.begin(null);
        try {
            return Optional.of(StreamShape.of(session, name, stream, StreamShape.catalog(session, Map.of(name, stream))));
        } catch (WindrowException e) {
            results.add(CheckResult.failed("stream " + name, String.valueOf(e.getMessage()), e.remedy()).about(name));
            return Optional.empty();
        } finally {
            session.execute("ROLLBACK");
        }
    }

    private void publication(Session session, ServerFacts server, List<StreamShape> shapes) throws SQLException {
        if (shapes.isEmpty()) {
            return;
        }
        List<StreamShape> followed = shapes.stream().filter(shape -> shape.relation().isPresent()).toList();
        List<StreamName> streams = followed.stream().map(StreamShape::stream).toList();
        Publication found = Publication.read(session, server.major(), publication);
        Optional<String> sql = found.toCarry(streams);
        others(session, streams);
        for (StreamShape shape : followed) {
            try {
                found.expectWhole(shape);
            } catch (WindrowException e) {
                results.add(CheckResult.failed("publication", String.valueOf(e.getMessage()), e.remedy()).about(shape.stream()));
            }
        }
        if (sql.isEmpty()) {
            results.add(CheckResult.ok("publication", "Publication " + publication + (streams.isEmpty() ? " is there." : " carries the tables.")));
        } else if (config.create() == ChangesConfig.Create.AUTO && mayPublish(session, found, streams)) {
            results.add(CheckResult.ok("publication", "The first run runs: " + sql.get() + ";"));
        } else {
            results.add(CheckResult.failed(
                    "publication",
                    streams.isEmpty() ? "There is no publication " + publication + "." : "Publication " + publication + " does not carry all tables.",
                    sql.get() + ";"));
        }
    }

    /** The role has to own the tables that are to be added, and the publication; if that is to be made, it needs CREATE in the database. */
    private boolean mayPublish(Session session, Publication found, List<StreamName> streams) throws SQLException {
        String right = found.there().isEmpty()
                ? "SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')"
                : "SELECT pg_catalog.pg_has_role(pubowner, 'USAGE') FROM pg_catalog.pg_publication WHERE pubname = " + Identifier.literal(publication);
        if (!"t".equals(session.row(right).getFirst())) {
            return false;
        }
        for (StreamName stream : streams) {
            List<@Nullable String> row = session.row("SELECT pg_catalog.pg_has_role(c.relowner, 'USAGE') FROM pg_catalog.pg_class c"
                    + " WHERE c.oid = " + Identifier.literal(Identifier.quoted(stream)) + "::pg_catalog.regclass");
            if (found.member(stream).isEmpty() && !"t".equals(row.getFirst())) {
                return false;
            }
        }
        return true;
    }

    /** D26: a table that a publication carries cannot be updated without an identity, whoever follows it. */
    private void others(Session session, List<StreamName> followed) throws SQLException {
        List<String> tables = new ArrayList<>();
        for (List<@Nullable String> table : session.rows(WITHOUT_IDENTITY.formatted(Identifier.literal(publication)))) {
            StreamName name = new StreamName(String.valueOf(table.get(0)), String.valueOf(table.get(1)));
            if (!followed.contains(name)) {
                tables.add(Identifier.quoted(name));
            }
        }
        if (!tables.isEmpty()) {
            results.add(CheckResult.warning(
                    "publication",
                    "Publication " + publication + " carries tables without a replica identity, on which the application's own UPDATE and"
                            + " DELETE fail: " + String.join(", ", tables) + ".",
                    tables.stream().map(table -> "ALTER TABLE " + table + " REPLICA IDENTITY FULL;").collect(Collectors.joining(" "))));
        }
    }
}
