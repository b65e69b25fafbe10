package io.windrow.connectors.postgres;

import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Doc;
import java.util.Optional;

/** How the streams of mode cdc follow the database's changes: all of them share one replication slot. */
@Doc("How the streams of mode cdc follow the database's changes: all of them share one replication slot.")
public record ChangesConfig(
        @Doc(value = "The replication slot. Without it: windrow_ and the pipeline's name.", example = "windrow_orders")
                Optional<String> slot,
        @Doc(value = "The publication. Without it: windrow_ and the pipeline's name.", example = "windrow_orders")
                Optional<String> publication,
        @Doc(
                        value = "auto: slot and publication are made if they are not there, and tables are added to the publication, if the role may do that. never: they are taken as they are.",
                        defaultValue = "auto")
                Create create,
        @Doc(value = "What a TRUNCATE is: deliver (a change like any other) or stop (the streams wait for a decision).", defaultValue = "deliver")
                OnTruncate onTruncate,
        @Doc(value = "A notice names the slot when it holds back more of the server's log than this at the start of a run; 0: never.", defaultValue = "10GiB")
                ByteSize warnRetained) {
    public ChangesConfig {
        require(slot.isEmpty() || slot.get().matches("[a-z0-9_]{1,63}"), "slot: 1 to 63 of a-z, 0-9 and _");
        require(publication.isEmpty() || !publication.get().isBlank(), "publication must not be blank");
    }

    /** All defaults. */
    static final ChangesConfig DEFAULT = new ChangesConfig(
            Optional.empty(), Optional.empty(), Create.AUTO, OnTruncate.DELIVER, ByteSize.parse("10GiB"));

    private static void require(boolean holds, String text) {
        if (!holds) {
            throw new IllegalArgumentException(text);
        }
    }

    /** Who makes slot and publication. */
    public enum Create {
        AUTO,
        NEVER
    }

    /** What a TRUNCATE is. */
    public enum OnTruncate {
        DELIVER,
        STOP
    }

    /** The slot's name for a pipeline. */
    String slotOf(String pipeline) {
        return slot.orElseGet(() -> named(pipeline));
    }

    /** The publication's name for a pipeline. */
    String publicationOf(String pipeline) {
        return publication.orElseGet(() -> named(pipeline));
    }

    private static String named(String pipeline) {
        String name = "windrow_" + pipeline.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
        return name.substring(0, Math.min(63, name.length()));
    }
}
