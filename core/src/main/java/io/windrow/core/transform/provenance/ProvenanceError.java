package io.windrow.core.transform.provenance;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can be wrong with fields that say where a row comes from. */
public enum ProvenanceError implements ErrorCode {
    /** A name that is in use. */
    NAME_TAKEN(
            "provenance.name_taken",
            "A field that says where a row comes from has the name of another field, be it in other case.",
            "Give `provenance` another `prefix`, or the one field another name in `names`."),
    /** A name that is none, or for no field. */
    BAD_NAME(
            "provenance.bad_name",
            "`names` speaks of a field that `fields` does not ask for, or gives an empty name.",
            "Use the words in `fields`: run, epoch, extracted_at, position."),
    /** Nothing is asked for. */
    NO_FIELDS(
            "provenance.no_fields",
            "`fields` is empty or names a field twice.",
            "Name each field once, or take `provenance` out."),
    /** A change stream with the state before each change. */
    BEFORE_IMAGE(
            "provenance.before_image",
            "Rows that come with the state before their change cannot get such fields: that state has no origin of its own.",
            "Take `provenance` out for this source.");

    private final String code;
    private final String meaning;
    private final String remedy;

    ProvenanceError(String code, String meaning, String remedy) {
        this.code = code;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    @Override
    public String code() {
        return code;
    }

    @Override
    public ErrorKind kind() {
        return ErrorKind.USER;
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
