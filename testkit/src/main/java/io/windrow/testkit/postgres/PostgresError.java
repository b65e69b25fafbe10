package io.windrow.testkit.postgres;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can go wrong around a test server. */
public enum PostgresError implements ErrorCode {
    BINARIES_MISSING(
            "testkit.binaries_missing",
            ErrorKind.EXTERNAL_PERMANENT,
            "The class path holds no PostgreSQL binaries of this major version for this platform.",
            "Run the tests with -Dpg=<major>, or use a major version that is there."),
    UNPACK_FAILED(
            "testkit.unpack_failed",
            ErrorKind.RESOURCE,
            "The PostgreSQL binaries could not be unpacked into the temporary folder.",
            "Make room in the temporary folder, or name another with -Djava.io.tmpdir."),
    START_FAILED(
            "testkit.start_failed",
            ErrorKind.RESOURCE,
            "The embedded PostgreSQL server did not start.",
            "Read the server's own words in the message."),
    STATEMENT_FAILED(
            "testkit.statement_failed",
            ErrorKind.USER,
            "A statement of a test or of the demo failed.",
            "Mend the statement.");

    private final String code;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    PostgresError(String code, ErrorKind kind, String meaning, String remedy) {
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
