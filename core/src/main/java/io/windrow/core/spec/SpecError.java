package io.windrow.core.spec;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can be wrong with a pipeline file and the secrets that it refers to. */
public enum SpecError implements ErrorCode {
    /** The file cannot be read. */
    UNREADABLE("spec.unreadable", "The file cannot be read.", "Check the path and the permissions of the file."),
    /** The text is not YAML. */
    SYNTAX("spec.syntax", "The text is not well-formed YAML.", "Mend the YAML at the given line and column."),
    /** YAML features that a pipeline file must not use. */
    REFUSED_YAML(
            "spec.refused_yaml",
            "Tags, anchors, aliases, merge keys and several documents are not accepted in a pipeline file.",
            "Write the value out in full."),
    /** A key that does not exist. */
    UNKNOWN_KEY("spec.unknown_key", "The key does not exist.", "Run `windrow docs` to see all keys."),
    /** A key that occurs twice. */
    DUPLICATE_KEY("spec.duplicate_key", "The key stands twice in the same mapping.", "Keep one of the two."),
    /** A required key is missing. */
    MISSING_KEY("spec.missing_key", "A required key is missing.", "Add the key."),
    /** A value of the wrong type or outside what is accepted. */
    BAD_VALUE("spec.bad_value", "The value is not one that this key accepts.", "Write a value of the accepted form."),
    /** A section of a later version. */
    NOT_YET(
            "spec.not_yet",
            "The section is part of the pipeline file but this version does not act on it yet.",
            "Take the section out: this version refuses it so that nobody relies on a rule that is not applied."),
    /** A reference to a secret that cannot be resolved. */
    SECRET_MISSING(
            "spec.secret_missing",
            "A referenced secret or variable is not there.",
            "Set it in one of the places that were looked at."),
    /** A secrets file that others can read. */
    SECRET_EXPOSED(
            "spec.secret_exposed",
            "The secrets file can be read by others than its owner.",
            "Run `chmod 600` on the file."),
    /** A reference that has the wrong form. */
    BAD_REFERENCE(
            "spec.bad_reference",
            "A ${...} reference has the wrong form or an unknown scheme.",
            "Write ${env:NAME}, ${file:PATH}, ${exec:COMMAND} or ${secret:NAME}; write $${ for a literal ${."),
    /** A secret where a setting is shown to people. */
    SECRET_MISPLACED(
            "spec.secret_misplaced",
            "A secret is referenced in a setting that is shown in plans, logs and the ledger.",
            "Use the reference only in a setting whose type is secret."),
    /** A config record that breaks the rules for config records. */
    BAD_RECORD(
            "spec.bad_record",
            ErrorKind.BUG,
            "A connector's config record does not follow the rules for config records.",
            "Report this to the connector's author.");

    private final String code;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    SpecError(String code, String meaning, String remedy) {
        this(code, ErrorKind.USER, meaning, remedy);
    }

    SpecError(String code, ErrorKind kind, String meaning, String remedy) {
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
