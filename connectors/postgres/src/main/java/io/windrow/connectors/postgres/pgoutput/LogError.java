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
            "Changes since the saved position are gone from the log. Run 'windrow run --full-refresh': every table is copied again as a new generation, and the slot is made anew if it is not there."),
    SLOT_IN_USE("slot_in_use", ErrorKind.EXTERNAL_TRANSIENT, "Another connection reads the replication slot.",
            "If that is another pipeline, give each its own slot. A reader that died is noticed by the server after wal_sender_timeout."),
    OTHER_TIMELINE("other_timeline", ErrorKind.EXTERNAL_PERMANENT, "The server is on another timeline than the saved position: a standby was promoted, or a backup was restored.",
            "If the slot was not a failover slot, changes may be missing: run 'windrow run --full-refresh'."),
    RELATION_CHANGED("relation_changed", ErrorKind.EXTERNAL_TRANSIENT, "A table was changed while its changes were read.",
            "The stream is planned again with the table as it is now; nothing is lost."),
    RELATION_DIFFERS("relation_differs", ErrorKind.EXTERNAL_PERMANENT, "The log holds rows of a table as it was before, and they do not fit the table as it is now.",
            "Run the stream with --full-refresh: the table is copied again as it is now."),
    SILENT("silent", ErrorKind.EXTERNAL_TRANSIENT, "The server neither sends changes nor answers.",
            "The stream is opened again by itself. Look at the network between if it happens often."),
    TRUNCATED("truncated", ErrorKind.USER, "A table was emptied by TRUNCATE, and on_truncate is stop.",
            "Decide what the target is to become; then set on_truncate: deliver, or run the stream with --full-refresh.");

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
}
