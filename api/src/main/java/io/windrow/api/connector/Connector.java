package io.windrow.api.connector;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.sink.SinkFactory;
import io.windrow.api.source.SourceFactory;
import java.util.List;
import java.util.Optional;

/** A system that Windrow can read from or write to. Found by {@link java.util.ServiceLoader}; has a public constructor without arguments that does nothing. */
public interface Connector {
    /** The name in pipeline files: a lower_snake noun. */
    String name();

    /** One sentence for lists. */
    String description();

    /** How to read from the system, if that is possible. */
    Optional<SourceFactory<?>> source();

    /** How to write to the system, if that is possible. */
    Optional<SinkFactory<?>> sink();

    /** Every error code that the connector can raise. */
    List<ErrorCode> errorCodes();
}
