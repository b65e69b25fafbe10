package io.windrow.demo;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can go wrong in the demo's own part. */
public enum DemoError implements ErrorCode {
    DATABASE_FAILED(
            "demo.database_failed",
            ErrorKind.EXTERNAL_PERMANENT,
            "The demo's database refused a statement.",
            "Read the database's own words in the message."),
    FILE_FAILED(
            "demo.file_failed",
            ErrorKind.RESOURCE,
            "The demo's pipeline file could not be written.",
            "Make room, or name a folder that may be written to.");

    private final String code;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    DemoError(String code, ErrorKind kind, String meaning, String remedy) {
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
