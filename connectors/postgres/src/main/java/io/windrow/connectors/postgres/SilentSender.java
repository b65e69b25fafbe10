package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out why the server's process that sends a log says nothing. While it decodes, or waits for a lock, it may look at what
 * we tell it for minutes not at all, and whoever gave it up would have it begin the same decoding again, for ever (D12). One that
 * waits for its client, or is gone, has not heard us: the connection is dead. Where nobody can tell it is taken for dead too. The
 * reader's thread only.
 */
final class SilentSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SilentSender.class);

    private final PostgresSource source;
    private final Optional<Session.Process> process;
    private @Nullable Aside aside;
    private Aside.@Nullable Answer<Boolean> asked;

    /**
     * @param process who sends; empty: nobody knows
     */
    SilentSender(PostgresSource source, Optional<Session.Process> process) {
        this.source = source;
        this.process = process;
    }

    /** What the server says of its process. */
    enum State {
        /** The answer has not come yet. */
        ASKED,
        AT_WORK,
        DEAD
    }

    /** Asks, unless an answer is waited for already. Does not wait. */
    State ask() {
        Aside.Answer<Boolean> answer = asked;
        if (answer == null) {
            Aside opened = new Aside(source);
            aside = opened;
            asked = opened.ask("Asking what the process does that sends the log", this::isAtWork);
            return State.ASKED;
        }
        if (!answer.isThere()) {
            return State.ASKED;
        }
        try {
            return answer.take() ? State.AT_WORK : State.DEAD;
        } catch (WindrowException e) {
            LOG.debug("Nobody can tell what the process does that sends the log: {}", e.errorCode());
            return State.DEAD;
        } finally {
            close();
        }
    }

    private boolean isAtWork(Session session) throws SQLException {
        if (process.isEmpty() || !session.process().map(Session.Process::server).equals(process.map(Session.Process::server))) {
            return false;
        }
        List<@Nullable String> row = session.row("SELECT coalesce(wait_event_type, '') FROM pg_catalog.pg_stat_activity"
                + " WHERE backend_type = 'walsender' AND pid = " + process.get().id());
        return !row.isEmpty() && !List.of("Client", "Activity").contains(String.valueOf(row.getFirst()));
    }

    /** Something has come, or nobody waits any more: what was asked is of no interest. */
    @Override
    public void close() {
        if (aside != null) {
            aside.close();
            aside = null;
        }
        asked = null;
    }
}
