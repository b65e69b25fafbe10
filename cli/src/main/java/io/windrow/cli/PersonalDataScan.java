package io.windrow.cli;

import io.windrow.api.batch.Batch;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.core.contract.SchemaRules;
import io.windrow.core.plan.Steps;
import io.windrow.core.transform.detect.PersonalData;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Looks for personal data in a sample of each stream and proposes a mask. Shows counts, never values (I11). */
final class PersonalDataScan {
    /** A column in which at least this share of the values is personal data is masked as a whole. */
    private static final double WHOLE = 0.5;

    private final Map<StreamName, List<PersonalData.Found>> found = new LinkedHashMap<>();
    private final Map<StreamName, Map<String, Long>> tooNested = new LinkedHashMap<>();

    /** Reads up to {@code rows} rows of each stream. */
    PersonalDataScan(Source source, Map<StreamName, ReadMode> streams, int rows, Optional<String> region) {
        streams.forEach((stream, mode) -> {
            PersonalData data = new PersonalData(region);
            new RowSample(source, Steps.NONE, SchemaRules.NONE.gate(Map.of()), rows).read(stream, mode, new RowSample.Taker() {
                @Override
                public void schema(StreamSchema schema) {
                    // Batches carry their own.
                }

                @Override
                public void rows(Batch batch, int count) {
                    data.add(batch, count);
                }
            });
            found.put(stream, data.found());
            tooNested.put(stream, data.tooNested());
        });
    }

    void print(Screen screen) {
        tooNested.forEach((stream, fields) -> fields.forEach((field, values) -> screen.line(
                "Field " + field + " of " + stream + " was searched in part: values with more JSON inside JSON than is searched: "
                        + Screen.number(values) + ". A mask that looks inside the field sets their rows aside.")));
        Table table = Table.of("stream", "field", "holds", ">in", ">of values");
        found.forEach((stream, all) -> all.forEach(one -> table.row(
                stream, one.column(), word(one), Screen.number(one.found()), Screen.number(one.values()))));
        if (found.values().stream().allMatch(List::isEmpty)) {
            screen.line("No personal data was found in the sample. That proves nothing of rows outside it.");
            return;
        }
        table.print(screen);
        screen.line("");
        screen.line("# A proposal; names, addresses and birthdays are not detected. Methods: docs/how-to/mask-fields.md");
        screen.line(proposal());
    }

    List<Object> json() {
        List<Object> streams = new ArrayList<>();
        found.forEach((stream, all) -> streams.add(Json.object(
                "stream", stream.toString(),
                "fields", all.stream()
                        .map(one -> Json.object(
                                "field", one.column(), "holds", word(one), "found", one.found(), "values", one.values()))
                        .toList(),
                "too_nested", tooNested.get(stream).entrySet().stream()
                        .map(field -> Json.object("field", field.getKey(), "values", field.getValue()))
                        .toList())));
        return streams;
    }

    /** The mask section, fields that hold little else than one kind as a whole, the rest by detection. */
    String proposal() {
        StringBuilder yaml = new StringBuilder("mask:\n");
        List<String> detect = new ArrayList<>();
        found.forEach((stream, all) -> {
            String whole = "";
            for (PersonalData.Found one : all) {
                if (one.column().equals(whole)) {
                    continue;
                }
                if (one.found() >= WHOLE * one.values()) {
                    whole = one.column();
                    yaml.append("  - {field: ").append(quoted(stream + "." + one.column()))
                            .append(", with: hmac, key: \"${secret:masking/key}\"}  # ").append(word(one)).append('\n');
                } else if (!detect.contains(word(one))) {
                    detect.add(word(one));
                }
            }
        });
        if (!detect.isEmpty()) {
            yaml.append("  - {detect: [").append(String.join(", ", detect)).append("], with: redact}\n");
        }
        return yaml.toString().stripTrailing();
    }

    private static String word(PersonalData.Found one) {
        return one.detector().name().toLowerCase(Locale.ROOT);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
