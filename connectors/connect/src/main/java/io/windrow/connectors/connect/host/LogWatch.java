package io.windrow.connectors.connect.host;

import org.apache.kafka.connect.source.SourceTask;

/**
 * Hears what a connector's client reads of a log, event by event and before the connector makes records of it: a connector passes over
 * what it does not know, and says so at most in its own log. All but {@link #expectWhole} is called by the client's thread.
 */
public interface LogWatch {
    /** Hears nothing. */
    LogWatch NONE = new LogWatch() {
        @Override
        public void began() {}

        @Override
        public void statement(String database, String text) {}

        @Override
        public void rowsOf(String database, String table) {}

        @Override
        public void loaded() {}

        @Override
        public void unreadable(String what) {}

        @Override
        public void expectWhole() {}
    };

    /** A transaction begins. */
    void began();

    /**
     * The text of a statement.
     *
     * @param database that of the session that ran it; empty if it had none
     */
    void statement(String database, String text);

    /** Rows of a table follow. */
    void rowsOf(String database, String table);

    /** A file was loaded into a table by a statement that nobody can read here. */
    void loaded();

    /**
     * An event of which the connector makes nothing.
     *
     * @param what its kind, without its content
     */
    void unreadable(String what);

    /**
     * Called by whoever reads, between what was polled and the use of it.
     *
     * @throws io.windrow.api.error.WindrowException if changes were passed over that lie before what is polled next
     */
    void expectWhole();

    /** What listens, among the connector's own classes; made by its constructor without arguments. */
    interface Ear {
        /**
         * Has a task that was just started be heard.
         *
         * @throws org.apache.kafka.connect.errors.RetriableException if it may have read something by now
         */
        void listen(SourceTask task, LogWatch watch);
    }
}
