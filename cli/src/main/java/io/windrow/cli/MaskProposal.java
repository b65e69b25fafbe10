package io.windrow.cli;

import io.windrow.api.config.Origin;
import io.windrow.api.config.Secret;
import io.windrow.api.schema.StreamName;
import io.windrow.core.policy.MaskRule;
import io.windrow.core.policy.MaskRule.Detector;
import io.windrow.core.policy.MaskRule.Method;
import io.windrow.core.transform.detect.PersonalData.Found;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A mask for what was found in a sample: fields that hold little else than one kind as a whole, the rest by detection. No rule
 * stands in it that a plan would refuse; what no rule can hide is named instead. Holds no value (I11).
 */
final class MaskProposal {
    /** A column in which at least this share of the values is personal data is masked as a whole. */
    private static final double WHOLE = 0.5;

    private static final String KEY = "${secret:masking/key}";

    private final List<MaskRule> rules = new ArrayList<>();
    private final List<String> unhidden = new ArrayList<>();
    private final Optional<String> region;

    /**
     * A proposal.
     *
     * @param found what was found of each stream, by columns
     * @param fits whether a plan would follow a mask of these rules
     */
    MaskProposal(Map<StreamName, List<Found>> found, Optional<String> region, Predicate<List<MaskRule>> fits) {
        this.region = region;
        Map<String, List<Detector>> parts = new LinkedHashMap<>();
        found.forEach((stream, all) -> {
            Map<String, List<Found>> columns =
                    all.stream().collect(Collectors.groupingBy(Found::column, LinkedHashMap::new, Collectors.toList()));
            columns.forEach((column, kinds) -> {
                String field = stream + "." + column;
                boolean whole = kinds.stream().anyMatch(one -> one.found() >= WHOLE * one.values());
                List<Detector> detectors = kinds.stream().map(Found::detector).toList();
                if (!whole && fits.test(with(List.of(part(field, detectors))))) {
                    parts.put(field, detectors);
                } else if (!add(fits, whole(field, Method.HMAC)) && !add(fits, whole(field, Method.REDACT))) {
                    unhidden.add(field);
                }
            });
        });
        if (!parts.isEmpty()) {
            List<Detector> together = parts.values().stream().flatMap(List::stream).distinct().toList();
            // In every text, if nothing speaks against it: what the sample did not show may stand in other fields.
            if (!add(fits, part(null, together))) {
                parts.forEach((field, detectors) -> rules.add(part(field, detectors)));
            }
        }
    }

    private boolean add(Predicate<List<MaskRule>> fits, MaskRule rule) {
        List<MaskRule> more = with(List.of(rule));
        boolean does = fits.test(more);
        if (does) {
            rules.add(rule);
        }
        return does;
    }

    private List<MaskRule> with(List<MaskRule> more) {
        List<MaskRule> all = new ArrayList<>(rules);
        all.addAll(more);
        return all;
    }

    private static MaskRule whole(String field, Method method) {
        return new MaskRule(
                Optional.of(field), List.of(), method, method == Method.HMAC ? Optional.of(Secret.of(KEY)) : Optional.empty(),
                Optional.empty(), 0, 4, MaskRule.Truncation.MONTH, MaskRule.Alphabet.DIGITS, "***", Optional.empty(), Origin.NONE);
    }

    private MaskRule part(@Nullable String field, List<Detector> detectors) {
        return new MaskRule(
                Optional.ofNullable(field), detectors, Method.REDACT, Optional.empty(), Optional.empty(), 0, 4, MaskRule.Truncation.MONTH,
                MaskRule.Alphabet.DIGITS, "***", detectors.contains(Detector.PHONE) ? region : Optional.empty(), Origin.NONE);
    }

    /** Fields that hold personal data and that no mask can hide, since their values stand in positions or tell rows apart. */
    List<String> unhidden() {
        return List.copyOf(unhidden);
    }

    /** The section of a pipeline file; empty if there is nothing to mask. */
    Optional<String> yaml() {
        return rules.isEmpty()
                ? Optional.empty()
                : Optional.of("mask:\n" + rules.stream().map(MaskProposal::line).collect(Collectors.joining("\n")));
    }

    private static String line(MaskRule rule) {
        List<String> settings = new ArrayList<>();
        rule.field().ifPresent(field -> settings.add("field: " + quoted(field)));
        if (!rule.detect().isEmpty()) {
            settings.add("detect: [" + rule.detect().stream().map(MaskProposal::word).collect(Collectors.joining(", ")) + "]");
        }
        settings.add("with: " + word(rule.with()));
        rule.key().ifPresent(key -> settings.add("key: " + quoted(KEY)));
        rule.region().ifPresent(country -> settings.add("region: " + quoted(country)));
        return "  - {" + String.join(", ", settings) + "}";
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
