package io.windrow.core.transform.expression;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import java.util.Optional;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * An expression that was checked against a schema. Immutable; usable by many threads. A comparison with null, like
 * arithmetic and every function, gives null; {@code x == null} and {@code x != null} ask for it; {@code &&} and {@code ||}
 * know three values. Arithmetic that does not fit, and division by zero, are errors of their row.
 */
public final class Expression {
    private final Node root;
    private final String place;

    private Expression(Node root, String place) {
        this.root = root;
        this.place = place;
    }

    /**
     * Checks the text against the fields of a schema.
     *
     * @param place where it stands in the pipeline file, for errors
     */
    public static Expression of(String text, StreamSchema schema, String place) {
        return new Expression(CelChecker.check(text, schema, place), place);
    }

    /** Refuses any but a condition. */
    public Expression condition() {
        if (root.type().kind() != Kind.BOOL) {
            throw WindrowException.of(
                            ExpressionError.RESULT,
                            "Checking a condition: it must be true or false, but the expression's result is " + kind())
                    .at(place);
        }
        return this;
    }

    /** The type of a field that holds the values; refuses an expression without one. */
    public ColumnType type() {
        return Optional.ofNullable(root.type().column())
                .orElseThrow(() -> WindrowException.of(
                                ExpressionError.RESULT,
                                "Checking a new field: there is no field of the expression's type " + kind())
                        .at(place));
    }

    /** The values for all rows of a batch with the schema. Reads the vectors; they stay the caller's. */
    public Outcome over(VectorSchemaRoot rows) {
        return new Outcome(root.over(rows));
    }

    private String kind() {
        return root.type().kind().name().toLowerCase(java.util.Locale.ROOT);
    }
}
