package io.windrow.core.transform.dedupe;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** Why repeated rows cannot be dropped as the pipeline says. */
public enum DedupeError implements ErrorCode {
    /** A key field is not in the stream. */
    FIELD_UNKNOWN(
            "dedupe.field_unknown",
            "The stream has no field of this name.",
            "Correct dedupe.by; `windrow discover` lists the fields."),
    /** The window holds nothing. */
    WINDOW_EMPTY(
            "dedupe.window_empty",
            "The window that repeated rows are looked for in holds no row.",
            "Set dedupe.rows to at least 1, dedupe.bytes to at least 64 bytes, and dedupe.time to more than zero."),
    /** Changes of a row are no repetitions of it. */
    CHANGE_STREAM(
            "dedupe.change_stream",
            "A change stream carries the same key again for every change of the row.",
            "Take the stream out of `dedupe`: changes are delivered once by their positions.");

    private final String code;
    private final String meaning;
    private final String remedy;

    DedupeError(String code, String meaning, String remedy) {
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
        return ErrorKind.USER;
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
