package io.windrow.core.checkpoint;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can go wrong with the state store. None of these loses what was saved before. */
public enum CheckpointError implements ErrorCode {
    URL_REFUSED(
            "url_refused",
            ErrorKind.USER,
            "The state store's URL is of a kind, or holds an option, that is not allowed.",
            "Use jdbc:sqlite:<file> or jdbc:postgresql://host:port/database?user=…"),
    DRIVER_MISSING(
            "driver_missing",
            ErrorKind.USER,
            "The JDBC driver for the state store is not on the class path.",
            "Add the driver's jar to the class path."),
    CORRUPTED(
            "corrupted",
            ErrorKind.EXTERNAL_PERMANENT,
            "The state store is damaged: a file that is no database, or a record that does not match its checksum.",
            "Restore the store from a backup; or move it away, then run 'windrow state reset', which says what will be "
                    + "delivered twice. Nothing was guessed and nothing was changed."),
    FULL(
            "full",
            ErrorKind.RESOURCE,
            "There is no room left to save the state.",
            "Make room on the state store's disk, then run again: it goes on from the last saved epoch."),
    IO(
            "io",
            ErrorKind.RESOURCE,
            "The disk under the state store answered with an error.",
            "Look at the disk and the system's log, then run again: the run begins by looking at what was saved."),
    READ_ONLY(
            "read_only",
            ErrorKind.USER,
            "The state store cannot be written to.",
            "Give this user the right to write the file and its folder, or the tables."),
    NEWER_VERSION(
            "newer_version",
            ErrorKind.USER,
            "The state store was written by a newer version of Windrow.",
            "Run that version or a newer one."),
    LOCKED(
            "locked",
            ErrorKind.EXTERNAL_TRANSIENT,
            "Another process keeps the state store locked.",
            "Close other programs that have the store open; the run is tried again."),
    UNREACHABLE(
            "unreachable",
            ErrorKind.EXTERNAL_TRANSIENT,
            "The state store cannot be reached.",
            "Check that the server runs and that host, port and credentials are right."),
    ACCESS_DENIED(
            "access_denied",
            ErrorKind.USER,
            "The state store's server refuses this user.",
            "Check user, password and the rights on the database."),
    SAVE_UNKNOWN(
            "save_unknown",
            ErrorKind.UNKNOWN_OUTCOME,
            "The connection was lost while the state was being saved: it may or may not be saved.",
            "Run again: the run begins by looking at what was saved."),
    LEASE_HELD(
            "lease_held",
            ErrorKind.EXTERNAL_TRANSIENT,
            "Another run of the pipeline is alive.",
            "Wait for it or stop it. A run that died gives its lease back by itself."),
    LEASE_LOST(
            "lease_lost",
            ErrorKind.EXTERNAL_PERMANENT,
            "Another run has taken over the pipeline; this one may save nothing any more.",
            "Leave the pipeline to the other run."),
    TOO_MANY_KEYS(
            "too_many_keys",
            ErrorKind.USER,
            "More keys of a stream are asked for than a repair takes.",
            "Wait until those that were asked for are through ('windrow repair --wait'), then ask for the rest; or copy the whole"
                    + " table again with 'windrow resync'."),
    CONFLICT(
            "conflict",
            ErrorKind.BUG,
            "A state was to be saved that does not follow from the one that is stored.",
            "Report it with the message. Nothing was saved."),
    FAILED(
            "failed",
            ErrorKind.EXTERNAL_PERMANENT,
            "The state store answered with an error that has no code of its own.",
            "Look at the cause.");

    private final String reason;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    CheckpointError(String reason, ErrorKind kind, String meaning, String remedy) {
        this.reason = reason;
        this.kind = kind;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    @Override
    public String code() {
        return "checkpoint." + reason;
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
