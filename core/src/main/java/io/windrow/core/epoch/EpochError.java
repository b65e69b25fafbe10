package io.windrow.core.epoch;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** Why an epoch cannot be decided. In all of these nothing is discarded and nothing is released upstream. */
public enum EpochError implements ErrorCode {
    TARGET_DIVERGED(
            "target_diverged",
            ErrorKind.UNKNOWN_OUTCOME,
            "The target's last commit of a stream is not one that the state store can have led to: the store or the "
                    + "target was restored, or another pipeline writes to the same place.",
            "Find out which of the two is right. 'windrow state reset' opens a new generation and says what will be "
                    + "delivered twice."),
    TARGET_TAKEN(
            "target_taken",
            ErrorKind.USER,
            "Another pipeline delivers a stream of the same name to the same place.",
            "Give this pipeline a place of its own in the sink's settings. If it is the other one under a new name, give it back "
                    + "its name; or remove what the other one delivered, with its books."),
    UNSETTLED(
            "unsettled",
            ErrorKind.UNKNOWN_OUTCOME,
            "It cannot be found out whether a commit took effect.",
            "Run again when the target answers: the run begins by settling this commit. Do not remove staged data."),
    STAGED_DIFFERS(
            "staged_differs",
            ErrorKind.BUG,
            "What was staged for a stream is not what its ledger entry says (I1).",
            "Report it with the message; nothing of this epoch was made visible."),
    OUT_OF_TURN(
            "out_of_turn",
            ErrorKind.BUG,
            "The protocol was told something that cannot happen at this point.",
            "Report it with the message; nothing was made visible or released.");

    private final String reason;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    EpochError(String reason, ErrorKind kind, String meaning, String remedy) {
        this.reason = reason;
        this.kind = kind;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    @Override
    public String code() {
        return "epoch." + reason;
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
