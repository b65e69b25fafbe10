/**
 * Drops rows that were delivered before: {@link io.windrow.core.transform.dedupe.Dedupe} is the step,
 * {@link io.windrow.core.transform.dedupe.RowMemory} what it remembers of a stream. What is remembered goes into the store
 * with the epoch it belongs to and comes from there; who saves and loads it is the runner. No I/O, no clock.
 */
@NullMarked
package io.windrow.core.transform.dedupe;

import org.jspecify.annotations.NullMarked;
