package io.windrow.core.observe;

/**
 * Takes the events of a run. Called by one thread at a time, in the order in which things happened; must return quickly,
 * since the run waits. What it throws is logged and does not change the run.
 */
@FunctionalInterface
public interface RunListener {
    /** Hears nothing. */
    RunListener NONE = event -> {};

    /** Something happened. */
    void on(RunEvent event);
}
