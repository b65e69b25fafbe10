package io.windrow.core.spec;

/** How often a row of the source arrives at the target, whatever fails in between. Weakest first. */
public enum DeliveryLevel {
    /** Once or not at all. */
    AT_MOST_ONCE,
    /** Once or more often. */
    AT_LEAST_ONCE,
    /** Exactly once. */
    EXACTLY_ONCE
}
