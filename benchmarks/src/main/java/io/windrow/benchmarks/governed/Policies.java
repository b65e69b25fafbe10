package io.windrow.benchmarks.governed;

import io.windrow.api.schema.StreamName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a random pipeline file says. The test changes keys between runs. */
final class Policies {
    /** The drift policy as it is written; empty: there is no contract. */
    Optional<String> drift = Optional.empty();
    final Map<StreamName, List<Check>> checks = new LinkedHashMap<>();
    final List<MaskPlan> mask = new ArrayList<>();
    final Map<StreamName, Dedupe> dedupe = new LinkedHashMap<>();
    final Map<StreamName, Shape> shape = new LinkedHashMap<>();
    final Map<StreamName, Sample> sample = new LinkedHashMap<>();
    /** Streams whose snapshots are appended. */
    final List<StreamName> appended = new ArrayList<>();
    String format = "parquet";
    String compression = "auto";
    int parallelism = 1;
    int epochRows = 1_000_000;

    /** What one field must hold; texts as the file has them. */
    record Check(
            String field, Presence presence, Optional<String> min, Optional<String> max, Optional<String> pattern, List<String> in) {
        String yaml() {
            StringBuilder text = new StringBuilder("{field: " + Yaml.text(field));
            if (presence == Presence.DEMANDED) {
                text.append(", not_null: true");
            }
            min.ifPresent(value -> text.append(", min: ").append(Yaml.text(value)));
            max.ifPresent(value -> text.append(", max: ").append(Yaml.text(value)));
            pattern.ifPresent(value -> text.append(", pattern: ").append(Yaml.text(value)));
            if (!in.isEmpty()) {
                text.append(", in: ").append(list(in));
            }
            return text.append('}').toString();
        }
    }

    /** Whether null is bad. */
    enum Presence {
        DEMANDED,
        OPTIONAL
    }

    /** Which rows are repeated. */
    record Dedupe(List<String> by, int rows) {}

    /** How rows are filtered and shaped. */
    record Shape(
            Optional<Formula> filter, Map<String, Formula> compute, List<String> select, Map<String, String> rename,
            Map<String, String> cast) {}

    /** Which rows are in the sample. */
    record Sample(double percent, List<String> by, List<String> report) {}

    private static String list(List<String> texts) {
        return texts.stream().map(Yaml::text).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String map(Map<String, String> texts) {
        return texts.entrySet().stream()
                .map(entry -> Yaml.text(entry.getKey()) + ": " + Yaml.text(entry.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    /** The pipeline file. */
    String yaml(String world) {
        StringBuilder text = new StringBuilder("""
                pipeline: governed
                owner: {team: tests}
                source:
                  generated: {world: %s}
                sink:
                  files: {path: ./out, format: %s, compression: %s}
                run: {parallelism: %d, epoch_rows: %d}
                """.formatted(world, format, compression, parallelism, epochRows));
        drift.ifPresent(policy -> {
            text.append("contract:\n  on_drift: ").append(policy).append('\n');
            if (!checks.isEmpty()) {
                text.append("  streams:\n");
                checks.forEach((stream, fields) -> {
                    text.append("    ").append(Yaml.text(stream.toString())).append(":\n      fields:\n");
                    fields.forEach(check -> text.append("        - ").append(check.yaml()).append('\n'));
                });
            }
        });
        if (!mask.isEmpty()) {
            text.append("mask:\n");
            mask.forEach(rule -> text.append("  - ").append(rule.yaml()).append('\n'));
        }
        section(text, "write", appended.stream().collect(Collectors.toMap(stream -> stream, stream -> "append")));
        section(text, "dedupe", dedupe.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry ->
                "{by: " + list(entry.getValue().by()) + ", rows: " + entry.getValue().rows() + "}")));
        section(text, "transform", shape.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry ->
                shape(entry.getValue()))));
        section(text, "sample", sample.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry ->
                "{percent: " + entry.getValue().percent() + ", by: " + list(entry.getValue().by()) + ", report: "
                        + list(entry.getValue().report()) + "}")));
        return text.toString();
    }

    private static String shape(Shape shape) {
        Map<String, String> computed = new LinkedHashMap<>();
        shape.compute().forEach((name, formula) -> computed.put(name, formula.cel()));
        return "{" + shape.filter().map(formula -> "filter: " + Yaml.text(formula.cel()) + ", ").orElse("")
                + "compute: " + map(computed) + ", select: " + list(shape.select()) + ", rename: " + map(shape.rename())
                + ", cast: " + map(shape.cast()) + "}";
    }

    private static void section(StringBuilder text, String name, Map<StreamName, String> values) {
        if (!values.isEmpty()) {
            text.append(name).append(":\n");
            values.forEach((stream, value) ->
                    text.append("  ").append(Yaml.text(stream.toString())).append(": ").append(value).append('\n'));
        }
    }
}
