package io.windrow.connectors.connect;

import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Whether the log was read as far as a run reads it. Used by the reader's thread. */
final class Ending {
    private static final long SAID_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ConnectSource source;
    private final Optional<ConnectSplit.End> until;
    /** Whether the log's end was reached when records were last asked for. */
    private boolean reached;
    /** Since when nothing has come although the end was reached. */
    private boolean ended;
    private long endedAt;

    /**
     * Of a run that has not read anything yet.
     *
     * @param until where it ends; empty: it goes on until it is stopped
     */
    Ending(ConnectSource source, Optional<ConnectSplit.End> until) {
        this.source = source;
        this.until = until;
    }

    /** Whether a place lies at the end or behind it. */
    boolean isAt(long transaction) {
        return until.isPresent() && transaction >= until.get().place();
    }

    /** Called before records are asked for: what the connector had read by then is in what it gives now, or was before. */
    void ask(long transaction) {
        reached = until.isPresent()
                && (isAt(transaction) || source.readUpTo().orElse(Long.MIN_VALUE) >= until.get().place());
    }

    /** Whether the end was reached before the last records came. */
    boolean isReached() {
        return reached;
    }

    /**
     * D08: the connector says where it stands besides with the server's next sign of life. Without it, a run whose tables have nothing in the
     * log would go on from the same place for ever, until the server purges that. It is worth a moment and no more.
     */
    boolean isSaid(long transaction, long now) {
        if (!ended) {
            ended = true;
            endedAt = now;
        }
        return until.isEmpty() || isAt(transaction) || now - endedAt > SAID_NANOS;
    }

    /** The end for people; empty if there is none. */
    String text() {
        return until.map(ConnectSplit.End::text).orElse("");
    }
}
