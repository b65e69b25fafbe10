package io.windrow.core.ledger;

import java.util.List;

/**
 * What a replay did in one epoch.
 *
 * @param window the slice of the stream that was read again, for people
 * @param continues the generation whose delivery goes on in this epoch's generation
 * @param replaces the epochs whose place this one takes at the target; their other rows are in this one
 * @param added keys that were not there
 * @param changed keys whose rows were others
 * @param missing keys that the source does not have any more
 */
public record Replay(String window, long continues, List<Long> replaces, long added, long changed, long missing) {
    public Replay {
        replaces = List.copyOf(replaces);
    }
}
