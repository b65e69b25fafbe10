package io.windrow.core.transform.detect;

import java.util.List;

/**
 * Finds one kind of personal data in text. What it costs grows as the text does, whatever stands there: a text may be as long
 * as a row, and its writer may mean harm. Used by one thread.
 */
public interface Finder {
    /** Where it stands, in ascending order and without overlap. */
    List<Span> find(CharSequence text);

    /**
     * A part of a text.
     *
     * @param start the first character
     * @param end the character after the last
     */
    record Span(int start, int end) {
        /** Adds one that begins no earlier than the last; if they overlap, the last becomes both. */
        static void join(List<Span> spans, Span next) {
            if (spans.isEmpty() || next.start >= spans.getLast().end) {
                spans.add(next);
                return;
            }
            Span last = spans.removeLast();
            spans.add(new Span(Math.min(last.start, next.start), Math.max(last.end, next.end)));
        }
    }
}
