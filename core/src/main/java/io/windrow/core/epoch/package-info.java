/**
 * Decides when data may be made visible and when it may be released upstream (I2, I3, I4, I5):
 * {@link io.windrow.core.epoch.EpochProtocol} is a pure function from state and event to state and actions, and
 * {@link io.windrow.core.epoch.EpochDriver} carries the actions out through the runner's
 * {@link io.windrow.core.epoch.EpochEffects}. No I/O, no clock, no thread and no retry lives here. A test explores the
 * protocol exhaustively; change nothing here without it.
 */
@NullMarked
package io.windrow.core.epoch;

import org.jspecify.annotations.NullMarked;
