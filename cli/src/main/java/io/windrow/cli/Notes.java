package io.windrow.cli;

import io.windrow.api.context.Notices;
import java.util.HashSet;
import java.util.Set;

/** Prints what connectors have to say, each text once. */
final class Notes implements Notices {
    private final Screen screen;
    private final Set<String> told = new HashSet<>();

    Notes(Screen screen) {
        this.screen = screen;
    }

    @Override
    public synchronized void tell(String code, String text) {
        if (told.add(code + text)) {
            screen.note(screen.styled(Screen.Style.WARN, "note") + "   " + text + " (" + code + ")");
        }
    }
}
