package io.windrow.connectors.postgres;

import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

/**
 * A slot that the server takes for read although its reader has gone: it notices that only when it has something to send, or
 * looks for an answer. Who wants the slot next asks for it again, for as long as a server may be silent.
 */
final class Leaving {
    private static final long ASK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private Leaving() {}

    /**
     * Does something with the slot as soon as nobody reads it. Once more behind the limit, too: the process itself may have
     * stood still meanwhile.
     *
     * @param session over which it is done; its {@link Wire#wake} ends the wait
     * @param patienceNanos for how long the slot is waited for
     * @throws SQLException what the work ended with; that the slot is in use, if that does not end in time
     * @throws IOException the session is lost
     */
    static <T> T outwait(Session session, long patienceNanos, Session.Work<T> work) throws SQLException, IOException {
        long begin = System.nanoTime();
        boolean over = false;
        while (true) {
            try {
                return session.promptly(work);
            } catch (SQLException e) {
                if (over || !LogFailures.isInUse(e)) {
                    throw e;
                }
                over = System.nanoTime() - begin >= patienceNanos;
                session.wire().await(System.nanoTime() + ASK_AGAIN_NANOS);
                if (session.wire().takeWoken()) {
                    throw e;
                }
            }
        }
    }
}
