package io.windrow.core.transform.mask;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamSchema;
import java.util.regex.Pattern;

/**
 * The fields that a rule names.
 *
 * @param pattern fits a name, alone, after its stream, or after namespace and stream
 * @param anyCase the same, whatever the case of letters
 */
record FieldPattern(Pattern pattern, Pattern anyCase) {
    /** {@code *} stands for any run of characters; a name without dots is a field of any stream. */
    static FieldPattern of(String field) {
        StringBuilder pattern = new StringBuilder();
        for (String part : field.split("\\*", -1)) {
            pattern.append(pattern.isEmpty() && part.isEmpty() ? "" : Pattern.quote(part)).append(".*");
        }
        pattern.setLength(pattern.length() - 2);
        return new FieldPattern(
                Pattern.compile(pattern.toString(), Pattern.DOTALL),
                Pattern.compile(pattern.toString(), Pattern.DOTALL | Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE));
    }

    /** What of a name stands for itself: of {@code *.email} the field's name. */
    static String written(String field) {
        return field.indexOf('*') < 0 ? field : field.substring(field.lastIndexOf('.') + 1).replace("*", "");
    }

    boolean names(StreamSchema schema, Column column) {
        return names(pattern, schema, column);
    }

    /** Whether it names the column but for the case of letters. */
    boolean wouldName(StreamSchema schema, Column column) {
        return names(anyCase, schema, column);
    }

    private static boolean names(Pattern pattern, StreamSchema schema, Column column) {
        String name = column.name();
        String stream = schema.stream().name() + "." + name;
        return pattern.matcher(name).matches()
                || pattern.matcher(stream).matches()
                || pattern.matcher(schema.stream().namespace() + "." + stream).matches();
    }
}
