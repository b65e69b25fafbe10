package io.windrow.core.transform.mask;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** Why a mask is refused or stops. No message quotes a value. */
public enum MaskError implements ErrorCode {
    /** The rule names no field and no content. */
    RULE_AMBIGUOUS(
            "mask.rule_ambiguous",
            ErrorKind.USER,
            "A mask rule names neither a field nor content to detect.",
            "Give the rule `field`, or `detect`, or both to look inside some fields only."),
    /** The rule needs a key. */
    KEY_MISSING(
            "mask.key_missing",
            ErrorKind.USER,
            "The method needs a key and the rule has none.",
            "Add `key: ${secret:NAME}` to the rule; 16 bytes or more."),
    /** The key is too short to protect anything. */
    KEY_WEAK(
            "mask.key_weak",
            ErrorKind.USER,
            "The key has fewer than 16 bytes.",
            "Use a random key of 32 bytes, for example from a secrets file."),
    /** The method cannot be used with the type. */
    TYPE_UNSUITABLE(
            "mask.type_unsuitable",
            ErrorKind.USER,
            "The method does not fit the field's type.",
            "Use redact or null, which fit every type, or the method that the message names."),
    /** A field name in a rule fits nothing. */
    FIELD_UNKNOWN(
            "mask.field_unknown",
            ErrorKind.USER,
            "A mask rule names a field that the stream does not have, so something may go out unmasked.",
            "Correct the name; the nearest one is in the message."),
    /** A field name in a rule fits a field but for its case. */
    FIELD_CASE(
            "mask.field_case",
            ErrorKind.USER,
            "A field that no rule of the mask names differs from what one names in the case of letters only, and would go out unmasked.",
            "Add a rule that names the field as it is spelt; or name those that are meant in full, if it is no secret."),
    /** A field that was masked has a new name. */
    RENAMED_AWAY(
            "mask.renamed_away",
            ErrorKind.USER,
            "A field that the mask hides has a new name in the source, of which the rules of the mask hide less.",
            "Add a rule for the new name and run again; if the field is no secret any more, take its rule out. If it is another column, "
                    + "added as the masked one was taken out of the stream's `columns`: leave both out, run, and add it then."),
    /** A former key where it can be of no use, or would tear rows apart. */
    PREVIOUS_KEY_UNFIT(
            "mask.previous_key_unfit",
            ErrorKind.USER,
            "A former key is given where no former token can stand beside the new one, or for a field by which rows are told apart: "
                    + "rows delivered before would not be found under their new tokens.",
            "Take `previous_key` out (or, if a field has the name of its former token, leave that field out of the stream), and deliver the stream anew under the new key: `windrow run --full-refresh --stream NAME`."),
    /** A column that identifies rows would lose its identity. */
    KEY_NOT_INJECTIVE(
            "mask.key_not_injective",
            ErrorKind.USER,
            "A key, partition, dedupe or sample field is masked so that different values may become the same.",
            "Use hmac, token or fpe for it, or take it out of the key, the partitions, dedupe or sample."),
    /** Positions hold the value. */
    CURSOR_MASKED(
            "mask.cursor_masked",
            ErrorKind.USER,
            "The field's values stand in positions, which are saved: a mask would not keep them from the state store.",
            "Use another cursor, or leave the field out of the mask."),
    /** The mask changed in the life of a stream. */
    CHANGED(
            "mask.changed",
            ErrorKind.USER,
            "The mask or its key differs from that of the rows delivered before.",
            "Open a new generation with `windrow run --full-refresh --stream NAME`, then purge the older ones with `windrow dispose "
                    + "--former-masks --apply FILE`; the table of a database is dropped before, by the statement that the message names. Or give the old key as `previous_key`."),
    /** A value is not of the alphabet of its format-preserving mask. */
    OUTSIDE_ALPHABET(
            "mask.outside_alphabet",
            ErrorKind.DATA,
            "A value holds too few characters of the alphabet for format-preserving encryption, or a letter or digit outside of it, which would stay in clear.",
            "Use a wider alphabet or another method; the row was set aside.");

    private final String code;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    MaskError(String code, ErrorKind kind, String meaning, String remedy) {
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
