package io.windrow.cli;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can be wrong with a command. */
public enum CliError implements ErrorCode {
    /** Arguments that make no sense. */
    BAD_ARGUMENTS("cli.bad_arguments", ErrorKind.USER, "The arguments do not fit together.", "Run the command with --help."),
    /** No pipeline. */
    NO_PIPELINE(
            "cli.no_pipeline",
            ErrorKind.USER,
            "No pipeline was named.",
            "Name a pipeline file, or describe one with --from, --stream and --to."),
    /** A URL scheme without a connector. */
    UNKNOWN_SCHEME(
            "cli.unknown_scheme",
            ErrorKind.USER,
            "No connector reads from such a URL.",
            "Run `windrow connectors` to see the sources, and write a pipeline file."),
    /** Output file exists. */
    FILE_EXISTS("cli.file_exists", ErrorKind.USER, "The file exists already.", "Name another file, or remove this one."),
    /** A file cannot be written. */
    FILE_FAILED("cli.file_failed", ErrorKind.RESOURCE, "A file cannot be written.", "Check the path, its permissions and the disk."),
    /** Standard output took only a part. */
    OUTPUT_LOST(
            "cli.output_lost",
            ErrorKind.RESOURCE,
            "Standard output did not take all of the result.",
            "Check the disk that it goes to, or the command that reads it."),
    /** There is no state. */
    NO_STATE(
            "cli.no_state",
            ErrorKind.USER,
            "The pipeline has no state yet.",
            "Run the pipeline first; check that run.state names the store that it used."),
    /** The store lies where an earlier version looked for it. */
    STATE_ELSEWHERE(
            "cli.state_elsewhere",
            ErrorKind.USER,
            "A relative path of run.state starts beside the pipeline file, and a store lies at the same path from the working directory.",
            "Move the store beside the pipeline file, or write its absolute path."),
    /** Consent is missing. */
    NEEDS_YES("cli.needs_yes", ErrorKind.USER, "The command would change state.", "Read what it would do, then add --yes."),
    /** A stream that is not followed. */
    NOT_FOLLOWED(
            "cli.not_followed",
            ErrorKind.USER,
            "A stream is not followed, so neither it nor single rows are read again beside its log.",
            "A snapshot is read whole by its next run. Read a stream of another mode from its start by `windrow run --full-refresh --stream NAME`."),
    /** A write mode under which a row that is read again changes nothing. */
    NOT_REPAIRED(
            "cli.not_repaired",
            ErrorKind.USER,
            "The target keeps every change of the stream, or versions of its rows, not the rows that the source has: a row that is read"
                    + " again would only be one more of them.",
            "Delivered files are written anew with `windrow replay`; `windrow resync` copies the whole table again, as a new generation."),
    /** A key that may not be saved. */
    KEY_MASKED(
            "cli.key_masked",
            ErrorKind.USER,
            "A mask hides the stream's key, which a request for single rows would save as it is.",
            "Copy the whole table again with `windrow resync`."),
    /** Something that the source or the sink cannot do. */
    NOT_OFFERED(
            "cli.not_offered",
            ErrorKind.USER,
            "The source or the sink does not offer what the command needs.",
            "Run `windrow connectors` to see what the connectors offer."),
    /** The command was interrupted. */
    INTERRUPTED("cli.interrupted", ErrorKind.EXTERNAL_TRANSIENT, "The command was interrupted.", "Run it again."),
    /** A defect. */
    BUG("cli.bug", ErrorKind.BUG, "A defect of Windrow.", "Run again with --debug and report what it prints.");

    private final String code;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    CliError(String code, ErrorKind kind, String meaning, String remedy) {
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
