package io.windrow.connectors.postgres.pgoutput;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can go wrong between Windrow and a replication slot. */
public enum LogError implements ErrorCode {
    MESSAGE_UNKNOWN("message_unknown", ErrorKind.EXTERNAL_PERMANENT, "The change log holds a message that Windrow does not know or that is not whole (I10).",
            "Use PostgreSQL 14 to 18. Nothing was skipped: the stream stands before this message."),
    NOT_PREPARED("not_prepared", ErrorKind.USER, "The database is not prepared for change streams.",
            "Run check: it prints as SQL what is missing."),
    STREAM_UNFIT("stream_unfit", ErrorKind.USER, "A table cannot be followed as it is.",
            "Do what the message names, or read the stream with mode: incremental or snapshot."),
    SLOT_LOST("slot_lost", ErrorKind.EXTERNAL_PERMANENT, "The replication slot is gone, was made anew, or lost changes that had not been read.",
            "Changes since the saved position are gone from the log. Run 'windrow run --full-refresh': every table is copied again as a new generation, and the slot is made anew if it is lost or not there."),
    SLOT_IN_USE("slot_in_use", ErrorKind.EXTERNAL_TRANSIENT, "Another connection reads the replication slot.",
            "If that is another pipeline, give each its own slot. A reader that died is noticed by the server after wal_sender_timeout."),
    LOG_LIMIT("log_limit", ErrorKind.EXTERNAL_PERMANENT, "The slot holds back more of the server's log, or has for longer, than the pipeline allows, and on_limit is stop.",
            "Find out why the streams do not keep up. Then raise the limit and let them catch up, or drop the slot and run 'windrow run --full-refresh'."),
    SLOT_DROPPED("slot_dropped", ErrorKind.EXTERNAL_PERMANENT, "The slot held back more of the server's log, or had for longer, than the pipeline allows, and was dropped, as on_limit says.",
            "Find out why the streams did not keep up. Then run 'windrow run --full-refresh': every table is copied again as a new generation, and what was deleted meanwhile is found."),
    PUBLICATION_CHANGED("publication_changed", ErrorKind.EXTERNAL_PERMANENT, "The publication has not carried all changes of a table all the time: some may be missing from the log.",
            "Make the publication carry the whole table. Then run 'windrow run --full-refresh', also if it was only made anew (dump and restore, an upgrade) or altered harmlessly: every table is copied again as a new generation, and what was deleted meanwhile is found."),
    OTHER_TIMELINE("other_timeline", ErrorKind.EXTERNAL_PERMANENT, "The saved position is not part of the server's history: a standby was promoted, or a backup restored, that had not come so far.",
            "What was delivered may hold changes that the server has lost. Run 'windrow run --full-refresh': every table is copied again as a new generation."),
    RELATION_CHANGED("relation_changed", ErrorKind.EXTERNAL_TRANSIENT, "A table was changed while its changes were read.",
            "The stream is planned again with the table as it is now; nothing is lost."),
    RELATION_DIFFERS("relation_differs", ErrorKind.EXTERNAL_PERMANENT, "The log holds rows of a table as it was before, and they do not fit the table as it is now.",
            "Run the stream with --full-refresh: the table is copied again as it is now."),
    TABLE_REPLACED("table_replaced", ErrorKind.EXTERNAL_PERMANENT, "The stream's name is another table's than the one that was copied and followed.",
            "If that is meant, run the stream with --full-refresh: the table that has the name now is copied as a new generation. Otherwise give the followed table its name back."),
    PARTITION_CHANGED("partition_changed", ErrorKind.EXTERNAL_PERMANENT, "A partition of a followed table was emptied by itself, attached with rows in it, or, where on_partition_removed is stop, dropped or detached: the table's log does not tell that (D23).",
            "Run the stream with --full-refresh: the table is copied again as a new generation, and what was deleted is found. DELETE and TRUNCATE by the table's own name are told, and new partitions that are filled by it."),
    VALUES_REWRITTEN("values_rewritten", ErrorKind.EXTERNAL_PERMANENT, "An alteration gave rows of a followed table values that its log does not tell (ALTER TYPE, ADD COLUMN with a DEFAULT), and on_rewrite is stop.",
            "Copy the table again with 'windrow state reset --stream' and a run, or set changes.on_rewrite: copy, which does that by itself, or keep."),
    SILENT("silent", ErrorKind.EXTERNAL_TRANSIENT, "The server neither sends changes nor answers, and does not say either that it is at work on them.",
            "The stream is opened again by itself. Look at the network between if it happens often."),
    TRUNCATED("truncated", ErrorKind.USER, "A table was emptied by TRUNCATE, and on_truncate is stop.",
            "Decide what the target is to become; then set on_truncate: deliver, or run the stream with --full-refresh."),
    NOT_KEPT("not_kept", ErrorKind.USER, "The database keeps no messages that could be compared: they pass through its log.",
            "Check what was delivered with 'windrow verify --files'; leave the stream out of 'windrow verify'."),
    KEY_MOVED("key_moved", ErrorKind.EXTERNAL_PERMANENT, "A row got another key while its table was copied range by range, and the log does not hold the columns that did not change.",
            "Begin the copy of that stream again with 'windrow resync --stream'; with REPLICA IDENTITY FULL, or changes.added: before, it does not happen."),
    SPILL_FULL("spill_full", ErrorKind.RESOURCE, "Transactions that are not committed yet take more room on disk than spill_limit allows, or the disk is full.",
            "Raise spill_limit or make room; or set in_progress: wait, so that the server keeps them. Nothing is lost."),
    SPILL_UNREADABLE("spill_unreadable", ErrorKind.EXTERNAL_TRANSIENT, "A transaction that was kept on disk until its commit cannot be read back as it was written.",
            "The slot is read again from the last commit by itself. Check the disk if it happens again.");

    private final String reason;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    LogError(String reason, ErrorKind kind, String meaning, String remedy) {
        this.reason = reason;
        this.kind = kind;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    @Override
    public String code() {
        return "postgres." + reason;
    }

    @Override
    public ErrorKind kind() {
        return kind;
    }

    @Override
    public String meaning() {
        return meaning;
    }

    @Override
    public String remedy() {
        return remedy;
    }

    @Override
    public boolean needsNewPlan() {
        return this == RELATION_CHANGED;
    }
}
