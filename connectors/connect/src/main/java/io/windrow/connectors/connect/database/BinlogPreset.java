package io.windrow.connectors.connect.database;

import io.windrow.connectors.connect.record.LogOrder;
import io.windrow.connectors.connect.record.Values;
import java.util.Optional;
import java.util.OptionalLong;

/** A preset for a server with a binary log: MariaDB or MySQL. */
public interface BinlogPreset extends DatabasePreset {
    /** The number under which the server knows this reader. Empty: one made of the pipeline's name. */
    Optional<Long> serverId();

    /** How tables are kept still while a copy takes its place in the log. */
    BinlogSettings.Lock copyLock();

    @Override
    default LogOrder order() {
        return new LogOrder.Binlog();
    }

    @Override
    default Values.Dialect dialect() {
        return Values.Dialect.BINLOG;
    }

    @Override
    default OptionalLong readUpTo(String pipeline) {
        return Metrics.binlog(this, pipeline);
    }

    @Override
    default OptionalLong heard(String pipeline) {
        return Metrics.heard(this, pipeline);
    }

    /** What both tell their connector and their driver. */
    default BinlogSettings binlog() {
        return new BinlogSettings(host(), port(), user(), password(), excludeColumns(), serverId(), copyLock(), outOfRange());
    }
}
