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
import org.jspecify.annotations.Nullable;

/** Tests what change streams need beyond reading, and says as SQL what somebody with the right has to run. Changes nothing. */
final class LogChecks {
    private static final long SHORTEST_PATIENCE_MILLIS = 10_000;

    private final PostgresSource source;
    private final ChangesConfig config;
    private final String slot;
    private final String publication;
    private final List<CheckResult> results = new ArrayList<>();

    LogChecks(PostgresSource source, String pipeline) {
        this.source = source;
        this.config = source.config().following();
        this.slot = config.slotOf(pipeline);
        this.publication = config.publicationOf(pipeline);
    }

    List<CheckResult> run(Session session, ServerFacts server, Map<StreamName, StreamConfig> streams) throws SQLException {
        if (server.standby() == ServerFacts.Standby.STANDBY) {
            results.add(CheckResult.failed("log", "The server is a standby.", "Follow changes on the primary."));
            return results;
        }
        settings(session);
        slot(session, server);
        List<StreamShape> followed = new ArrayList<>();
        for (Map.Entry<StreamName, StreamConfig> stream : streams.entrySet()) {
            shape(session, stream.getKey(), stream.getValue()).ifPresent(followed::add);
        }
        publication(session, server, followed);
        return results;
    }

    private void settings(Session session) throws SQLException {
        List<@Nullable String> row = session.row("SELECT current_setting('wal_level'), (SELECT rolreplication OR rolsuper "
                + "FROM pg_catalog.pg_roles WHERE rolname = current_user), current_setting('max_replication_slots')::int - "
                + "(SELECT count(*) FROM pg_catalog.pg_replication_slots), current_setting('max_slot_wal_keep_size'), "
                + "(SELECT setting FROM pg_catalog.pg_settings WHERE name = 'wal_sender_timeout')");
        if (!"logical".equals(row.get(0))) {
            results.add(CheckResult.failed(
                    "log", "The server's wal_level is " + row.get(0) + ": its log does not hold rows.",
                    "ALTER SYSTEM SET wal_level = 'logical'; and restart the server"));
        }
        if (!"t".equals(row.get(1))) {
            results.add(CheckResult.failed(
                    "log", "The role may not replicate.",
                    "ALTER ROLE " + Identifier.quoted(source.address().user()) + " REPLICATION;"));
        }
        if (Long.parseLong(String.valueOf(row.get(2))) < 2) {
            results.add(CheckResult.warning(
                    "log", "Fewer than two replication slots are free: one stays, one is taken while tables are copied.",
                    "ALTER SYSTEM SET max_replication_slots = 20; and restart the server"));
        }
        if ("-1".equals(row.get(3))) {
            results.add(CheckResult.warning(
                    "log", "A slot that nobody reads keeps the server's log until its disk is full.",
                    "ALTER SYSTEM SET max_slot_wal_keep_size = '50GB'; SELECT pg_reload_conf();"));
        }
        patience(Long.parseLong(String.valueOf(row.get(4))));
    }

    /** Whoever waits for his sink does not read, and says so every two seconds. */
    private void patience(long millis) {
        if (millis >= SHORTEST_PATIENCE_MILLIS) {
            return;
        }
        String what = millis == 0
                ? "The server never gives up a reader that it hears no more (wal_sender_timeout is 0), and lets no other have its slot."
                : "The server gives up a reader that it has not heard for " + millis + " ms (wal_sender_timeout).";
        results.add(CheckResult.warning(
                "log", what, "ALTER ROLE " + Identifier.quoted(source.address().user()) + " SET wal_sender_timeout = '60s';"));
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
        for (StreamShape shape : followed) {
            try {
                found.expectWhole(shape);
            } catch (WindrowException e) {
                results.add(CheckResult.failed("publication", String.valueOf(e.getMessage()), e.remedy()).about(shape.stream()));
            }
        }
        if (sql.isEmpty()) {
            results.add(CheckResult.ok("publication", "Publication " + publication + (streams.isEmpty() ? " is there." : " carries the tables.")));
        } else if (config.create() == ChangesConfig.Create.AUTO && mayPublish(session, streams)) {
            results.add(CheckResult.ok("publication", "The first run runs: " + sql.get() + ";"));
        } else {
            results.add(CheckResult.failed(
                    "publication",
                    streams.isEmpty() ? "There is no publication " + publication + "." : "Publication " + publication + " does not carry all tables.",
                    sql.get() + ";"));
        }
    }

    /** The role needs CREATE in the database and has to own the tables; or the publication, which the run finds out. */
    private static boolean mayPublish(Session session, List<StreamName> streams) throws SQLException {
        List<@Nullable String> create =
                session.row("SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')");
        if (!"t".equals(create.getFirst())) {
            return false;
        }
        for (StreamName stream : streams) {
            List<@Nullable String> row = session.row("SELECT pg_catalog.pg_has_role(c.relowner, 'USAGE') FROM pg_catalog.pg_class c"
                    + " WHERE c.oid = " + Identifier.literal(Identifier.quoted(stream)) + "::pg_catalog.regclass");
            if (!"t".equals(row.getFirst())) {
                return false;
            }
        }
        return true;
    }
}
