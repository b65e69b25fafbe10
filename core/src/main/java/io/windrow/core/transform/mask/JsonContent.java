package io.windrow.core.transform.mask;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Optional;

/**
 * A JSON document under content rules. They see its names, strings and numbers, each as the text that its escapes stand for,
 * and what comes out is JSON again: a number that changes becomes a string. A document of which nothing changes stays as it
 * was written. For one document.
 */
final class JsonContent {
    /** A document too deep or too long for a limit would be searched as it is written: what a row may hold is the only limit. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .streamWriteConstraints(StreamWriteConstraints.builder().maxNestingDepth(Integer.MAX_VALUE).build())
            // Names are data here: kept for ever, they would fill the memory.
            .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
            .configure(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES, false)
            .build();

    private final ContentRules rules;
    private boolean changed;
    private boolean nothing;

    private JsonContent(ContentRules rules) {
        this.rules = rules;
    }

    /**
     * The document as it goes out: equal to the one given if nothing is found; empty: null. What is no JSON is searched as
     * text.
     *
     * @throws io.windrow.api.error.WindrowException if a find cannot be changed
     */
    static Optional<String> of(String document, ContentRules rules) {
        JsonContent content = new JsonContent(rules);
        StringWriter out = new StringWriter();
        try (JsonParser in = JSON.createParser(document);
                JsonGenerator copy = JSON.createGenerator(out)) {
            for (JsonToken token = in.nextToken(); token != null && !content.nothing; token = in.nextToken()) {
                content.copy(token, in, copy);
            }
        } catch (IOException e) {
            return rules.of(document);
        }
        if (content.nothing) {
            return Optional.empty();
        }
        return Optional.of(content.changed ? out.toString() : document);
    }

    private void copy(JsonToken token, JsonParser in, JsonGenerator out) throws IOException {
        switch (token) {
            case FIELD_NAME -> out.writeFieldName(masked(in.currentName()));
            case VALUE_STRING -> out.writeString(masked(in.getText()));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                String number = in.getText();
                String masked = masked(number);
                if (masked.equals(number)) {
                    out.writeNumber(number);
                } else {
                    out.writeString(masked);
                }
            }
            default -> out.copyCurrentEvent(in);
        }
    }

    private String masked(String text) {
        Optional<String> masked = rules.of(text);
        nothing |= masked.isEmpty();
        changed |= !masked.equals(Optional.of(text));
        return masked.orElse("");
    }
}
