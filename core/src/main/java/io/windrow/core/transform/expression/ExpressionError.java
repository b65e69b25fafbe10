package io.windrow.core.transform.expression;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can be wrong with an expression, and with a row that it is evaluated on. */
public enum ExpressionError implements ErrorCode {
    /** It is no expression, names what is not there, or its types do not fit. */
    INVALID(
            "expression.invalid",
            ErrorKind.USER,
            "The text is no expression, names a field or function that is not there, or its types do not fit.",
            "Mend the expression at the place that the message names."),
    /** CEL, but outside of what is evaluated. */
    UNSUPPORTED(
            "expression.unsupported",
            ErrorKind.USER,
            "The expression is well-formed but uses something that Windrow does not evaluate.",
            "Use the operators and functions that docs/how-to/filter-and-shape.md lists."),
    /** The result is no value of the type that is asked for. */
    RESULT(
            "expression.result",
            ErrorKind.USER,
            "The expression's result is of a type that cannot be used here.",
            "A filter must be true or false; a new field must be of a type that a field can have."),
    /** The result of arithmetic is outside of its type. */
    OVERFLOW(
            "expression.overflow",
            ErrorKind.DATA,
            "The result of arithmetic in an expression does not fit its type.",
            "Use a wider type, or leave such rows out with a condition."),
    /** A division by zero. */
    DIVISION_BY_ZERO(
            "expression.division_by_zero",
            ErrorKind.DATA,
            "An expression divides a whole number by zero.",
            "Write a condition, for example `b == 0 ? 0 : a / b`.");

    private final String code;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    ExpressionError(String code, ErrorKind kind, String meaning, String remedy) {
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
