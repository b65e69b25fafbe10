package io.windrow.connectors.postgres.catalog;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Reads what the server says of itself. */
public final class ServerReader {
    private static final String FACTS =
            """
            SELECT pg_catalog.current_setting('server_version_num')::int, pg_catalog.current_database(),
                   pg_catalog.current_setting('server_encoding'),
                   pg_catalog.scale('1'::pg_catalog.money::pg_catalog.numeric), pg_catalog.pg_is_in_recovery(),
                   pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'execute')
                   AND pg_catalog.has_function_privilege('pg_catalog.pg_control_checkpoint()', 'execute')""";
    private static final String CONTROL =
            """
            SELECT s.system_identifier::text, c.timeline_id
            FROM pg_catalog.pg_control_system() s, pg_catalog.pg_control_checkpoint() c""";

    private ServerReader() {}

    /** One or two round trips. Nothing here needs a privilege; what the role may not see stays empty. */
    public static ServerFacts read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int version;
            String database;
            String encoding;
            int moneyScale;
            boolean standby;
            boolean control;
            try (ResultSet row = statement.executeQuery(FACTS)) {
                row.next();
                version = row.getInt(1);
                database = row.getString(2);
                encoding = row.getString(3);
                moneyScale = row.getInt(4);
                standby = row.getBoolean(5);
                control = row.getBoolean(6);
            }
            String systemId = "";
            long timeline = 0;
            if (control) {
                try (ResultSet row = statement.executeQuery(CONTROL)) {
                    row.next();
                    systemId = row.getString(1);
                    timeline = row.getLong(2);
                }
            }
            return new ServerFacts(
                    version,
                    systemId,
                    timeline,
                    database,
                    encoding,
                    moneyScale,
                    standby ? ServerFacts.Standby.STANDBY : ServerFacts.Standby.PRIMARY);
        }
    }
}
