package io.windrow.connectors.postgres;

import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Doc;
import java.time.Duration;
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
        @Doc(
                        value = "What a partition is that was dropped or detached from a followed table: keep (its rows stay at the target, and a notice names it) or stop (the stream stops with postgres.partition_changed).",
                        defaultValue = "keep")
                OnPartitionRemoved onPartitionRemoved,
        @Doc(value = "A notice names the slot when it holds back more of the server's log than this, and again whenever that has doubled; 0: never.", defaultValue = "10GiB")
                ByteSize warnRetained,
        @Doc(value = "The slot may hold back so much of the server's log; on_limit says what happens then. 0: any amount.", defaultValue = "0")
                ByteSize limitRetained,
        @Doc(value = "The slot may stay where it is for so long while a run reads it and others write; on_limit says what happens then. 0s: for ever.", defaultValue = "0s")
                Duration limitBehind,
        @Doc(
                        value = "What happens at limit_retained or limit_behind: stop (the streams stop with an error, the slot stays) or drop_slot (the server gets its disk back, and the tables have to be copied again).",
                        defaultValue = "stop")
                OnLimit onLimit,
        @Doc(
                        value = "Where a transaction that is larger than the server's logical_decoding_work_mem waits for its commit: wait (at the server, on its disk) or stream (it is sent while it goes on, and kept encrypted in the temporary folder of this process).",
                        defaultValue = "wait")
                InProgress inProgress,
        @Doc(value = "How much room transactions may take in the temporary folder until they are committed.", defaultValue = "64GiB")
                ByteSize spillLimit,
        @Doc(value = "Which changes are followed: any, or none of those that replication brought into this database from another (PostgreSQL 16), against loops. The first copy has all rows.", defaultValue = "any")
                Origin origin,
        @Doc(
                        value = "Where an epoch may end: anywhere, or only at a transaction_end, so that after each epoch the target's tables fit together. Then an epoch is as large as its largest transaction. Where messages are followed it is always so.",
                        defaultValue = "anywhere")
                Cut cut,
        @Doc(
                        value = "How a table is copied that joins others which are followed already, or whose first copy was interrupted: beside (in ranges of its key while the log is read; its key must be of whole numbers, UUIDs or texts, and not masked) or before (all of it at once, while the log of all waits; so are tables with other keys, or with a masked one).",
                        defaultValue = "beside")
                Added added) {
    public ChangesConfig {
        require(slot.isEmpty() || slot.get().matches("[a-z0-9_]{1,63}"), "slot: 1 to 63 of a-z, 0-9 and _");
        require(!limitBehind.isNegative(), "limit_behind must not be negative");
        require(publication.isEmpty() || !publication.get().isBlank(), "publication must not be blank");
    }

    /** All defaults. */
    static final ChangesConfig DEFAULT = new ChangesConfig(
            Optional.empty(), Optional.empty(), Create.AUTO, OnTruncate.DELIVER, OnPartitionRemoved.KEEP, ByteSize.parse("10GiB"),
            ByteSize.parse("0"), Duration.ZERO, OnLimit.STOP, InProgress.WAIT, ByteSize.parse("64GiB"), Origin.ANY, Cut.ANYWHERE, Added.BESIDE);

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

    /** What a partition is that was dropped or detached. */
    public enum OnPartitionRemoved {
        KEEP,
        STOP
    }

    /** What happens when the slot holds back more than it may. */
    public enum OnLimit {
        STOP,
        DROP_SLOT
    }

    /** Where a large transaction waits for its commit. */
    public enum InProgress {
        WAIT,
        STREAM
    }

    /** Which changes are followed. */
    public enum Origin {
        ANY,
        NONE
    }

    /** Where an epoch may end. */
    public enum Cut {
        ANYWHERE,
        TRANSACTION_END
    }

    /** How a table is copied that joins others. */
    public enum Added {
        BESIDE,
        BEFORE
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
