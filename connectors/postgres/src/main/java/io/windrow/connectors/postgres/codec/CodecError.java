package io.windrow.connectors.postgres.codec;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can go wrong between a value of PostgreSQL and an Arrow vector. */
public enum CodecError implements ErrorCode {
    /** A value that the column's type cannot hold, under the rule FAIL. */
    OUT_OF_RANGE(
            "postgres.value_out_of_range",
            ErrorKind.DATA,
            "A value does not fit the type in which its column is delivered.",
            "Set out_of_range to null (counted) or text for this column, or correct the value in the database."),
    /** Bytes that are not what the type's send function writes, or a message that is not a row. */
    MALFORMED(
            "postgres.copy_malformed",
            ErrorKind.EXTERNAL_PERMANENT,
            "The server's binary data is not of the form that the catalog announced.",
            "Run again; if it happens again, report the column's type and the server version."),
    /** A null in a column that the catalog calls NOT NULL. */
    UNEXPECTED_NULL(
            "postgres.unexpected_null",
            ErrorKind.EXTERNAL_PERMANENT,
            "A column that is declared NOT NULL delivered a null.",
            "Run discover again: the table has changed, or a constraint of it is not valid."),
    /** The memory that a batch may use does not suffice for a value. */
    OUT_OF_MEMORY(
            "postgres.value_too_large",
            ErrorKind.RESOURCE,
            "A value needs more memory than the pipeline may use.",
            "Raise run.memory, or the heap of which it is a quarter (WINDROW_JAVA_OPTS=-Xmx2g); or leave the column out with the stream's columns setting.");

    private final String code;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    CodecError(String code, ErrorKind kind, String meaning, String remedy) {
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
