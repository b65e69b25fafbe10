package io.windrow.connectors.postgres;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;

/** Whether applications' commits wait for the reader of a slot: a server may take whoever reads its log for a standby. */
final class SynchronousNames {
    static final String REMEDY = "Name the standbys themselves in synchronous_standby_names (ALTER SYSTEM SET synchronous_standby_names ="
            + " 'ANY 1 (standby1, standby2)'; SELECT pg_reload_conf();), by the application_name of their primary_conninfo.";

    private SynchronousNames() {}

    /** What there is to be said of the server's setting; empty: nothing. */
    static Optional<String> warning(Session session) throws SQLException {
        String setting = String.valueOf(
                session.row("SELECT pg_catalog.current_setting('synchronous_standby_names')").getFirst());
        return matches(setting)
                ? Optional.of("The server's synchronous_standby_names (" + setting + ") names connections that are called "
                        + Session.APPLICATION + ", as the slot's reader is: commits may wait until it has delivered them, and a state"
                        + " store or a target in the same cluster then waits for itself.")
                : Optional.empty();
    }

    /** Whether the setting, a list of names or {@code ANY 1 (…)}, holds our name or all. */
    static boolean matches(String setting) {
        int open = setting.indexOf('(');
        int close = setting.lastIndexOf(')');
        String names = open >= 0 && close > open ? setting.substring(open + 1, close) : setting;
        return Arrays.stream(names.split(","))
                .map(name -> name.strip().replaceAll("^\"(.*)\"$", "$1"))
                .anyMatch(name -> name.equals("*") || name.equalsIgnoreCase(Session.APPLICATION));
    }
}
