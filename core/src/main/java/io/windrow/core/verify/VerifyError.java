package io.windrow.core.verify;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can go wrong in a comparison itself. */
public enum VerifyError implements ErrorCode {
    /** Two ways of counting the same rows disagree. */
    COUNT_DISAGREES(
            "verify.count_disagrees",
            "Two ways of counting the same rows give different numbers.",
            "Keep source, target and state store as they are and report this: rows may be lost or a file may be damaged.");

    private final String code;
    private final String meaning;
    private final String remedy;

    VerifyError(String code, String meaning, String remedy) {
        this.code = code;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    @Override
    public String code() {
        return code;
    }

    @Override
    public ErrorKind kind() {
        return ErrorKind.EXTERNAL_PERMANENT;
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
