package io.windrow.core.compact;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** Why a change log cannot be folded. In all of these nothing was changed. */
public enum CompactError implements ErrorCode {
    NO_LOG(
            "no_log",
            ErrorKind.USER,
            "What was delivered of the stream is no change log that can be read back: change streams keep one where they append to "
                    + "files.",
            "Name a stream in mode cdc that is appended to files with --stream, or mirror it into a database, which needs no folding."),
    NO_KEY(
            "no_key",
            ErrorKind.USER,
            "The stream has no key, so that it cannot be told which changes are of one row.",
            "Give the table a primary key, or name the columns that identify a row, and deliver it anew with "
                    + "`windrow run --full-refresh`."),
    UNFINISHED(
            "unfinished",
            ErrorKind.USER,
            "The first copy of the stream is not delivered to its end, so that rows would be missing.",
            "Run the pipeline until the copy has ended, then compact."),
    DISPOSED(
            "disposed",
            ErrorKind.USER,
            "A part of the change log was disposed of: rows that have not changed since would be missing.",
            "Deliver the stream anew with `windrow run --full-refresh`, then compact."),
    COLUMN_CHANGED(
            "column_changed",
            ErrorKind.USER,
            "Older changes hold a column in another type, or under another name, than newer ones.",
            "Deliver the stream anew with `windrow run --full-refresh`, then compact."),
    VALUE_MISSING(
            "value_missing",
            ErrorKind.DATA,
            "A change leaves a column as it was, and the log holds no earlier value of that row: rows were set aside by the "
                    + "contract, or the log was altered by hand.",
            "Look for the row with `windrow quarantine list`, or deliver the stream anew with `windrow run --full-refresh`."),
    LOG_UNREADABLE(
            "log_unreadable",
            ErrorKind.EXTERNAL_PERMANENT,
            "A row of the change log does not say what happened in a way that this version understands.",
            "Update Windrow if a newer version wrote the log."),
    NAME_TAKEN(
            "name_taken",
            ErrorKind.USER,
            "The pipeline delivers another stream under the name that the folded rows would have.",
            "Fold this stream in another pipeline, or rename the table that is in the way."),
    TOO_MANY(
            "too_many",
            ErrorKind.RESOURCE,
            "More rows changed their key and kept large values than one folding takes.",
            "Deliver the stream anew with `windrow run --full-refresh`, then compact."),
    SPACE(
            "space",
            ErrorKind.RESOURCE,
            "Rows that do not fit into memory cannot be put aside in the temporary folder.",
            "Free space there, or name another folder: `WINDROW_JAVA_OPTS=-Djava.io.tmpdir=FOLDER`.");

    private final String reason;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    CompactError(String reason, ErrorKind kind, String meaning, String remedy) {
        this.reason = reason;
        this.kind = kind;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    @Override
    public String code() {
        return "compact." + reason;
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
