package io.windrow.api.batch;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** Why values do not make a batch. */
public enum BatchError implements ErrorCode {
    /** The value is of another kind than its column, or outside its range. */
    VALUE_DOES_NOT_FIT(
            "batch.value_does_not_fit",
            ErrorKind.DATA,
            "A value is of another type than its column or outside its range.",
            "Widen the column's type at the source's type mapping, or quarantine the row."),
    /** A row was ended with a column that nobody spoke of. */
    ROW_INCOMPLETE(
            "batch.row_incomplete",
            ErrorKind.BUG,
            "A row was ended although nothing was said about one of its columns.",
            "Set the column, or say `setNull` or `absent`: the three are different values."),
    /** The schema has no such column. */
    UNKNOWN_COLUMN(
            "batch.unknown_column",
            ErrorKind.BUG,
            "A value was given for a column that the schema does not have.",
            "Add the column to the schema, or send the row to quarantine: unknown fields are never dropped.");

    private final String code;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    BatchError(String code, ErrorKind kind, String meaning, String remedy) {
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
