package io.windrow.core.replay;

import java.nio.file.Path;

/** Where the rows lie that a replay reads again. */
public sealed interface Staging {
    /** A folder; exists. */
    Path folder();

    /** In files that are there as long as the replay needs them, and gone however it ends. */
    record Passing(Path folder) implements Staging {}

    /** In files for whoever wants to look at them, one for each stream, which stay. */
    record Kept(Path folder) implements Staging {}
}
