package io.windrow.core.transform.detect;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** Why a value cannot be searched. No message quotes it. */
public enum DetectError implements ErrorCode {
    /** JSON inside JSON without an end. */
    TOO_NESTED(
            "detect.too_nested",
            ErrorKind.DATA,
            "A text holds JSON that stands as text inside JSON, and so on, in more depths than are searched.",
            "Mask the whole of the field instead of what is found inside it; the row was set aside.");

    private final String code;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    DetectError(String code, ErrorKind kind, String meaning, String remedy) {
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
