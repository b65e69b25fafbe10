package io.windrow.core.transform.watermark;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can be wrong with a field of event time. */
public enum WatermarkError implements ErrorCode {
    /** A field that is not there. */
    UNKNOWN_FIELD(
            "watermark.unknown_field",
            "The field of event time is not among the stream's fields.",
            "Name a date or timestamp by the name that it has at the source: event times are taken before `transform` renames "
                    + "or computes anything."),
    /** A field that holds no time. */
    NOT_A_TIME(
            "watermark.not_a_time",
            "The field of event time is neither a date nor a timestamp.",
            "Name a date or timestamp of the source. Text is not read as a time."),
    /** A field whose values must not be seen. */
    FIELD_MASKED(
            "watermark.field_masked",
            "The field of event time is masked: the ledger would show its values, or windows would be told by changed ones.",
            "Name another field, or take this one out of the mask."),
    /** A window that is none. */
    BAD_WINDOW(
            "watermark.bad_window",
            "The window has no length in whole seconds.",
            "Write a `window` of at least a second, such as 1h or 1d."),
    /** A time zone that nobody knows. */
    BAD_ZONE(
            "watermark.bad_zone",
            "The time zone is no region of the time zone database.",
            "Write a region such as UTC or Europe/Berlin; offsets are not taken, since sources read their sign differently.");

    private final String code;
    private final String meaning;
    private final String remedy;

    WatermarkError(String code, String meaning, String remedy) {
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
