package io.windrow.connectors.connect.database;

import io.windrow.api.context.CheckResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** What MariaDB and MySQL say of their log and of their user, judged: whether every change can be read of it. */
final class LogSettings {
    /** The settings that {@link #checks} looks at, and those that tell servers apart. */
    static final List<String> NAMES = List.of(
            "log_bin", "binlog_format", "binlog_row_image", "log_bin_compress", "binlog_row_value_options", "server_uuid", "server_id",
            "gtid_binlog_pos");

    /** What a user needs, as a statement. */
    static final String GRANT = "GRANT SELECT, RELOAD, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO CURRENT_USER();";

    private static final String EVERYTHING = "ALL PRIVILEGES ON *.*";

    private LogSettings() {}

    /**
     * Whether the log can be followed.
     *
     * @param global the server's settings by their names in lower case, without those that it does not have
     */
    static List<CheckResult> checks(Map<String, String> global) {
        String format = global.getOrDefault("binlog_format", "ROW");
        String image = global.getOrDefault("binlog_row_image", "FULL");
        String options = global.getOrDefault("binlog_row_value_options", "");
        return List.of(
                setting("binary log", isOn(global, "log_bin"), "log_bin is off", "Start the server with log_bin."),
                // Whatever is written as its statement is no row to the connector: it would be lost without a word.
                setting("log format", format.equalsIgnoreCase("ROW"), "binlog_format is " + format,
                        "SET GLOBAL binlog_format = 'ROW'; and in the server's configuration."),
                // With less, a column that did not change looks like one that is null (I8).
                setting("row image", image.equalsIgnoreCase("FULL"), "binlog_row_image is " + image,
                        "SET GLOBAL binlog_row_image = 'FULL'; and in the server's configuration."),
                // The client does not know MariaDB's compressed events.
                setting("log compression", !isOn(global, "log_bin_compress"), "log_bin_compress is on, and compressed rows cannot be read",
                        "SET GLOBAL log_bin_compress = 0; and in the server's configuration. What was written meanwhile stops the streams: run with"
                                + " --full-refresh then."),
                // D33: of a JSON document the log would hold what changed in it.
                setting("row values", options.isEmpty(), "binlog_row_value_options is " + options,
                        "SET GLOBAL binlog_row_value_options = ''; and in the server's configuration."));
    }

    private static boolean isOn(Map<String, String> global, String name) {
        String value = global.getOrDefault(name, "OFF");
        return value.equalsIgnoreCase("ON") || value.equals("1");
    }

    private static CheckResult setting(String name, boolean holds, String otherwise, String remedy) {
        return holds ? CheckResult.ok(name, "as it must be") : CheckResult.failed(name, otherwise, remedy);
    }

    /**
     * Whether a user may copy and follow.
     *
     * @param grants as SHOW GRANTS lists them
     */
    static CheckResult privileges(List<String> grants) {
        List<String> missing = missing(grants);
        return joined(grants).contains(EVERYTHING)
                ? CheckResult.warning("privileges", "the user may do everything",
                        "Use one that has SELECT, RELOAD, REPLICATION SLAVE and REPLICATION CLIENT only.")
                : missing.isEmpty() ? CheckResult.ok("privileges", "the user may copy and follow")
                : hasRoles(grants) ? CheckResult.warning("privileges", "unless a role of the user says so, it lacks " + String.join(", ", missing), GRANT)
                : CheckResult.failed("privileges", "the user lacks " + String.join(", ", missing), GRANT);
    }

    /** What a user surely lacks to follow the log, whether or not tables are still to be copied. */
    static List<String> missingToFollow(List<String> grants) {
        return hasRoles(grants) ? List.of() : missing(grants).stream().filter(privilege -> privilege.startsWith("REPLICATION")).toList();
    }

    private static List<String> missing(List<String> grants) {
        String all = joined(grants);
        List<String> missing = new ArrayList<>();
        if (!all.contains(EVERYTHING)) {
            boolean isSuper = has(all, "SUPER");
            lacks(missing, "REPLICATION SLAVE", has(all, "REPLICATION SLAVE"));
            lacks(missing, "REPLICATION CLIENT", isSuper || has(all, "BINLOG MONITOR") || has(all, "REPLICATION CLIENT"));
            lacks(missing, "RELOAD", all.contains("RELOAD") || all.contains("LOCK TABLES"));
        }
        return missing;
    }

    /** As a whole: there is a privilege REPLICATION SLAVE ADMIN too. */
    private static boolean has(String all, String privilege) {
        return Pattern.compile("\\b" + privilege + "\\s*(,|ON\\b)").matcher(all).find();
    }

    private static void lacks(List<String> missing, String privilege, boolean has) {
        if (!has) {
            missing.add(privilege);
        }
    }

    private static String joined(List<String> grants) {
        return String.join("\n", grants).toUpperCase(Locale.ROOT);
    }

    /** A role is granted on nothing; what it may do need not be listed. */
    private static boolean hasRoles(List<String> grants) {
        return grants.stream().anyMatch(grant -> !grant.toUpperCase(Locale.ROOT).contains(" ON "));
    }
}
