/**
 * Reading a window of a stream again and comparing it with what was delivered of it:
 * {@link io.windrow.core.replay.Reextraction} stages the window's rows as they would be delivered now, gives a
 * {@link io.windrow.core.replay.Difference}, and gives the rows with which a runner can make the two alike. Nothing here
 * writes to the target or to the state: a runner does, through the epoch protocol.
 */
@NullMarked
package io.windrow.core.replay;

import org.jspecify.annotations.NullMarked;
