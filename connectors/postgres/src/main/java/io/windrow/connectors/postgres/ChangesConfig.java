package io.windrow.connectors.postgres;

import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Doc;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** How the streams of mode cdc follow the database's changes: all of them share one replication slot. */
@Doc("How the streams of mode cdc follow the database's changes: all of them share one replication slot.")
public record ChangesConfig(
        @Doc(value = "The replication slot. Without it: windrow_ and the pipeline's name, with _ for -, and a digest if it has other characters than a-z, 0-9 and -, or too many.", example = "windrow_orders")
                Optional<String> slot,
        @Doc(value = "The publication. Without it: windrow_ and the pipeline's name, as for the slot.", example = "windrow_orders")
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
        @Doc(
                        value = "What happens when an alteration gives rows of a followed table values that the log does not tell (ALTER TYPE that writes every row anew, ADD COLUMN with a DEFAULT): copy (the table is copied again, as a new generation), stop (its stream stops with postgres.values_rewritten) or keep (what was delivered stays as it was, and a notice says so).",
                        defaultValue = "copy")
                OnRewrite onRewrite,
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
                        value = "How a table is copied that joins others which are followed already, or whose first copy was interrupted, or that is copied again: beside (in ranges of its key while the log is read; its key must be of whole numbers, UUIDs or texts, and not masked) or before (all of it at once, while the log of all waits; so are tables with other keys, or with a masked one).",
                        defaultValue = "beside")
                Added added) {
    private static final String PREFIX = "windrow_";
    /** PostgreSQL cuts longer names off. */
    private static final int LONGEST_NAME = 63;

    public ChangesConfig {
        require(slot.isEmpty() || slot.get().matches("[a-z0-9_]{1,63}"), "slot: 1 to 63 of a-z, 0-9 and _");
        require(!limitBehind.isNegative(), "limit_behind must not be negative");
        require(publication.isEmpty() || !publication.get().isBlank(), "publication must not be blank");
    }

    /** All defaults. */
    static final ChangesConfig DEFAULT = new ChangesConfig(
            Optional.empty(), Optional.empty(), Create.AUTO, OnTruncate.DELIVER, OnPartitionRemoved.KEEP, OnRewrite.COPY, ByteSize.parse("10GiB"),
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

    /** What happens when rows got values that the log does not tell. */
    public enum OnRewrite {
        COPY,
        STOP,
        KEEP
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

    /**
     * The slot's name for a pipeline.
     *
     * @param saved the slot that the pipeline's streams were read from before; empty: none was
     */
    String slotOf(String pipeline, Optional<String> saved) {
        return slot.orElseGet(() -> named(pipeline, saved));
    }

    /** The publication's name for a pipeline; the slot that was read from before tells how it was named then. */
    String publicationOf(String pipeline, Optional<String> saved) {
        return publication.orElseGet(() -> named(pipeline, saved));
    }

    /** What slot and publication were called by versions that took several pipelines' names for one; empty: as they are now. */
    static Optional<String> formerName(String pipeline) {
        String former = cut(plain(pipeline), LONGEST_NAME);
        return former.equals(named(pipeline, Optional.empty())) ? Optional.empty() : Optional.of(former);
    }

    /** No two pipelines may share a slot: each would take what the other has not read. */
    private static String named(String pipeline, Optional<String> saved) {
        String plain = plain(pipeline);
        if (pipeline.matches("[a-z0-9-]+") && plain.length() <= LONGEST_NAME || saved.equals(Optional.of(cut(plain, LONGEST_NAME)))) {
            return cut(plain, LONGEST_NAME);
        }
        String digest = UUID.nameUUIDFromBytes(pipeline.getBytes(StandardCharsets.UTF_8)).toString().substring(0, 8);
        return cut(plain, LONGEST_NAME - 1 - digest.length()) + "_" + digest;
    }

    private static String plain(String pipeline) {
        return PREFIX + pipeline.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
    }

    private static String cut(String name, int length) {
        return name.substring(0, Math.min(length, name.length()));
    }
}
