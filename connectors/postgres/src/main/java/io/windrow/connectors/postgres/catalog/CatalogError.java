package io.windrow.connectors.postgres.catalog;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can go wrong while the catalog is read, besides errors of the server itself. */
public enum CatalogError implements ErrorCode {
    /** A column names a type that pg_type does not have. */
    UNKNOWN_TYPE(
            "postgres.unknown_type",
            ErrorKind.EXTERNAL_PERMANENT,
            "A column has a type that the catalog does not hold.",
            "Run again; the type may have been dropped while the catalog was read."),
    /** A query stream's column has no type of its own. */
    UNTYPED_QUERY(
            "postgres.untyped_query",
            ErrorKind.USER,
            "The columns of a query could not be determined.",
            "Check that the text is one SELECT, and cast its columns to types.");

    private final String code;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    CatalogError(String code, ErrorKind kind, String meaning, String remedy) {
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
