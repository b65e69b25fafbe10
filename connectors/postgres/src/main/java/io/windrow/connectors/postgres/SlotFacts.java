package io.windrow.connectors.postgres;

import io.windrow.connectors.postgres.catalog.Identifier;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A replication slot as the server shows it.
 *
 * @param plugin its output plugin
 * @param database its database; empty: it is a physical slot
 * @param confirmed up to where it was let go
 * @param walStatus reserved, extended, unreserved or lost
 * @param invalid why it can no longer be read, if it cannot
 * @param retained how many bytes of the log it holds back
 * @param behind how many bytes of the log lie behind {@code confirmed}
 * @param spare how many more bytes it may hold back before the server drops it; empty: there is no such limit
 */
record SlotFacts(
        String plugin, String database, long confirmed, String walStatus, Optional<String> invalid, long retained,
        long behind, OptionalLong spare) {
    /** The slot of that name, if there is one. */
    static Optional<SlotFacts> read(Session session, int major, String name) throws SQLException {
        String reason = major >= 17 ? "invalidation_reason"
                : major >= 16 ? "CASE WHEN conflicting THEN 'it conflicts with recovery' END"
                : "NULL";
        List<@Nullable String> row = session.row("SELECT coalesce(plugin, ''), coalesce(database, ''), "
                + "coalesce(confirmed_flush_lsn, '0/0')::text, coalesce(wal_status, ''), " + reason
                + ", coalesce(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), restart_lsn), 0)::bigint, "
                + "coalesce(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), confirmed_flush_lsn), 0)::bigint, safe_wal_size "
                + "FROM pg_catalog.pg_replication_slots WHERE slot_name = " + Identifier.literal(name));
        if (row.isEmpty()) {
            return Optional.empty();
        }
        String status = String.valueOf(row.get(3));
        Optional<String> invalid = Optional.ofNullable(row.get(4))
                .or(() -> status.equals("lost") ? Optional.of("the server removed log that it needs") : Optional.empty());
        return Optional.of(new SlotFacts(
                String.valueOf(row.get(0)), String.valueOf(row.get(1)), LogPosition.lsn(String.valueOf(row.get(2))), status,
                invalid, Long.parseLong(String.valueOf(row.get(5))), Long.parseLong(String.valueOf(row.get(6))),
                Optional.ofNullable(row.get(7)).map(Long::parseLong).map(OptionalLong::of).orElse(OptionalLong.empty())));
    }

    /** Whether changes of the database can be read from it. */
    boolean isFor(String wanted) {
        return plugin.equals("pgoutput") && database.equals(wanted);
    }

    /** Why they cannot. */
    String unfit(String slot, String wanted) {
        return "slot " + slot + " is of plugin " + plugin + " and database " + database + ", expected pgoutput and " + wanted;
    }

    /** What the slot holds back, in words. */
    String amount() {
        return retained + " bytes of the server's log (" + walStatus
                + (spare.isPresent() ? ", the server drops it after " + spare.getAsLong() + " more)" : ")");
    }
}
