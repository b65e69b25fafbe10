package io.windrow.connectors.files.parquet;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** The errors of the Parquet encoder and of its read-back. */
public enum ParquetError implements ErrorCode {
    WRITER_CLOSED("parquet.writer_closed", ErrorKind.BUG,
            "A Parquet writer was used after it had failed, been aborted or been finished.",
            "Abandon the staged file and write it again from the last committed position."),
    BATCH_MISMATCH("parquet.batch_mismatch", ErrorKind.BUG,
            "A batch does not have the Arrow layout of the file's schema.",
            "Report this with the schema: a schema change must begin a new file."),
    NULL_IN_REQUIRED("parquet.null_in_required", ErrorKind.DATA,
            "A column that is declared not nullable holds a null.",
            "Discover the stream again, or declare the column nullable."),
    DECIMAL_OUT_OF_RANGE("parquet.decimal_out_of_range", ErrorKind.DATA,
            "A decimal has more digits than its column declares.",
            "Declare a larger precision or deliver the column as text."),
    VALUE_TOO_LARGE("parquet.value_too_large", ErrorKind.RESOURCE,
            "One page would have to hold more than one GiB.",
            "Leave the column out, or use a format without pages."),
    NESTED_TOO_DEEP("parquet.nested_too_deep", ErrorKind.USER,
            "A type is nested more than 120 levels deep.",
            "Deliver the column as JSON text."),
    EMPTY_STRUCT("parquet.empty_struct", ErrorKind.USER,
            "Parquet has no structure without fields.",
            "Leave the column out or deliver it as JSON text."),
    WRITE_FAILED("parquet.write_failed", ErrorKind.RESOURCE,
            "The output refused bytes of a Parquet file.",
            "Look at the cause: the disk may be full or read-only."),
    READ_FAILED("parquet.read_failed", ErrorKind.EXTERNAL_TRANSIENT,
            "A finished Parquet file could not be read back.",
            "Look at the cause and run again."),
    NOT_PARQUET("parquet.not_parquet", ErrorKind.EXTERNAL_PERMANENT,
            "A file is no whole Parquet file.",
            "Delete the staged file; the epoch is written again."),
    PROOF_FAILED("parquet.proof_failed", ErrorKind.EXTERNAL_PERMANENT,
            "What lies on disk is not what was written.",
            "Check the disk and its driver; the epoch is not committed.");

    private final String code;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    ParquetError(String code, ErrorKind kind, String meaning, String remedy) {
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
