package io.windrow.connectors.connect.database;

import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Secret;
import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.connect.host.PluginLoader;
import io.windrow.connectors.connect.record.LogOrder;
import io.windrow.connectors.connect.record.Shape;
import io.windrow.connectors.connect.record.Values;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** A database that one of Debezium's connectors follows, as a pipeline's config describes it. */
public interface Preset {
    /** What a Kafka Connect worker does with a connector's records. */
    Pattern CONNECTS_OWN = Pattern.compile(
            "(transforms|predicates|(key|value|header)\\.converter|errors\\.(tolerance|log|deadletterqueue|retry\\.timeout))(\\..*)?");

    /** The connector's name in pipeline files. */
    String vendor();

    /** What the connector calls its kind in its beans, in lower case. */
    default String contextName() {
        return vendor();
    }

    /** The folder of its jars below the plugins' folder: one for each line of Debezium. */
    String line();

    /** The folder of its jars, if the config names it. */
    Optional<Path> plugin();

    /** The connector's class. */
    String connectorClass();

    /** The tables to follow, as the config names them. */
    List<StreamName> streams();

    /** What the connector is told of the server; holds the password. */
    Map<String, String> settings(String pipeline);

    /** By which settings it follows these streams and no others. */
    default Map<String, String> captured(Collection<StreamName> streams) {
        return Map.of("table.include.list", included(streams));
    }

    /** What it is told besides while it follows the log; wins over everything else. */
    default Map<String, String> following() {
        return Map.of();
    }

    /** What no message may show. */
    Collection<Secret> secretValues();

    /** Further settings of the connector, as the config has them; they win. */
    Map<String, String> properties();

    /** What becomes of a date of zeros in a column that may not be null. */
    default OutOfRange outOfRange() {
        return OutOfRange.FAIL;
    }

    /** What its records look like. */
    default Shape shape() {
        return Shape.ROWS;
    }

    /** How its offsets follow each other. */
    LogOrder order();

    /** What its values mean that cannot be seen in them. */
    Values.Dialect dialect();

    /** Connects to the server. */
    Server server(PluginLoader loader);

    /** Whether a column is delivered. */
    default boolean isDelivered(StreamName stream, String column) {
        return true;
    }

    /**
     * Up to where the running connector has read the log, as {@link #order} counts: everything before is on its way to whoever
     * polls. Empty: it does not say.
     */
    default OptionalLong readUpTo(String pipeline) {
        return OptionalLong.empty();
    }

    /**
     * How much has come to the running connector from the server, which sends a sign of life when it is idle. Empty: nobody counts.
     */
    default OptionalLong heard(String pipeline) {
        return OptionalLong.empty();
    }

    /** How many rows a batch holds at most. */
    int batchRows();

    /** How many bytes a batch takes at most. */
    ByteSize batchSize();

    /** How many bytes of records are held at most until they are committed, for the connector to be told of them then. */
    default ByteSize heldSize() {
        return ByteSize.parse("64MiB");
    }

    /**
     * Refuses settings that are Kafka Connect's own and that nobody would obey here: a field that a transformation is to mask
     * would arrive as it is.
     *
     * @param under the setting of the pipeline file that holds them
     */
    static void requireConnectors(String under, Collection<String> settings) {
        for (String name : settings) {
            if (CONNECTS_OWN.matcher(name.strip()).matches()) {
                throw new IllegalArgumentException(under + " must leave out " + name
                        + ": transformations, predicates, converters and tolerance are Kafka Connect's own, which does not run here;"
                        + " mask, filter and select in the pipeline file instead");
            }
        }
    }

    /** A table's name as the config writes it: {@code shop.orders}. */
    static StreamName stream(String written) {
        int dot = written.indexOf('.');
        if (dot <= 0 || dot == written.length() - 1 || written.indexOf('.', dot + 1) > 0 || written.indexOf(',') >= 0) {
            throw new IllegalArgumentException("a table is written as database.table: " + written);
        }
        return new StreamName(written.substring(0, dot), written.substring(dot + 1));
    }

    /** Tables or collections, as the connector's list of regular expressions, which it matches whole. */
    static String included(Collection<StreamName> streams) {
        return listed(streams.stream().map(stream -> stream.namespace() + "." + stream.name()).toList());
    }

    /** Names, as the connector's list of regular expressions. */
    static String listed(Collection<String> names) {
        return String.join(",", names.stream().map(name -> name.replaceAll("([^a-zA-Z0-9_])", "\\\\$1")).toList());
    }
}
