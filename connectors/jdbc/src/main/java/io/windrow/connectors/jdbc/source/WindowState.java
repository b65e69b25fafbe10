package io.windrow.connectors.jdbc.source;

import io.windrow.api.batch.Position;
import io.windrow.api.source.PlannerState;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is known of an incremental stream between two runs.
 *
 * @param cursor the cursor's name
 * @param selection a digest of the settings that choose rows; empty: a state of a version that did not keep it
 * @param salt what row marks are made with
 * @param number how many windows were begun
 * @param bound the raw cursor value from which the next window looks, inclusive; empty: nothing was delivered
 * @param seen the marks of the delivered rows whose cursor is at or above the bound
 * @param open the window that is being read
 */
record WindowState(
        String cursor, Optional<String> selection, String salt, long number, Optional<String> bound, Set<String> seen, Optional<Open> open) {
    /**
     * A window that is being read.
     *
     * @param below where its settled part ends and the next window begins; empty: no value can be a bound, and nothing is settled
     * @param seen the marks of the rows at or above that value that are delivered when it is finished
     * @param held whether the rows of the unsettled part wait for a later window
     * @param ended the ids of its splits that have ended
     */
    record Open(Optional<String> below, Set<String> seen, Held held, List<String> ended) {
        Open {
            seen = Set.copyOf(seen);
            ended = List.copyOf(ended);
        }

        Open with(Set<String> newSeen, List<String> newEnded) {
            return new Open(below, newSeen, held, newEnded);
        }
    }

    /** What becomes of the unsettled part. */
    enum Held {
        /** It is delivered with the window. */
        NO,
        /** It has more rows than can be remembered, and waits until it is settled. */
        BACK
    }

    WindowState {
        seen = Set.copyOf(seen);
    }

    static WindowState initial(String cursor, String selection) {
        byte[] salt = new byte[16];
        new SecureRandom().nextBytes(salt);
        return new WindowState(
                cursor, Optional.of(selection), Base64.getUrlEncoder().withoutPadding().encodeToString(salt), 0, Optional.empty(), Set.of(), Optional.empty());
    }

    WindowState begun(Open window) {
        return new WindowState(cursor, selection, salt, number + 1, bound, seen, Optional.of(window));
    }

    WindowState with(Open window) {
        return new WindowState(cursor, selection, salt, number, bound, seen, Optional.of(window));
    }

    WindowState selecting(String newSelection) {
        return new WindowState(cursor, Optional.of(newSelection), salt, number, bound, seen, open);
    }

    /** Without its bound: every row is looked at again, and those that are still remembered are not delivered again. */
    WindowState unbound() {
        return new WindowState(cursor, selection, salt, number, Optional.empty(), seen, open);
    }

    WindowState finished() {
        return open.map(window -> new WindowState(cursor, selection, salt, number, window.below(), window.seen(), Optional.empty()))
                .orElse(this);
    }

    /** From which value of the cursor on the next row lies, for people. */
    Optional<Position> resumes() {
        // Without the letter that says what it is.
        return bound.map(value -> new Position(
                1, StateText.create().with("at", "window").with("column", cursor).with("cursor", value.substring(1)).toString()));
    }

    static WindowState of(PlannerState state) {
        StateText text = StreamRead.parse(state, "window");
        return new WindowState(
                text.text("cursor"), text.optionalText("selection"), text.text("salt"), text.number("number"), text.optionalText("bound"), marks(text.text("seen")),
                text.object("open").map(open -> new Open(
                        open.optionalText("below"), marks(open.text("seen")), open.flag("held") ? Held.BACK : Held.NO, open.texts("ended"))));
    }

    PlannerState toState() {
        StateText text = StateText.create()
                .with("read", "window")
                .with("cursor", cursor)
                .with("selection", selection)
                .with("salt", salt)
                .with("number", number)
                .with("bound", bound)
                .with("seen", joined(seen));
        open.ifPresent(window -> text.with("open", StateText.create()
                .with("below", window.below())
                .with("seen", joined(window.seen()))
                .with("held", window.held() == Held.BACK)
                .with("ended", window.ended())));
        return new PlannerState(StreamRead.STATE_VERSION, text.toString());
    }

    /** Marks have one length, so they stand side by side. */
    private static String joined(Set<String> marks) {
        return marks.stream().sorted().collect(Collectors.joining());
    }

    private static Set<String> marks(String text) {
        if (text.length() % RowMarks.LENGTH != 0) {
            throw StateText.invalid("row marks of another length");
        }
        Set<String> marks = new LinkedHashSet<>();
        for (int at = 0; at < text.length(); at += RowMarks.LENGTH) {
            marks.add(text.substring(at, at + RowMarks.LENGTH));
        }
        return marks;
    }
}
