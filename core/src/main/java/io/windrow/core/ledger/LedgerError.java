package io.windrow.core.ledger;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can be wrong with a ledger entry. */
public enum LedgerError implements ErrorCode {
    UNBALANCED(
            "unbalanced",
            ErrorKind.BUG,
            "The books of a stream do not balance: an event came in and is not accounted for (I1).",
            "Report it with the message; nothing of this epoch was made visible."),
    ROWS_DIFFER(
            "rows_differ",
            ErrorKind.BUG,
            "The encoded output, read back, does not hold as many rows as were handed to it.",
            "Check the target's disk, then report it; nothing of this epoch was made visible."),
    HASHES_DIFFER(
            "hashes_differ",
            ErrorKind.BUG,
            "The encoded output, read back, does not hold the values that were handed to it.",
            "Check the target's disk and memory, then report it; nothing of this epoch was made visible."),
    UNREADABLE(
            "unreadable",
            ErrorKind.EXTERNAL_PERMANENT,
            "A stored ledger entry is no ledger entry of a version that this program knows.",
            "Restore the file or the store from a backup, or use the version of Windrow that wrote it.");

    private final String reason;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    LedgerError(String reason, ErrorKind kind, String meaning, String remedy) {
        this.reason = reason;
        this.kind = kind;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    @Override
    public String code() {
        return "ledger." + reason;
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
