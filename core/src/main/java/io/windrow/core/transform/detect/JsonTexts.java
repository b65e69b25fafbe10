package io.windrow.core.transform.detect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import io.windrow.api.error.WindrowException;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Optional;
import java.util.function.Function;

/**
 * The texts of a JSON document: its names, strings and numbers, each as the text that its escapes stand for. A string that is
 * a JSON document itself is taken as one, down to {@link #MAX_DOCUMENTS} inside each other; a text with more is refused.
 * What comes out is JSON again: a number that changes becomes a string. A document of which nothing changes stays as it was
 * written. For one document.
 */
public final class JsonTexts {
    /**
     * So many documents may stand inside each other. Each holds a copy of what is inside it while that is searched, and a depth can
     * cost as little as five characters for each backslash: without a bound, memory would grow faster than the value.
     */
    static final int MAX_DOCUMENTS = 16;

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

    private final Function<String, Optional<String>> change;
    private final int depth;
    private boolean changed;
    private boolean nothing;

    private JsonTexts(Function<String, Optional<String>> change, int depth) {
        this.change = change;
        this.depth = depth;
    }

    /**
     * The document as it goes out: equal to the one given if no text changes; empty: null. What is no JSON is one text.
     * {@link DetectError#TOO_NESTED} if more than {@link #MAX_DOCUMENTS} documents stand inside each other.
     *
     * @param change gives what becomes of a text, as {@code of} does; what it throws passes
     */
    public static Optional<String> of(String document, Function<String, Optional<String>> change) {
        return of(document, change, 1);
    }

    private static Optional<String> of(String document, Function<String, Optional<String>> change, int depth) {
        if (depth > MAX_DOCUMENTS) {
            throw WindrowException.of(
                    DetectError.TOO_NESTED,
                    "Searching a text: more than " + MAX_DOCUMENTS + " JSON documents stand inside each other");
        }
        JsonTexts texts = new JsonTexts(change, depth);
        StringWriter out = new StringWriter();
        try (JsonParser in = JSON.createParser(document);
                JsonGenerator copy = JSON.createGenerator(out)) {
            for (JsonToken token = in.nextToken(); token != null && !texts.nothing; token = in.nextToken()) {
                if (in.getParsingContext().inRoot() && in.getParsingContext().getEntryCount() > 1) {
                    // Two documents are none: the space between numbers could be one inside a number.
                    return change.apply(document);
                }
                texts.copy(token, in, copy);
            }
        } catch (IOException e) {
            return change.apply(document);
        }
        if (texts.nothing) {
            return Optional.empty();
        }
        return Optional.of(texts.changed ? out.toString() : document);
    }

    /**
     * The same for a text that need not be JSON. It is a document if it looks like one and something in it is escaped;
     * otherwise it says what is written there.
     */
    public static Optional<String> ofText(String text, Function<String, Optional<String>> change) {
        return text.indexOf('\\') >= 0 && looksLikeDocument(text) ? of(text, change) : change.apply(text);
    }

    private static boolean looksLikeDocument(String text) {
        for (int i = 0; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case ' ', '\t', '\r', '\n' -> {}
                case '{', '[', '"' -> {
                    return true;
                }
                default -> {
                    return false;
                }
            }
        }
        return false;
    }

    private void copy(JsonToken token, JsonParser in, JsonGenerator out) throws IOException {
        switch (token) {
            case FIELD_NAME -> out.writeFieldName(changed(in.currentName()));
            case VALUE_STRING -> out.writeString(changed(in.getText()));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                String number = in.getText();
                String other = changed(number);
                if (other.equals(number)) {
                    out.writeNumber(number);
                } else {
                    out.writeString(other);
                }
            }
            default -> out.copyCurrentEvent(in);
        }
    }

    private String changed(String text) {
        Optional<String> now = looksLikeDocument(text) ? of(text, change, depth + 1) : change.apply(text);
        nothing |= now.isEmpty();
        changed |= !now.equals(Optional.of(text));
        return now.orElse("");
    }
}
