package io.windrow.connectors.connect;

import io.windrow.api.error.ErrorCode;
import io.windrow.connectors.connect.host.ConnectError;
import java.util.List;

/** MariaDB as a source of change streams. */
public final class MariadbConnector extends PresetConnector<MariadbConfig> {
    /** Does nothing. */
    public MariadbConnector() {
        super("mariadb", "MariaDB: tables as change streams, by Debezium's connector", MariadbConfig.class);
    }

    @Override
    public List<ErrorCode> errorCodes() {
        return List.of(ConnectError.values());
    }
}
