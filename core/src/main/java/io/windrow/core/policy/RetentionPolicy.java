package io.windrow.core.policy;

import io.windrow.api.config.Doc;
import io.windrow.api.config.Origin;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** How long things are kept. */
@Doc("How long things are kept. `windrow dispose` deletes what is due and writes a disposal record into the ledger.")
public record RetentionPolicy(
        @Doc(value = "Delivered files.", example = "365d") Optional<Duration> files,
        @Doc(value = "Quarantined rows.", example = "30d") Optional<Duration> quarantine,
        @Doc(value = "Samples and staged replays.", example = "7d") Optional<Duration> samples,
        @Doc(value = "Checkpoints older than the last.", example = "90d") Optional<Duration> checkpoints,
        @Doc("Delivered files of single streams, by name as namespace.name, where they differ.") Map<String, Duration> streams,
        Origin origin) {}
