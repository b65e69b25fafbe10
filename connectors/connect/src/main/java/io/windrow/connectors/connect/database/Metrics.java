package io.windrow.connectors.connect.database;

import io.windrow.connectors.connect.record.LogOrder;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** What a running Debezium connector tells of itself, in its beans. Any thread. */
public final class Metrics {
    private Metrics() {}

    /** Whether the copy is done: all of its rows are on their way to whoever polls. */
    public static boolean isCopied(String vendor, String server) {
        return attribute(vendor, server, "snapshot", "SnapshotCompleted").filter(Boolean.TRUE::equals).isPresent();
    }

    /** Up to where the binary log was read. */
    public static OptionalLong binlog(String vendor, String server) {
        Optional<Object> file = attribute(vendor, server, "streaming", "BinlogFilename");
        Optional<Object> position = attribute(vendor, server, "streaming", "BinlogPosition");
        // Between the two questions the log may have gone on in its next file.
        Optional<Object> again = attribute(vendor, server, "streaming", "BinlogFilename");
        // Before it has heard of a file, it names none.
        return file.filter(name -> !name.equals("")).isPresent() && file.equals(again) && position.isPresent()
                ? OptionalLong.of(LogOrder.Binlog.place(file.get(), position.get()))
                : OptionalLong.empty();
    }

    /** How many events of the binary log have come, those by which an idle server says that it is there among them. */
    public static OptionalLong heard(String vendor, String server) {
        return attribute(vendor, server, "streaming", "TotalNumberOfEventsSeen")
                .map(events -> events instanceof Long count ? OptionalLong.of(count) : OptionalLong.empty())
                .orElse(OptionalLong.empty());
    }

    private static Optional<Object> attribute(String vendor, String server, String context, String name) {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        try {
            Set<ObjectName> found = beans.queryNames(
                    new ObjectName("debezium." + vendor + ":type=connector-metrics,context=" + context + ",server=" + server + ",*"), null);
            return found.isEmpty() ? Optional.empty() : Optional.ofNullable(beans.getAttribute(found.iterator().next(), name));
        } catch (JMException e) {
            // The connector has not begun, or has ended: it says nothing.
            return Optional.empty();
        }
    }
}
