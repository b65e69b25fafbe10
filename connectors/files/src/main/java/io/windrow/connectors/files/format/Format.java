package io.windrow.connectors.files.format;

/** What the files hold. */
public enum Format {
    /** Apache Parquet. */
    PARQUET(".parquet"),
    /** One JSON object a line, UTF-8. */
    JSONL(".jsonl"),
    /** RFC 4180 with a header, UTF-8. */
    CSV(".csv"),
    /** Arrow IPC file ({@code .arrow}). */
    ARROW(".arrow"),
    /** Arrow IPC stream ({@code .arrows}). */
    ARROW_STREAM(".arrows"),
    /** Avro object container file. */
    AVRO(".avro");

    private final String extension;

    Format(String extension) {
        this.extension = extension;
    }

    /** With the dot. */
    public String extension() {
        return extension;
    }
}
