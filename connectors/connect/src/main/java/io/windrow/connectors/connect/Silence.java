package io.windrow.connectors.connect;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.connect.host.ConnectError;
import java.time.Duration;
import java.util.OptionalLong;

/** Notices that a server has gone without a word: one that is idle sends signs of life. One thread. */
final class Silence {
    /** How long a log may be silent if nobody says. */
    static final Duration MOST = Duration.ofSeconds(60);

    private final Duration most;
    private OptionalLong heard = OptionalLong.empty();
    private long since;

    /** A server that may be silent for so long. */
    Silence(Duration most) {
        this.most = most;
    }

    /** Something has come. */
    void broken() {
        heard = OptionalLong.empty();
    }

    /**
     * Nothing has come.
     *
     * @param now how much the server has sent so far, signs of life among it; empty: nobody counts
     * @throws WindrowException if that has not grown for as long as it may
     */
    void goesOn(OptionalLong now) {
        long nanos = System.nanoTime();
        if (now.isEmpty() || !now.equals(heard)) {
            heard = now;
            since = nanos;
        } else if (nanos - since > most.toNanos()) {
            throw WindrowException.of(
                    ConnectError.CONNECT_REFUSED, "Reading the log: the server has sent nothing for " + most.toMillis() / 1000.0 + " s");
        }
    }
}
