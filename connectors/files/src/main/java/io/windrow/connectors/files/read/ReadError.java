package io.windrow.connectors.files.read;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can go wrong when files are read back. */
public enum ReadError implements ErrorCode {
    FILE_DAMAGED("files.file_damaged", ErrorKind.EXTERNAL_PERMANENT, "A data file cannot be decoded.",
            "Restore the file, or read the stream again in full."),
    ENCRYPTED("files.encrypted", ErrorKind.USER, "A data file is encrypted, and the pipeline names no key.",
            "Add the section encryption with the key that the file was written with."),
    VALUE_UNREADABLE("files.value_unreadable", ErrorKind.EXTERNAL_PERMANENT,
            "A value in a file does not fit the column's type.",
            "Find out who changed the file; read the stream again in full.");

    private final String code;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    ReadError(String code, ErrorKind kind, String meaning, String remedy) {
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
