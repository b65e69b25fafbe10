package io.windrow.core.contract;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What a contract refuses: itself, if it does not fit its stream; rows; schemas that have drifted. */
public enum ContractError implements ErrorCode {
    /** The contract names a field that the stream does not have. */
    UNKNOWN_FIELD(
            "unknown_field",
            ErrorKind.USER,
            "The contract names a field that its stream does not have.",
            "Write the field's exact name; `windrow discover` shows it."),
    /** The contract names a type that does not exist. */
    UNKNOWN_TYPE(
            "unknown_type",
            ErrorKind.USER,
            "The contract names a type that there is not.",
            "Write one of bool, int8 to int64, uint8 to uint64, float32, float64, decimal(p,s), text, json, bytes, uuid, "
                    + "date, time, timestamp, timestamptz, interval."),
    /** The stream's field is of another type. */
    TYPE_DIFFERS(
            "type_differs",
            ErrorKind.USER,
            "The stream's field has another type than the contract demands.",
            "Demand the type that the stream has, or change the column in the source."),
    /** A check that makes no sense for the field's type. */
    UNFIT_CHECK(
            "unfit_check",
            ErrorKind.USER,
            "A check does not fit the type of its field.",
            "Ranges are for numbers, dates and times; patterns for text; sets for numbers, text, bool, uuid, dates and times."),
    /** A bound or set member is no value of the field's type. */
    UNREADABLE_VALUE(
            "unreadable_value",
            ErrorKind.USER,
            "A bound or a member of a set is not a value of the field's type.",
            "Write it as a value of that type: 12, 12.50, true, 2024-01-31, 23:59:59, 2024-01-31T23:59:59Z."),
    /** No value can be in the range. */
    EMPTY_RANGE(
            "empty_range", ErrorKind.USER, "The smallest good value is larger than the largest.", "Swap min and max."),
    /** The pattern is no regular expression. */
    BAD_PATTERN(
            "bad_pattern",
            ErrorKind.USER,
            "The pattern is not a regular expression.",
            "Write it as java.util.regex reads it; a backslash needs single quotes or none around it in YAML."),
    /** A schema has drifted in a way that the policy does not allow. */
    DRIFT(
            "drift",
            ErrorKind.EXTERNAL_PERMANENT,
            "A stream's schema differs from the accepted one in a way that the contract's drift policy does not allow.",
            "Change the source back, or accept the new schema with `windrow schema accept PIPELINE --stream STREAM`; a run that "
                    + "follows holds the pipeline, so stop it first."),
    /** A schema breaks the compatibility mode. */
    INCOMPATIBLE(
            "incompatible",
            ErrorKind.EXTERNAL_PERMANENT,
            "A stream's new schema breaks the compatibility that its accepted one demands.",
            "Change the source back, or accept the new schema with `windrow schema accept PIPELINE --stream STREAM`, once no run holds the pipeline, which "
                    + "can also change the compatibility mode."),
    /** A row does not fit the accepted schema. */
    DRIFTED_ROW(
            "drifted_row", ErrorKind.DATA, "A row does not fit the accepted schema.",
            "Accept the new schema with `windrow schema accept PIPELINE --stream STREAM`, then deliver what was set aside with `windrow "
                    + "quarantine replay PIPELINE --apply` (from tables of PostgreSQL into files), or with `windrow run --full-refresh --stream STREAM`."),
    /** A row's text is not readable as the type. */
    TYPE("type", ErrorKind.DATA, "A text cannot be read as the type that the contract demands.", Texts.ROW),
    /** A row holds null. */
    NULL("null", ErrorKind.DATA, "A field is null that must not be.", Texts.ROW),
    /** A row's value is too small or too large. */
    OUT_OF_RANGE("out_of_range", ErrorKind.DATA, "A value is outside of the contract's range.", Texts.ROW),
    /** A row's text does not match. */
    PATTERN("pattern", ErrorKind.DATA, "A text does not match the contract's pattern.", Texts.ROW),
    /** A row's value is none of the good ones. */
    NOT_IN_SET("not_in_set", ErrorKind.DATA, "A value is none of those that the contract names.", Texts.ROW);

    private static final class Texts {
        static final String ROW = "Mend the row at the source, or the contract; then deliver what was set aside with `windrow quarantine replay FILE --apply` "
                + "(from tables of PostgreSQL into files), or with `windrow run --full-refresh --stream STREAM`.";

        private Texts() {}
    }

    private final String reason;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    ContractError(String reason, ErrorKind kind, String meaning, String remedy) {
        this.reason = reason;
        this.kind = kind;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    @Override
    public String code() {
        return "contract." + reason;
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
