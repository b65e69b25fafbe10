package io.windrow.core.policy;

import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Doc;
import io.windrow.api.config.Origin;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Which rows count as repeated. */
@Doc("Which rows of a stream count as repeated and are dropped, within a window. The window ends at whichever limit comes first.")
public record DedupePolicy(
        @Doc(value = "The fields whose values make a row the same as another; empty: the whole row.", example = "[id]")
                List<String> by,
        @Doc(value = "How many of the last rows are remembered.", defaultValue = "1000000") long rows,
        @Doc(value = "The most memory that the window may take.", defaultValue = "64MiB") ByteSize bytes,
        @Doc(value = "How long a row is remembered after its epoch was cut.", example = "24h") Optional<Duration> time,
        Origin origin) {}
