package io.windrow.connectors.postgres;

import io.windrow.api.context.CheckResult;
import io.windrow.api.error.WindrowException;
import io.windrow.connectors.postgres.catalog.Identifier;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tests whether a server lets a role read its log, and what it does to whoever does. Changes nothing. */
final class LogServerChecks {
    private static final long SHORTEST_PATIENCE_MILLIS = 10_000;
    private static final String SETTINGS =
            """
            SELECT pg_catalog.current_setting('wal_level'),
                   (SELECT r.rolreplication OR r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)
                       OR EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'rds_replication'
                           AND pg_catalog.pg_has_role(r.oid, 'MEMBER')),
                   EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'rds_replication'),
                   pg_catalog.current_setting('max_replication_slots')::int
                       - (SELECT pg_catalog.count(*) FROM pg_catalog.pg_replication_slots),
                   pg_catalog.current_setting('max_wal_senders')::int
                       - (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_get_wal_senders()),
                   pg_catalog.current_setting('max_slot_wal_keep_size'),
                   (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'wal_sender_timeout'),
                   coalesce(pg_catalog.current_setting('idle_replication_slot_timeout', true), '0')""";

    private final PostgresSource source;
    private final String role;
    private final List<CheckResult> results;

    /**
     * @param results takes what is found
     */
    LogServerChecks(PostgresSource source, List<CheckResult> results) {
        this.source = source;
        this.role = Identifier.quoted(source.address().user());
        this.results = results;
    }

    void run(Session session) throws SQLException {
        List<@Nullable String> row = session.row(SETTINGS);
        boolean logical = "logical".equals(row.get(0));
        if (!logical) {
            results.add(CheckResult.failed(
                    "log", "The server's wal_level is " + row.get(0) + ": its log does not hold rows.",
                    "ALTER SYSTEM SET wal_level = 'logical'; and restart the server"));
        }
        boolean replicates = "t".equals(row.get(1));
        if (!replicates) {
            results.add(CheckResult.failed(
                    "log", "The role may not replicate.",
                    "t".equals(row.get(2)) ? "GRANT rds_replication TO " + role + ";" : "ALTER ROLE " + role + " REPLICATION;"));
        }
        if (Long.parseLong(String.valueOf(row.get(3))) < 2) {
            results.add(CheckResult.warning(
                    "log", "Fewer than two replication slots are free: one stays, one is taken while tables are copied.",
                    "ALTER SYSTEM SET max_replication_slots = 20; and restart the server"));
        }
        if (Long.parseLong(String.valueOf(row.get(4))) < 2) {
            results.add(CheckResult.warning(
                    "log", "Fewer than two connections for replication are free: one reads the slot, one makes another while tables are copied.",
                    "ALTER SYSTEM SET max_wal_senders = 20; and restart the server"));
        }
        if ("-1".equals(row.get(5))) {
            results.add(CheckResult.warning(
                    "log", "A slot that nobody reads keeps the server's log until its disk is full.",
                    "ALTER SYSTEM SET max_slot_wal_keep_size = '50GB'; SELECT pg_reload_conf();"));
        }
        patience(Long.parseLong(String.valueOf(row.get(6))));
        if (!"0".equals(row.get(7))) {
            results.add(CheckResult.warning(
                    "log", "The server drops what a slot needs once nobody has read it for " + row.get(7) + " (idle_replication_slot_timeout).",
                    "Run the pipeline more often than that, or: ALTER SYSTEM SET idle_replication_slot_timeout = 0; SELECT pg_reload_conf();"));
        }
        SynchronousNames.warning(session).ifPresent(text ->
                results.add(CheckResult.warning("log", text, SynchronousNames.REMEDY)));
        if (replicates && logical) {
            connection();
        }
    }

    /** Whoever reads the log comes by another kind of connection, which a pooler or pg_hba.conf may refuse. */
    private void connection() {
        try (LogConnection log = LogConnection.open(source)) {
            log.ask("IDENTIFY_SYSTEM");
            results.add(CheckResult.ok("log", "The server takes connections for replication."));
        } catch (WindrowException e) {
            refused(e);
        } catch (SQLException e) {
            refused(SqlStates.coded("Opening a connection for replication", e));
        }
    }

    private void refused(WindrowException why) {
        results.add(CheckResult.failed(
                "log", "No connection for replication is to be had: " + why.getMessage(),
                "If the URL leads to a pooler, name the server itself: few poolers pass replication on. Otherwise pg_hba.conf has to let "
                        + role + " into this database by TLS or not as the URL says, and a connection has to be free (max_wal_senders)."));
    }

    /** Whoever waits for his sink does not read, and says so every two seconds. */
    private void patience(long millis) {
        if (millis >= SHORTEST_PATIENCE_MILLIS) {
            return;
        }
        String what = millis == 0
                ? "The server never gives up a reader that it hears no more (wal_sender_timeout is 0), and lets no other have its slot."
                : "The server gives up a reader that it has not heard for " + millis + " ms (wal_sender_timeout).";
        results.add(CheckResult.warning("log", what, "ALTER ROLE " + role + " SET wal_sender_timeout = '60s';"));
    }
}
