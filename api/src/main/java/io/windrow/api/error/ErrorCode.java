package io.windrow.api.error;

/**
 * A stable error code. Every package that raises errors has one enum that implements this interface; the generated
 * reference lists all of them. A code is never reused for another meaning.
 */
public interface ErrorCode {
    /** The stable name, {@code area.reason} in lower_snake, for example {@code postgres.connect_refused}. */
    String code();

    /** What the error means for the run. */
    ErrorKind kind();

    /** One sentence: what happened. */
    String meaning();

    /** One sentence, imperative: what the reader should do about it. */
    String remedy();

    /**
     * Whether only a new plan can help: the same read would fail again at once, so it is not tried again in place. Matters for
     * transient errors only.
     */
    default boolean needsNewPlan() {
        return false;
    }
}
