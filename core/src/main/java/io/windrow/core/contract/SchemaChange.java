package io.windrow.core.contract;

import java.util.Locale;

/**
 * One difference between an accepted schema and the one that a source has now. Pure.
 *
 * @param kind what kind
 * @param field the field's name in the schema that has it; the accepted name for a rename; empty for the key
 * @param before what was accepted: a type, a name, or the key; empty for a field that is new
 * @param after what the source has now; empty for a field that is gone
 */
public record SchemaChange(Kind kind, String field, String before, String after) {
    /** What can become of a schema. */
    public enum Kind {
        /** A field is new. */
        ADD,
        /** A field is gone. */
        DROP,
        /** The same column has another name. */
        RENAME,
        /** The new type holds every value of the old one. */
        WIDEN,
        /** The old type holds every value of the new one. */
        NARROW,
        /** Neither type holds every value of the other. */
        RETYPE,
        /** Null can occur now. */
        NULLABLE,
        /** Null cannot occur any more. */
        NOT_NULL,
        /** The key consists of other fields. */
        KEY;

        /** As users read it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** One line for people. */
    @Override
    public String toString() {
        return switch (kind) {
            case ADD -> "field " + field + " is new (" + after + ")";
            case DROP -> "field " + field + " (" + before + ") is gone";
            case RENAME -> "field " + before + " is named " + after + " now";
            case WIDEN -> "field " + field + " was " + before + " and is the wider " + after + " now";
            case NARROW -> "field " + field + " was " + before + " and is the narrower " + after + " now";
            case RETYPE -> "field " + field + " was " + before + " and is " + after + " now";
            case NULLABLE -> "field " + field + " (" + before + ") can be null now";
            case NOT_NULL -> "field " + field + " (" + before + ") cannot be null any more";
            case KEY -> "the key was (" + before + ") and is (" + after + ") now";
        };
    }
}
