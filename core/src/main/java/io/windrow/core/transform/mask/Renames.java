package io.windrow.core.transform.mask;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.NamedIds;
import io.windrow.api.schema.StreamSchema;
import io.windrow.core.policy.MaskRule;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Whether a field keeps its mask with another name (I11). Pure.
 *
 * @param rules the rules that name a field of a schema
 */
record Renames(BiFunction<StreamSchema, Column, List<MaskRule>> rules) {
    /** As {@link MaskTransform#checkRenames}. */
    void check(StreamSchema accepted, StreamSchema offered, Map<String, String> oldNames) {
        oldNames.forEach((name, oldName) -> {
            List<MaskRule> before = naming(accepted, oldName);
            List<MaskRule> now = naming(offered, name);
            if (!hidesAsMuch(now, before)) {
                throw refused(offered, before, "field " + oldName + ", which the mask hides, is called " + name + " now, " + less(now));
            }
        });
        if (NamedIds.are(accepted) && NamedIds.are(offered)) {
            checkReplaced(accepted, offered, oldNames);
        }
    }

    /** Where ids are made of names, a column that was renamed is one that is gone and another that is new. */
    private void checkReplaced(StreamSchema accepted, StreamSchema offered, Map<String, String> oldNames) {
        for (Column gone : accepted.columns()) {
            List<MaskRule> before = naming(accepted, gone.name());
            for (Column added : offered.columns()) {
                if (!oldNames.containsValue(gone.name()) && !oldNames.containsKey(added.name())
                        && !hidesAsMuch(naming(offered, added.name()), before)) {
                    throw refused(offered, before, "field " + gone.name() + ", which the mask hides, is gone, and " + added.name()
                            + " is new, " + less(naming(offered, added.name()))
                            + "; the source cannot tell whether it is the same column with another name");
                }
            }
        }
    }

    /** As {@link MaskTransform#checkKept}. */
    void checkKept(StreamSchema accepted, StreamSchema offered, Map<String, String> oldNames) {
        oldNames.forEach((name, oldName) -> {
            List<MaskRule> named = naming(offered, name);
            List<MaskRule> delivered = naming(accepted, oldName);
            if (!name.equals(oldName) && !hidesAsMuch(delivered, named)) {
                throw refused(offered, named, "field " + name + ", which the mask hides, is delivered under its accepted name " + oldName
                        + ", " + less(delivered));
            }
        });
    }

    private List<MaskRule> naming(StreamSchema schema, String field) {
        return rules.apply(schema, schema.columns().get(schema.indexOf(field)));
    }

    private static String less(List<MaskRule> rules) {
        return rules.isEmpty() ? "which no rule names" : "of which the rules that name it hide less";
    }

    private static WindrowException refused(StreamSchema offered, List<MaskRule> hiding, String why) {
        return WindrowException.of(MaskError.RENAMED_AWAY, "Following the schema of " + offered.stream() + ": " + why)
                .at(hiding.getFirst().origin().place());
    }

    private static boolean hidesAsMuch(List<MaskRule> now, List<MaskRule> before) {
        return before.isEmpty()
                || now.stream().anyMatch(MaskTransform::isWhole)
                || before.stream().noneMatch(MaskTransform::isWhole)
                        && now.stream().flatMap(rule -> rule.detect().stream()).toList()
                                .containsAll(before.stream().flatMap(rule -> rule.detect().stream()).toList());
    }
}
