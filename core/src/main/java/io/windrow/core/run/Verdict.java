package io.windrow.core.run;

import java.time.Duration;

/** What a runner does about a failure of one stream. */
public sealed interface Verdict {
    /**
     * Tries again.
     *
     * @param after how long to wait first, with jitter
     */
    record Retry(Duration after) implements Verdict {}

    /** Parks the stream at its last committed position; the others go on. Its unprepared data is thrown away. */
    record Park() implements Verdict {}

    /** Parks the stream and deletes nothing: a commit may or may not have taken effect (I5). */
    record Freeze() implements Verdict {}

    /** Parks the stream and drains the others: the machine is short of something that all of them need. */
    record Drain() implements Verdict {}
}
