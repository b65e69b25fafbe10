package io.windrow.benchmarks.governed;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import java.util.Locale;
import java.util.Optional;

/**
 * One rule of a random mask.
 *
 * @param field the exact name, or {@code *} and the name's end; empty for a rule that detects
 * @param key of the keyed methods
 * @param previous the key before, if tokens have to stay joinable
 * @param alphabet of {@link Method#FPE}
 * @param to of {@link Method#TRUNCATE}
 */
record MaskPlan(Optional<String> field, Method method, String key, Optional<String> previous, String alphabet, String to) {
    /** What stands in place of what was redacted or found. */
    static final String GONE = "[gone]";
    static final int KEEP_START = 2;
    static final int KEEP_END = 3;

    /** The methods; detection is one here, since it always redacts. */
    enum Method {
        REDACT,
        NULL,
        PARTIAL,
        HMAC,
        TOKEN,
        FPE,
        TRUNCATE,
        DETECT;

        boolean keyed() {
            return this == HMAC || this == TOKEN || this == FPE;
        }

        /** Whether different values always stay different. */
        boolean injective() {
            return keyed();
        }
    }

    boolean fits(StreamName stream, Column column) {
        if (field.isEmpty()) {
            return holdsText(column.type());
        }
        for (String name : new String[] {
            column.name(), stream.name() + "." + column.name(), stream.namespace() + "." + stream.name() + "." + column.name()
        }) {
            if (field.get().startsWith("*") ? name.endsWith(field.get().substring(1)) : name.equals(field.get())) {
                return true;
            }
        }
        return false;
    }

    private static boolean holdsText(ColumnType type) {
        return switch (type) {
            case ColumnType.Text ignored -> true;
            case ColumnType.Json ignored -> true;
            case ColumnType.ListOf list -> holdsText(list.element().type());
            case ColumnType.Struct struct -> struct.fields().stream().anyMatch(field -> holdsText(field.type()));
            default -> false;
        };
    }

    MaskPlan rotated(String newKey, Optional<String> old) {
        return new MaskPlan(field, method, newKey, old, alphabet, to);
    }

    /** As a line of the pipeline file. */
    String yaml() {
        if (method == Method.DETECT) {
            return "{detect: [email, card, iban], with: redact, text: '" + GONE + "'}";
        }
        StringBuilder rule = new StringBuilder("{field: " + Yaml.text(field.orElseThrow()) + ", with: '"
                + method.name().toLowerCase(Locale.ROOT) + "'");
        if (method.keyed()) {
            rule.append(", key: ").append(Yaml.text(key));
            previous.ifPresent(old -> rule.append(", previous_key: ").append(Yaml.text(old)));
        }
        switch (method) {
            case REDACT -> rule.append(", text: '").append(GONE).append('\'');
            case PARTIAL -> rule.append(", keep_start: " + KEEP_START + ", keep_end: " + KEEP_END);
            case FPE -> rule.append(", alphabet: ").append(alphabet);
            case TRUNCATE -> rule.append(", to: ").append(to);
            case NULL, HMAC, TOKEN, DETECT -> {}
        }
        return rule.append('}').toString();
    }
}
