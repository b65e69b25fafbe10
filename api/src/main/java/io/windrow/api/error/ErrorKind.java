package io.windrow.api.error;

/**
 * What an error means for the run. The runner decides in one {@code switch} over this enum, without a {@code default};
 * nothing else decides whether to retry, to stop or to clean up.
 */
public enum ErrorKind {
    /** The pipeline file or the command is wrong: the user mends it. Exit code 2. */
    USER,
    /** The other system is unwell for now: retry with back-off. */
    EXTERNAL_TRANSIENT,
    /** The same input will fail again for ever: stop. */
    EXTERNAL_PERMANENT,
    /** One row or value is bad: the row goes to quarantine, or the stream stops if there is none. */
    DATA,
    /** Memory, disk, descriptors: stop in good order, keep everything, resume when there is room. */
    RESOURCE,
    /** It is not known whether an effect took place: stop and clean up nothing. */
    UNKNOWN_OUTCOME,
    /** A defect of ours. */
    BUG
}
