package io.windrow.api.source;

import io.windrow.api.context.Context;

/**
 * Makes sources of one kind.
 *
 * @param <C> the config record, every component with {@link io.windrow.api.config.Doc}
 */
public interface SourceFactory<C extends Record> {
    /** The class of the config record. */
    Class<C> config();

    /** What a source with this config can do. No I/O. */
    SourceTraits traits(C config);

    /** Makes a source. No I/O: that starts with the first call of a method of the source. */
    Source create(C config, Context context);
}
