/**
 * Folding a change log into the rows that it makes: {@link io.windrow.core.compact.ChangeLogFold} reads what was delivered of a
 * stream and gives its current rows, in bounded memory (I12). Nothing here writes to the target or to the state: a runner
 * does, through the epoch protocol.
 */
@NullMarked
package io.windrow.core.compact;

import org.jspecify.annotations.NullMarked;
