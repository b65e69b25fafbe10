package io.windrow.connectors.connect;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.connect.host.ConnectError;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** Notices that a server has gone without a word: one that is idle sends signs of life. One thread. */
final class Silence {
    private static final long MOST_SECONDS = 60;

    private OptionalLong heard = OptionalLong.empty();
    private long since;

    /** Something has come. */
    void broken() {
        heard = OptionalLong.empty();
    }

    /**
     * Nothing has come.
     *
     * @param now how much the server has sent so far, signs of life among it; empty: nobody counts
     * @throws WindrowException if that has not grown for a minute
     */
    void goesOn(OptionalLong now) {
        long nanos = System.nanoTime();
        if (now.isEmpty() || !now.equals(heard)) {
            heard = now;
            since = nanos;
        } else if (nanos - since > TimeUnit.SECONDS.toNanos(MOST_SECONDS)) {
            throw WindrowException.of(
                    ConnectError.CONNECT_REFUSED, "Reading the log: the server has sent nothing for " + MOST_SECONDS + " s");
        }
    }
}
