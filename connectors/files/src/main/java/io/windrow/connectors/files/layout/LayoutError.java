package io.windrow.connectors.files.layout;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can be wrong with the books that the sink keeps. */
public enum LayoutError implements ErrorCode {
    BOOK_UNREADABLE("files.book_unreadable", ErrorKind.EXTERNAL_PERMANENT,
            "A manifest or another of the sink's own JSON files cannot be understood.",
            "Restore the file from a backup, or update Windrow if a newer version wrote it.");

    private final String code;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    LayoutError(String code, ErrorKind kind, String meaning, String remedy) {
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
