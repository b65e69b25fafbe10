package io.windrow.core.dispose;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What hinders a disposal. */
public enum DisposeError implements ErrorCode {
    NO_POLICY(
            "dispose.no_policy", ErrorKind.USER,
            "The pipeline does not say how long anything is kept.",
            "Add the section retention, or name what is to go, as with --former-masks."),
    UNDECIDED(
            "dispose.undecided", ErrorKind.USER,
            "An epoch is prepared and not settled: what it staged may become visible or not.",
            "Run the pipeline, which settles it, then dispose."),
    NOT_OFFERED(
            "dispose.not_offered", ErrorKind.USER,
            "The sink cannot delete what it has delivered.",
            "Take the retention of delivered files out of the pipeline file, and delete at the target."),
    TARGET_MISSING(
            "dispose.target_missing", ErrorKind.EXTERNAL_PERMANENT,
            "What the ledger says was delivered or set aside is not where the pipeline file says. Nothing was deleted, no key destroyed.",
            "Mount the folder, or correct the path; if its data was deleted on purpose, put the stream on retention.hold."),
    CLOCK(
            "dispose.clock", ErrorKind.USER,
            "By the clock the newest ledger entry lies in the future, or more than two years back. A clock that is wrong makes things "
                    + "due that are not, and what is deleted does not come back. Nothing was deleted.",
            "Look at the clock that the message names. If it is right, as after a long rest of the pipeline, add --clock-checked."),
    UNREADABLE(
            "dispose.unreadable", ErrorKind.EXTERNAL_PERMANENT,
            "The record of a disposal in the state store cannot be understood.",
            "Update Windrow if a newer version wrote it, or restore the state store.");

    private final String code;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    DisposeError(String code, ErrorKind kind, String meaning, String remedy) {
        this.code = code;
        this.kind = kind;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    @Override
    public String code() {
        return code;
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
