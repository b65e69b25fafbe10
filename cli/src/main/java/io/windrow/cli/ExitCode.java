package io.windrow.cli;

import io.windrow.api.error.ErrorKind;
import io.windrow.core.observe.Outcome;
import io.windrow.core.observe.RunResult;

/** What the process ends with. The table of {@code windrow docs exit-codes} is made from it; numbers never change. */
public enum ExitCode {
    /** Done. */
    OK(0, "Everything that was asked for is done, and proven where the command proves something."),
    /** A defect. */
    BUG(1, "A defect of Windrow; run again with --debug and report it."),
    /** The user's to mend. */
    USER(2, "The command line or the pipeline file is wrong."),
    /** The other system. */
    EXTERNAL(3, "The source or the target is unwell or refuses; what was committed before stays delivered. A JVM whose heap is used up "
            + "ends so, too: then standard error says java.lang.OutOfMemoryError, and what helps is what helps for code 5."),
    /** A row. */
    DATA(4, "A row or value is bad and could not be set aside, or more were set aside than quarantine.limit allows."),
    /** Room. */
    RESOURCE(5, "Memory, disk or descriptors ran out; a next run goes on from the last commit."),
    /** Unknown. */
    UNKNOWN_OUTCOME(6, "A commit may or may not have taken effect; nothing was cleaned up, the next run asks the target."),
    /** Some streams. */
    PARTIAL(7, "Some streams are complete and some failed; the summary names them."),
    /** Rows differ. */
    DIFFERENT(8, "verify: source and target differ in rows that did not change since the delivery, or a file of the target is missing or damaged; verify --files: a file is missing, damaged or too much; ledger --windows: the source has another count of a window."),
    /** Not decidable. */
    UNDECIDED(9, "verify: nothing differs for certain, but some rows or a stream cannot be judged, or there is nothing to compare; ledger --windows: the count of a window is not proven; resync --wait: the copy was not through in time; repair --wait: the rows were not committed in time; dispose --former-masks: readers of rows that were folded from a change log still see them under a former mask."),
    /** A check failed. */
    CHECK_FAILED(10, "check: at least one check failed; a run would fail."),
    /** Stopped. */
    STOPPED(143, "Stopped by SIGTERM (130: by Ctrl-C) after draining and committing; a next run goes on from there. Tables that were complete are not read again; one that was half read by pages starts over, since the moment of its snapshot ended with the process.");

    private final int value;
    private final String meaning;

    ExitCode(int value, String meaning) {
        this.value = value;
        this.meaning = meaning;
    }

    /** The number. */
    public int value() {
        return value;
    }

    /** One sentence. */
    public String meaning() {
        return meaning;
    }

    /** The code of an error that ends a command. */
    public static ExitCode of(ErrorKind kind) {
        return switch (kind) {
            case USER -> USER;
            case EXTERNAL_TRANSIENT, EXTERNAL_PERMANENT -> EXTERNAL;
            case DATA -> DATA;
            case RESOURCE -> RESOURCE;
            case UNKNOWN_OUTCOME -> UNKNOWN_OUTCOME;
            case BUG -> BUG;
        };
    }

    /**
     * The code of a run.
     *
     * @param limited whether the user asked for a part only, so that a stop is what was asked for
     */
    static ExitCode of(RunResult result, Limit limited) {
        return switch (result.outcome()) {
            case COMPLETED -> OK;
            case STOPPED -> limited == Limit.SET ? OK : STOPPED;
            case UNKNOWN -> UNKNOWN_OUTCOME;
            case FAILED -> failed(result);
        };
    }

    /** Whether {@code --limit} was given. */
    enum Limit {
        SET,
        NONE
    }

    private static ExitCode failed(RunResult result) {
        if (result.error().isPresent()) {
            return of(result.error().get().kind());
        }
        boolean someGood = result.streams().stream()
                .anyMatch(s -> s.outcome() == Outcome.COMPLETED || s.outcome() == Outcome.STOPPED);
        if (someGood) {
            return PARTIAL;
        }
        return result.streams().stream()
                .flatMap(s -> s.error().stream())
                .findFirst()
                .map(e -> of(e.kind()))
                .orElse(USER);
    }
}
