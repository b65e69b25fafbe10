package io.windrow.connectors.connect.database;

import io.windrow.connectors.connect.record.LogOrder;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * What a running Debezium connector tells of itself, in its beans. They bear the pipeline's name in a tag of ours: the name under
 * which the connector itself runs may be that of two pipelines ({@code a-b} and {@code a_b}). Any thread.
 */
public final class Metrics {
    private static final String TAG = "pipeline";
    private static final Pattern UNPLAIN = Pattern.compile("[^a-zA-Z0-9]");

    private Metrics() {}

    /** The connector's setting by which its beans bear the pipeline's name. */
    public static Map<String, String> settings(String pipeline) {
        return Map.of("custom.metric.tags", TAG + "=" + tag(pipeline));
    }

    /** The name in letters that no bean's name gives a meaning to; no two names become the same. */
    private static String tag(String pipeline) {
        return UNPLAIN.matcher(pipeline).replaceAll(found -> String.format(Locale.ROOT, ".%06x", found.group().codePointAt(0)));
    }

    /** Whether the copy is done: all of its rows are on their way to whoever polls. */
    public static boolean isCopied(Preset preset, String pipeline) {
        return attribute(preset, pipeline, "snapshot", "SnapshotCompleted").filter(Boolean.TRUE::equals).isPresent();
    }

    /** Up to where the binary log was read. */
    static OptionalLong binlog(Preset preset, String pipeline) {
        Optional<Object> file = attribute(preset, pipeline, "streaming", "BinlogFilename");
        Optional<Object> position = attribute(preset, pipeline, "streaming", "BinlogPosition");
        // Between the two questions the log may have gone on in its next file.
        Optional<Object> again = attribute(preset, pipeline, "streaming", "BinlogFilename");
        // Before it has heard of a file, it names none.
        return file.filter(name -> !name.equals("")).isPresent() && file.equals(again) && position.isPresent()
                ? OptionalLong.of(LogOrder.Binlog.place(file.get(), position.get()))
                : OptionalLong.empty();
    }

    /** How many events of the binary log have come, those by which an idle server says that it is there among them. */
    static OptionalLong heard(Preset preset, String pipeline) {
        return attribute(preset, pipeline, "streaming", "TotalNumberOfEventsSeen")
                .map(events -> events instanceof Long count ? OptionalLong.of(count) : OptionalLong.empty())
                .orElse(OptionalLong.empty());
    }

    /** SQL Server's connector has one bean for its task and one for each database, of which only the latter tells of the copy. */
    private static Optional<Object> attribute(Preset preset, String pipeline, String context, String name) {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        try {
            ObjectName pattern = new ObjectName("debezium." + preset.contextName() + ":type=connector-metrics,context=" + context
                    + "," + TAG + "=" + tag(pipeline) + ",*");
            return beans.queryNames(pattern, null).stream().map(bean -> attribute(beans, bean, name)).flatMap(Optional::stream).findFirst();
        } catch (JMException e) {
            return Optional.empty();
        }
    }

    private static Optional<Object> attribute(MBeanServer beans, ObjectName bean, String name) {
        try {
            return Optional.ofNullable(beans.getAttribute(bean, name));
        } catch (JMException e) {
            // It has no such attribute, or the connector has ended: it says nothing.
            return Optional.empty();
        }
    }
}
