package io.windrow.core.transform.detect;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds by a pattern, and keeps what its check allows. */
final class PatternFinder implements Finder {
    private final Matcher matcher;
    private final Predicate<String> check;

    PatternFinder(String pattern, Predicate<String> check) {
        this.matcher = Pattern.compile(pattern).matcher("");
        this.check = check;
    }

    @Override
    public List<Span> find(String text) {
        List<Span> spans = List.of();
        matcher.reset(text);
        int from = 0;
        while (from <= text.length() && matcher.find(from)) {
            if (check.test(matcher.group())) {
                if (spans.isEmpty()) {
                    spans = new ArrayList<>();
                }
                spans.add(new Span(matcher.start(), matcher.end()));
                from = matcher.end();
            } else {
                // What failed its check may hide the start of something that passes.
                from = matcher.start() + 1;
            }
        }
        return spans;
    }
}
