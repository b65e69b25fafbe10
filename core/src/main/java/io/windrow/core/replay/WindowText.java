package io.windrow.core.replay;

import io.windrow.api.error.WindrowException;
import java.util.Optional;

/**
 * A window as a user spells it.
 *
 * @param from where it begins; empty: at the lowest
 * @param to where it ends; empty: with the highest
 * @param by the column by which it is cut; empty: the stream's own, see {@link WindowFinder}
 */
public record WindowText(Optional<Edge> from, Optional<Edge> to, Optional<String> by) {
    private static final String EPOCH = "epoch:";
    private static final String POSITION = "position:";

    /** One end of a window. */
    public sealed interface Edge {
        /** A value of the column. As the upper end it is not in the window. */
        record Value(String text) implements Edge {}

        /** An epoch; it is in the window at either end. */
        record Epoch(long number) implements Edge {}

        /** A position or planner state, as the store keeps it: the value that it stands at. */
        record Saved(String text) implements Edge {}
    }

    /** Reads what a user wrote; refuses ends that do not belong together, and a window without any. */
    public static WindowText parse(Optional<String> from, Optional<String> to, Optional<String> by) {
        WindowText window = new WindowText(from.map(WindowText::edge), to.map(WindowText::edge), by);
        if (from.isEmpty() && to.isEmpty()) {
            throw invalid("there is neither --from nor --to");
        }
        boolean epochs = window.from.filter(Edge.Epoch.class::isInstance).isPresent()
                || window.to.filter(Edge.Epoch.class::isInstance).isPresent();
        boolean others = window.from.filter(edge -> !(edge instanceof Edge.Epoch)).isPresent()
                || window.to.filter(edge -> !(edge instanceof Edge.Epoch)).isPresent();
        if (epochs && others) {
            throw invalid("one end is an epoch and the other is not");
        }
        if (window.from.orElse(null) instanceof Edge.Epoch first && window.to.orElse(null) instanceof Edge.Epoch last
                && first.number() > last.number()) {
            throw invalid("epoch " + first.number() + " lies after epoch " + last.number());
        }
        return window;
    }

    private static Edge edge(String text) {
        if (text.startsWith(EPOCH)) {
            String number = text.substring(EPOCH.length());
            try {
                return new Edge.Epoch(Long.parseLong(number));
            } catch (NumberFormatException e) {
                throw invalid("'" + number + "' is no number of an epoch");
            }
        }
        if (text.startsWith(POSITION)) {
            return new Edge.Saved(text.substring(POSITION.length()));
        }
        if (text.isBlank() || text.indexOf('\0') >= 0) {
            throw invalid("a bound is empty, or holds a NUL character");
        }
        return new Edge.Value(text);
    }

    static WindrowException invalid(String why) {
        return WindrowException.of(ReplayError.WINDOW_INVALID, "Reading the window to replay: " + why);
    }
}
