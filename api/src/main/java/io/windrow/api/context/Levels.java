package io.windrow.api.context;

/** Takes amounts in the other system that are watched while a run goes on. Safe for use by many threads. */
@FunctionalInterface
public interface Levels {
    /** Drops everything. */
    Levels IGNORE = (level, amount) -> {};

    /** The amount is this by now. */
    void show(Level level, long amount);

    /** What is watched. */
    enum Level {
        /** Bytes of its log that the source keeps because the pipeline has not delivered them. */
        LOG_RETAINED,
        /** Bytes of its log, others' changes too, that lie behind what the pipeline has delivered. */
        LOG_BEHIND
    }
}
