package io.windrow.api.sink;

import io.windrow.api.context.Context;

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

    /** Makes a sink. No I/O: that starts with the first call of a method of the sink. */
    Sink create(C config, Context context);
}
