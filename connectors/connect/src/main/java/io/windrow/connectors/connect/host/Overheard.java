package io.windrow.connectors.connect.host;

/**
 * What a connector only says in its own log and then goes on as if nothing were: that it has passed over a change. Whoever writes the
 * process's log hands lines of {@link #LOGGER} on, none of which it need show; without that a statement in the log is lost unheard. Safe
 * for use by many threads.
 */
public final class Overheard {
    /** Whose lines are worth hearing, from the level of warnings on. */
    public static final String LOGGER = "io.debezium.connector.binlog.BinlogStreamingChangeEventSource";

    private static final String STATEMENT = "Received DML ";

    private Overheard() {}

    /**
     * A line was written, by the thread that calls this.
     *
     * @param pattern its text, with a place for each argument
     * @param arguments what belongs into these; they may quote rows and are not kept
     */
    public static void heard(String pattern, Object[] arguments) {
        if (pattern.startsWith(STATEMENT) && Thread.currentThread().getContextClassLoader() instanceof PluginLoader loader) {
            loader.passedOver(arguments.length == 0 ? "" : String.valueOf(arguments[0]));
        }
    }
}
