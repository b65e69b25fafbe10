package io.windrow.core.plan;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** Why a pipeline is refused before the first read. */
public enum PlanError implements ErrorCode {
    /** The pipeline insists on more than source and sink can keep. */
    GUARANTEE_TOO_HIGH(
            "plan.guarantee_too_high",
            "The pipeline requires more than its source and sink can keep.",
            "Lower run.require, or use a source and a sink whose traits allow it."),
    /** The source does not read in that mode. */
    READ_MODE_UNSUPPORTED(
            "plan.read_mode_unsupported",
            "The source does not offer this read mode.",
            "Run `windrow discover` to see the modes that fit each stream."),
    /** The sink does not write in that mode. */
    WRITE_MODE_UNSUPPORTED(
            "plan.write_mode_unsupported",
            "The sink does not offer this write mode.",
            "Run `windrow connectors` to see the write modes of the sink."),
    /** A write mode would lose rows. */
    WRITE_MODE_LOSES(
            "plan.write_mode_loses",
            "The write mode would throw away rows that were delivered before.",
            "Take the stream out of `write`, or read it as a snapshot."),
    /** A write mode needs the changes of rows. */
    WRITE_MODE_NEEDS_CHANGES(
            "plan.write_mode_needs_changes",
            "The write mode needs every change of a row, and the stream is read in a mode that does not show them.",
            "Read the stream in mode cdc, or write it in mode upsert, mirror, append or replace."),
    /** A write mode tells rows apart by a key. */
    KEY_MISSING(
            "plan.key_missing",
            "The write mode tells rows apart by the stream's key, and the stream has none.",
            "Give the table a primary key or a unique index on columns that are not null, or write append or replace."),
    /** A stream is named that the source does not deliver. */
    UNKNOWN_STREAM(
            "plan.unknown_stream",
            "The pipeline does not read a stream of this name.",
            "Run `windrow discover` to see the names."),
    /** There is nothing to read. */
    NO_STREAMS(
            "plan.no_streams",
            "The source's settings select no stream.",
            "Run `windrow discover` to see what the source holds, and check names and privileges.");

    private final String code;
    private final String meaning;
    private final String remedy;

    PlanError(String code, String meaning, String remedy) {
        this.code = code;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    @Override
    public String code() {
        return code;
    }

    @Override
    public ErrorKind kind() {
        return ErrorKind.USER;
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
