package io.windrow.core.policy;

import io.windrow.api.config.Doc;
import io.windrow.api.config.Origin;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How long things are kept. What is not named is kept for ever.
 *
 * @param files delivered files
 * @param quarantine rows that were set aside
 * @param samples files that a stream delivered while it was sampled
 * @param checkpoints ledger entries of earlier epochs, which become one
 * @param streams delivered files of single streams
 * @param hold streams of which nothing is deleted
 * @param origin where the section stands
 */
@Doc("How long things are kept; what is not named is kept for ever. `windrow dispose` deletes what is due and writes a disposal "
        + "record into the ledger. No run deletes anything by this section.")
public record RetentionPolicy(
        @Doc(value = "Delivered files, from their commit on. Of a replaced stream only replaced generations are deleted.",
                        example = "365d")
                Optional<Duration> files,
        @Doc(value = "Quarantined rows.", example = "30d") Optional<Duration> quarantine,
        @Doc(value = "Files that were delivered while the section sample named their stream; without it they are kept as all "
                        + "files are.", example = "7d")
                Optional<Duration> samples,
        @Doc(value = "Ledger entries of earlier epochs, each the checkpoint of one: after it they are rolled up into sums. "
                        + "Positions are kept of the newest epoch only, whatever is said here.", example = "90d")
                Optional<Duration> checkpoints,
        @Doc("Delivered files of single streams, by name as namespace.name, where they differ.") Map<String, Duration> streams,
        @Doc(value = "Streams on legal hold, by name as namespace.name: nothing of them is deleted and none of their keys "
                        + "destroyed, whatever else is said here.", example = "[public.orders]")
                List<String> hold,
        Origin origin) {
    public RetentionPolicy {
        streams = Collections.unmodifiableMap(new LinkedHashMap<>(streams));
        hold = List.copyOf(hold);
    }

    /** The streams that it names, by the place in the file where it does. */
    public Map<String, String> named() {
        Map<String, String> named = new LinkedHashMap<>();
        streams.keySet().forEach(name -> named.put(origin.place() + " streams." + name, name));
        hold.forEach(name -> named.put(origin.place() + " hold " + name, name));
        return named;
    }
}
