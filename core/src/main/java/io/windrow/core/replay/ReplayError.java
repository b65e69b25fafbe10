package io.windrow.core.replay;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** Why a window cannot be replayed. In all of these nothing was changed. */
public enum ReplayError implements ErrorCode {
    WINDOW_INVALID(
            "window_invalid",
            ErrorKind.USER,
            "The bounds of the window do not make one.",
            "Give --from, --to or both, of one kind: values of a column, epoch:N, or position:TEXT; --from lies before --to."),
    COLUMN_UNFIT(
            "column_unfit",
            ErrorKind.USER,
            "There is no column by which the window can be cut at both ends.",
            "Name a delivered column of whole numbers, decimals, dates or timestamps with --by that no step masks or casts."),
    EPOCH_UNKNOWN(
            "epoch_unknown",
            ErrorKind.USER,
            "The target shows no such epoch of the stream.",
            "Run `windrow ledger` to see the epochs. One that a replay took the place of lives on in the replay's epoch."),
    UNFINISHED(
            "unfinished",
            ErrorKind.USER,
            "The stream's last read, or the pipeline's last run, did not come to its end, or nothing was delivered yet.",
            "Run the pipeline to its end, then replay."),
    POLICY_CHANGED(
            "policy_changed",
            ErrorKind.USER,
            "Rows of the window were delivered under other policies (mask, contract, transform, sample) than the pipeline file has now.",
            "Put the policy back, or deliver the whole stream anew with `windrow run --full-refresh`."),
    SCHEMA_CHANGED(
            "schema_changed",
            ErrorKind.USER,
            "The stream's columns changed since they were last accepted.",
            "Run the pipeline once, which accepts or refuses the new columns, then replay."),
    NOT_OFFERED(
            "not_offered",
            ErrorKind.USER,
            "The source cannot read a window again, or the sink cannot show or replace what it delivered.",
            "Deliver the whole stream anew with `windrow run --full-refresh`."),
    KEY_NOT_UNIQUE(
            "key_not_unique",
            ErrorKind.USER,
            "Several rows of the source have one key, so that it cannot be told which takes whose place.",
            "Name the columns that do identify a row as the stream's key."),
    NO_KEY(
            "no_key",
            ErrorKind.USER,
            "Without a key it cannot be told whether a row that the window lacks was deleted or has moved.",
            "Name the columns that identify a row as the stream's key."),
    REPEATED_ROWS(
            "repeated_rows",
            ErrorKind.USER,
            "The stream drops repeated rows by fields that are not delivered, or are cast after that: delivered rows do not show "
                    + "which row they repeat.",
            "Deliver the fields of `dedupe` as they are, or deliver the whole stream anew with `windrow run --full-refresh`."),
    DISPOSED(
            "disposed",
            ErrorKind.USER,
            "Rows that the target lacks may be ones whose retention is over: a replay would deliver again what was disposed of.",
            "Replay a window of event time (section watermark) that begins after what was disposed of, or deliver the whole "
                    + "stream anew with `windrow run --full-refresh`. Finish a disposal that was begun with "
                    + "`windrow dispose --apply` first."),
    HELD(
            "held",
            ErrorKind.USER,
            "The stream is on legal hold: rows that were set aside stay where they are, also those that would be delivered.",
            "Take the stream off retention.hold. A replay of a window delivers what is missing; what it replaces is kept."),
    TOO_MANY(
            "too_many",
            ErrorKind.RESOURCE,
            "More rows differ than one replay takes.",
            "Replay smaller windows, or deliver the whole stream anew with `windrow run --full-refresh`."),
    DELIVERED_DAMAGED(
            "delivered_damaged",
            ErrorKind.EXTERNAL_PERMANENT,
            "What was delivered cannot be read back.",
            "Run `windrow verify --files`, which names what is wrong with each file."),
    STAGING_FAILED(
            "staging_failed",
            ErrorKind.RESOURCE,
            "The rows that were read again cannot be staged.",
            "Check the disk and the folder of --into.");

    private final String reason;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    ReplayError(String reason, ErrorKind kind, String meaning, String remedy) {
        this.reason = reason;
        this.kind = kind;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    @Override
    public String code() {
        return "replay." + reason;
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
