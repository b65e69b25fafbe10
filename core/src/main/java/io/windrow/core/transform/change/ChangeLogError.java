package io.windrow.core.transform.change;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can be wrong with a change log. */
public enum ChangeLogError implements ErrorCode {
    /** A column has a name that the log needs. */
    NAME_TAKEN(
            "change_log.name_taken",
            "A stream whose changes are kept has a column with the name of one that the change log adds.",
            "Rename the column with `transform`, or leave it out with the stream's `columns`."),
    /** A step that cannot judge a change. */
    STEP_UNFIT(
            "change_log.step_unfit",
            "A step decides by values that a change does not always hold, or takes a change for a row.",
            "Take the stream out of the step; filter, compute, sample and count what was delivered.");

    private final String code;
    private final String meaning;
    private final String remedy;

    ChangeLogError(String code, String meaning, String remedy) {
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
