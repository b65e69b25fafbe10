package io.windrow.core.transform.mask;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamSchema;
import io.windrow.core.policy.MaskRule;
import java.util.Collection;
import java.util.List;

/**
 * Finds fields that a rule misses by the case of letters.
 *
 * @param rules the rules that name fields
 */
record Spelling(List<MaskRule> rules) {
    Spelling {
        rules = rules.stream().filter(rule -> rule.field().isPresent()).toList();
    }

    /**
     * Refuses a field that no rule names, and one would but for the case of letters: {@code *.email} was hardly meant to let
     * {@code Email} out. Whoever spells out namespace, stream and field means no other, and {@code *ID}, which fits
     * {@code userID}, has not been written for {@code paid}.
     */
    void check(Collection<StreamSchema> streams) {
        for (StreamSchema schema : streams) {
            for (Column column : schema.columns()) {
                if (rules.stream().noneMatch(rule -> pattern(rule).names(schema, column))) {
                    String whole = schema.stream() + "." + column.name();
                    rules.stream()
                            .filter(rule -> pattern(rule).wouldName(schema, column) && !field(rule).equalsIgnoreCase(whole))
                            .filter(rule -> spellsOut(rule) || named(pattern(rule), streams, column))
                            .findFirst()
                            .ifPresent(rule -> refuse(rule, whole));
                }
            }
        }
    }

    /** Whether all of the field's name stands in the rule, whatever stands for its stream. */
    private static boolean spellsOut(MaskRule rule) {
        return field(rule).indexOf('*', field(rule).lastIndexOf('.') + 1) < 0;
    }

    /** Whether the pattern names a field that is called as the column is, but for the case of letters. */
    private static boolean named(FieldPattern pattern, Collection<StreamSchema> streams, Column column) {
        return streams.stream().anyMatch(schema -> schema.columns().stream()
                .anyMatch(other -> other.name().equalsIgnoreCase(column.name()) && pattern.names(schema, other)));
    }

    private static void refuse(MaskRule rule, String field) {
        throw WindrowException.of(
                        MaskError.FIELD_CASE,
                        "Binding the mask: " + field(rule) + " does not name the field " + field
                                + ", which differs from what it names in the case of letters only")
                .remedy("Add a rule with `field: " + field + "`. If it is no secret, name the fields that the rule is meant for in full, as "
                        + "namespace.stream.field and without *.")
                .at(rule.origin().place());
    }

    private static String field(MaskRule rule) {
        return rule.field().orElseThrow();
    }

    private static FieldPattern pattern(MaskRule rule) {
        return FieldPattern.of(field(rule));
    }
}
