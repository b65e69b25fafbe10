package io.windrow.api.source;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import java.util.List;

/**
 * How the keys of rows are summed up, by the engine as it reads rows and by a source with its own means, so that a row which
 * is missing is not hidden by another one that was read twice: both sets have as many rows, but another sum. Hashed by SHA-256
 * are the values of the key's columns, one after the other, each in its form; the first eight bytes are the row's number, big
 * end first; numbers add up modulo 2^64, so that the order does not matter and what is taken out is subtracted. The hash has
 * no secret: nothing is summed up whose values must not be seen (I11).
 *
 * @param parts the columns of the key, in its order; at least one. No two rows of the source have the same values in them
 */
public record KeySum(List<Part> parts) {
    public KeySum {
        parts = List.copyOf(parts);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("A key without columns");
        }
    }

    /**
     * A column of the key, which is never null.
     *
     * @param column its name at the source
     * @param form how its values are hashed
     */
    public record Part(String column, Form form) {}

    /** How a value is hashed. No two lists of values in the same forms are hashed alike. */
    public enum Form {
        /** A whole number: eight bytes, two's complement, big end first. */
        WHOLE,
        /** A UUID: its sixteen bytes, most significant first. */
        UUID,
        /** A text: the number of its bytes in four bytes, big end first, and its bytes in UTF-8. */
        TEXT
    }

    /** Whether rows of a schema can be summed up: it has the columns, none may be null, and each is of its form's type. */
    public boolean fits(StreamSchema schema) {
        return parts.stream().allMatch(part -> {
            int at = schema.indexOf(part.column());
            return at >= 0 && isOf(part.form(), schema.columns().get(at));
        });
    }

    private static boolean isOf(Form form, Column column) {
        return !column.nullable() && switch (form) {
            case WHOLE -> column.type() instanceof ColumnType.Int whole && whole.signed();
            case UUID -> column.type() instanceof ColumnType.Uuid;
            case TEXT -> column.type() instanceof ColumnType.Text;
        };
    }
}
