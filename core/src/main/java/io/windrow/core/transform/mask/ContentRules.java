package io.windrow.core.transform.mask;

import io.windrow.api.error.WindrowException;
import io.windrow.core.policy.MaskRule;
import io.windrow.core.transform.detect.Finder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Detectors and what becomes of their finds in one text. Finds that overlap are one, which becomes what the earliest of their
 * rules says: what one of them would leave is as secret as what it covers. Used by one thread.
 *
 * @param rules in the order of the file
 */
record ContentRules(List<Rule> rules) {
    ContentRules {
        rules = List.copyOf(rules);
    }

    /**
     * One detector and what becomes of its finds.
     *
     * @param detector what is looked for
     * @param finder finds it
     * @param change makes the new text of a find; empty: the whole value becomes null
     * @param version as {@link ColumnMask#version()}
     */
    record Rule(MaskRule.Detector detector, Finder finder, Optional<TextMask.TextChange> change, String version) {}

    private record Find(int start, int end, int rule) {
        boolean overlaps(Find next) {
            return next.start < end;
        }

        Find with(Find next) {
            return new Find(start, Math.max(end, next.end), Math.min(rule, next.rule));
        }
    }

    /** Whether any find makes the whole value null. */
    boolean makeNull() {
        return rules.stream().anyMatch(rule -> rule.change().isEmpty());
    }

    /** Whether only letters may be something: of a codice fiscale letters take the place of digits, of all if need be. */
    boolean findLettersAlone() {
        return rules.stream().anyMatch(rule -> rule.detector() == MaskRule.Detector.CODICE_FISCALE);
    }

    /**
     * The text as it goes out: equal to the one given if nothing is found; empty: null.
     *
     * @throws WindrowException if a find cannot be changed
     */
    Optional<String> of(String text) {
        List<Find> finds = finds(text);
        if (finds.isEmpty()) {
            return Optional.of(text);
        }
        StringBuilder masked = new StringBuilder(text.length());
        int copied = 0;
        for (Find find : finds) {
            Optional<TextMask.TextChange> change = rules.get(find.rule()).change();
            if (change.isEmpty()) {
                return Optional.empty();
            }
            masked.append(text, copied, find.start()).append(change.get().of(text.substring(find.start(), find.end())));
            copied = find.end();
        }
        return Optional.of(masked.append(text, copied, text.length()).toString());
    }

    private List<Find> finds(String text) {
        List<Find> all = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            for (Finder.Span span : rules.get(i).finder().find(text)) {
                all.add(new Find(span.start(), span.end(), i));
            }
        }
        all.sort(Comparator.comparingInt(Find::start));
        List<Find> finds = new ArrayList<>();
        for (Find next : all) {
            if (!finds.isEmpty() && finds.getLast().overlaps(next)) {
                finds.add(finds.removeLast().with(next));
            } else {
                finds.add(next);
            }
        }
        return finds;
    }

    /** What the rules are, as {@link ColumnMask#version()}. */
    String version() {
        return "detect " + rules.stream().map(Rule::version).toList();
    }
}
