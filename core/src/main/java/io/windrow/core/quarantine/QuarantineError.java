package io.windrow.core.quarantine;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can go wrong with rows that were set aside. */
public enum QuarantineError implements ErrorCode {
    /** More bad rows than allowed. */
    LIMIT_REACHED(
            "limit_reached",
            ErrorKind.DATA,
            "More rows of a stream were set aside in one run than quarantine.limit allows. The epoch with the last of them was not committed.",
            "Look at the rows of the earlier epochs with 'windrow quarantine list'; mend the source or the contract, or raise quarantine.limit."),
    /** The disk. */
    IO_FAILED(
            "io_failed",
            ErrorKind.RESOURCE,
            "The disk under the quarantine folder answered with an error.",
            "Check quarantine.path, its permissions and the disk, then run again."),
    /** Staged rows are gone. */
    STAGED_LOST(
            "staged_lost",
            ErrorKind.UNKNOWN_OUTCOME,
            "Rows that were set aside and staged are not where they were staged, or are other ones.",
            "If quarantine.path was changed or the folder was moved, put it back and run again. Nothing was deleted."),
    /** Read back differs. */
    READ_BACK_DIFFERS(
            "read_back_differs",
            ErrorKind.RESOURCE,
            "A quarantine file that was read back is not what was written.",
            "Check the disk, then run again; nothing of this epoch was made visible."),
    /** An epoch is undecided. */
    UNDECIDED(
            "undecided",
            ErrorKind.USER,
            "An epoch of the pipeline was prepared and not settled, so that its rows may still become visible.",
            "Run the pipeline once: it begins by settling the epoch. Then discard."),
    /** A legal hold. */
    HELD(
            "held",
            ErrorKind.USER,
            "A stream is on legal hold: nothing of it that was set aside is deleted.",
            "Name rows of other streams, or take the stream off retention.hold."),
    /** A poisoned writer was used. */
    WRITER_POISONED(
            "writer_poisoned",
            ErrorKind.BUG,
            "A writer was used after it had failed.",
            "Report it with the log."),
    /** A file that is no quarantine file. */
    UNREADABLE(
            "unreadable",
            ErrorKind.EXTERNAL_PERMANENT,
            "A quarantine file or a staged text cannot be understood.",
            "Restore the file from a backup, or move it out of the quarantine folder.");

    private final String reason;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    QuarantineError(String reason, ErrorKind kind, String meaning, String remedy) {
        this.reason = reason;
        this.kind = kind;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    @Override
    public String code() {
        return "quarantine." + reason;
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
