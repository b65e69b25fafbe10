package io.windrow.api.context;

/** Named places in the code at which a test may stop, fail or kill the process. In production they do nothing. */
@FunctionalInterface
public interface Failpoints {
    /** Does nothing. */
    Failpoints NONE = name -> {};

    /** Called by the code that has just come to the named place, {@code area.before_step} in lower_snake. */
    void reach(String name);
}
