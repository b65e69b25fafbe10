package io.windrow.runner.local;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can go wrong in the running itself. */
public enum RunError implements ErrorCode {
    UNEXPECTED(
            "unexpected",
            ErrorKind.BUG,
            "A connector or the runner failed in a way that it does not declare.",
            "Report it with the log; the stream's last committed position is kept."),
    NO_STREAMS(
            "no_streams",
            ErrorKind.USER,
            "The run has no stream to read.",
            "Select at least one stream that the source has."),
    UNKNOWN_STREAM(
            "unknown_stream",
            ErrorKind.USER,
            "A selected stream is not part of the pipeline.",
            "Use one of the names that 'windrow plan' lists."),
    SCHEMA_CHANGED(
            "schema_changed",
            ErrorKind.EXTERNAL_TRANSIENT,
            "Rows of another schema than the planned one arrived.",
            "Run again: the stream is planned with its new schema."),
    SPLIT_REPEATED(
            "split_repeated",
            ErrorKind.BUG,
            "A planner handed out a split that is being read or has ended.",
            "Report it: reading it would deliver rows twice."),
    OUT_OF_MEMORY(
            "out_of_memory",
            ErrorKind.RESOURCE,
            "The memory for batches in flight is used up.",
            "Raise run.memory, or lower run.workers or the source's batch size."),
    LEAKED_MEMORY(
            "leaked_memory",
            ErrorKind.BUG,
            "Batches were not freed at the end of the run.",
            "Report it with the log. The data is committed all the same."),
    INTERRUPTED(
            "interrupted",
            ErrorKind.EXTERNAL_TRANSIENT,
            "The thread of the run was interrupted.",
            "Use stop() to end a run in good order. The next run goes on from the last commit."),
    LEASE_EXPIRED(
            "lease_expired",
            ErrorKind.EXTERNAL_TRANSIENT,
            "The lease could not be renewed in time, so this run may commit nothing any more.",
            "Check the state store, then run again."),
    STUCK(
            "stuck",
            ErrorKind.EXTERNAL_PERMANENT,
            "A thread of the run did not end in time after it was told to.",
            "Look at the named thread in a thread dump; a connector ignores wakeUp.");

    private final String reason;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    RunError(String reason, ErrorKind kind, String meaning, String remedy) {
        this.reason = reason;
        this.kind = kind;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    @Override
    public String code() {
        return "run." + reason;
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
