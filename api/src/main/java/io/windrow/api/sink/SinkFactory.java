package io.windrow.api.sink;

import io.windrow.api.context.Context;
import java.util.Map;

/**
 * Makes sinks of one kind.
 *
 * @param <C> the config record, every component with {@link io.windrow.api.config.Doc}
 */
public interface SinkFactory<C extends Record> {
    /** The class of the config record. */
    Class<C> config();

    /** What a sink with this config can do. No I/O. */
    SinkTraits traits(C config);

    /**
     * The streams that the config has settings for, so that a misspelt one is refused before the first read.
     *
     * @return the names as {@link io.windrow.api.schema.StreamName#toString} writes them, each by the path of its setting within
     *     the sink's section, such as {@code partitions[0].stream}
     */
    default Map<String, String> streams(C config) {
        return Map.of();
    }

    /** Makes a sink. No I/O: that starts with the first call of a method of the sink. */
    Sink create(C config, Context context);
}
