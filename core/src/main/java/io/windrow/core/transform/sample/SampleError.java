package io.windrow.core.transform.sample;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can be wrong with a sample. */
public enum SampleError implements ErrorCode {
    /** A field that is not there. */
    UNKNOWN_FIELD(
            "sample.unknown_field",
            "A field is named that the stream does not have at this step.",
            "Run `windrow discover` to see the fields; a sample is taken after `transform`, by the new names."),
    /** Nothing to decide by. */
    NO_KEY(
            "sample.no_key",
            "The stream has no key that could decide which rows are in the sample.",
            "Name the fields that decide in `by`."),
    /** A share that is none. */
    BAD_SHARE("sample.bad_share", "The share is no percentage.", "Write a number above 0 and at most 100."),
    /** Too much to report. */
    TOO_MANY_REPORTS(
            "sample.too_many_reports",
            "The distribution of too many fields is asked for.",
            "Name the few fields in `report` by which a bias would matter."),
    /** A type whose values have no canonical bytes of their own. */
    NOT_COMPARABLE(
            "sample.not_comparable",
            "A list, structure or interval decides about no sample.",
            "Name a field of another type.");

    private final String code;
    private final String meaning;
    private final String remedy;

    SampleError(String code, String meaning, String remedy) {
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
