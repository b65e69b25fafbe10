package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out that the rest of a copy was lost on the way although the connection stays. A server may think for hours before it
 * sends a row, so silence proves nothing; but a server whose process is gone, or waits for the next command, believes that it
 * has sent everything. Whoever has heard nothing for as long as a followed log may be silent asks for that, twice, over a
 * connection of its own. Where nobody can tell (a pooler, another server behind the address, no connection left) he waits on.
 * The reader's thread only.
 */
final class LostReply implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LostReply.class);
    /** Who has not read for longer does not know whether something lies there for him. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PostgresSource source;
    private final StreamName stream;
    private final Wire wire;
    private long heard = -1;
    private long looked;
    private long askAt;
    /** The server has said once that it sends nothing more, and nothing has come since. */
    private boolean suspected;
    private @Nullable Aside aside;
    private Aside.@Nullable Answer<Boolean> asked;

    LostReply(PostgresSource source, StreamName stream, Wire wire) {
        this.source = source;
        this.stream = stream;
        this.wire = wire;
    }

    /**
     * Nothing came by the deadline of a read. Does not wait.
     *
     * @param process who should send; empty: nobody knows
     * @throws WindrowException {@link PostgresError#CONNECTION_LOST} if nothing is to come any more
     */
    void nothingCame(Optional<Session.Process> process) {
        long now = System.nanoTime();
        if (wire.heard() != heard || now - looked > PAUSE_NANOS) {
            heard = wire.heard();
            suspected = false;
            asked = null;
            close();
            askAt = now + source.config().silence().toNanos();
        }
        looked = now;
        Aside.Answer<Boolean> answer = asked;
        if (answer == null && process.isPresent() && now - askAt >= 0) {
            close();
            aside = new Aside(source);
            asked = aside.ask("Asking what the server's process does", session -> isOver(session, process.get()));
        } else if (answer != null && answer.isThere()) {
            asked = null;
            judge(isOver(answer), now);
            close();
        }
    }

    private void judge(boolean over, long now) {
        if (over && suspected) {
            close();
            throw WindrowException.of(
                    PostgresError.CONNECTION_LOST,
                    "Reading " + stream + ": nothing has come for " + source.config().silence().toSeconds()
                            + " s, and the server has sent everything: the rest was lost on the way");
        }
        suspected = over;
        // What was sent last may be under way: then it comes before the second answer.
        askAt = now + (over ? source.config().connectTimeout() : source.config().silence()).toNanos();
    }

    private boolean isOver(Aside.Answer<Boolean> answer) {
        try {
            return answer.take();
        } catch (WindrowException e) {
            LOG.debug("Reading {}: nobody can tell what the server's process does: {}", stream, e.errorCode());
            return false;
        }
    }

    /** Whether the process has sent everything; false if another server answers, or the role may not see it. */
    private static boolean isOver(Session session, Session.Process process) throws SQLException {
        if (!session.process().map(Session.Process::server).equals(Optional.of(process.server()))) {
            return false;
        }
        List<@Nullable String> row =
                session.row("SELECT state FROM pg_catalog.pg_stat_activity WHERE pid = " + process.id());
        return row.isEmpty() || String.valueOf(row.getFirst()).startsWith("idle");
    }

    @Override
    public void close() {
        if (aside != null) {
            aside.close();
            aside = null;
        }
    }
}
