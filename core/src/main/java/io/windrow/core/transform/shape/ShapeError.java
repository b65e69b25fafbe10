package io.windrow.core.transform.shape;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can be wrong with the shape that a pipeline gives to rows, and with a row that does not fit it. */
public enum ShapeError implements ErrorCode {
    /** A field that is not there. */
    UNKNOWN_FIELD(
            "shape.unknown_field",
            ErrorKind.USER,
            "A field is named that the stream does not have at this step.",
            "Run `windrow discover` to see the fields. The order is filter, compute, select, rename, cast."),
    /** Two fields of one name. */
    NAME_TAKEN(
            "shape.name_taken", ErrorKind.USER, "Two fields would have the same name.", "Choose another name for one of them."),
    /** A type that does not exist. */
    UNKNOWN_TYPE(
            "shape.unknown_type",
            ErrorKind.USER,
            "There is no such type.",
            "Write bool, int8 to int64, uint8 to uint64, float32, float64, decimal(p,s), text, bytes, uuid, date, time, "
                    + "timestamp or timestamptz."),
    /** No cast between the types. */
    NO_CAST(
            "shape.no_cast",
            ErrorKind.USER,
            "Values of the one type are never values of the other.",
            "Cast to text, or compute the field with an expression."),
    /** A cast of a key. */
    KEY_NOT_INJECTIVE(
            "shape.key_not_injective",
            ErrorKind.USER,
            "A key field of a stream that is written by key is cast so that different values may become the same.",
            "Leave the field in its type, or write the stream in the mode append or replace."),
    /** Rows of a change stream whose earlier state would have to be reshaped too. */
    BEFORE_IMAGE(
            "shape.before_image",
            ErrorKind.USER,
            "The source sends the state before each change, which cannot be reshaped.",
            "Take compute, select, rename and cast of this stream out, or turn off the source's before-images."),
    /** A number outside of the type. */
    CAST_RANGE(
            "shape.cast_range",
            ErrorKind.DATA,
            "A value is outside of the range of the type that it is cast to.",
            "Cast to a wider type, or leave such rows out with a filter."),
    /** A value that would lose something. */
    CAST_INEXACT(
            "shape.cast_inexact",
            ErrorKind.DATA,
            "A cast would lose digits, a fraction or a time of day.",
            "Cast to a type that can hold the value whole."),
    /** Text that is not of the form of the type. */
    CAST_FORM(
            "shape.cast_form",
            ErrorKind.DATA,
            "A text is not of the form that its cast reads.",
            "Mend the text at the source, or deliver it as text. docs/how-to/filter-and-shape.md lists the forms.");

    private final String code;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    ShapeError(String code, ErrorKind kind, String meaning, String remedy) {
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
