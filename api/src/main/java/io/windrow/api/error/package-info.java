/**
 * How errors cross the SPI: {@link io.windrow.api.error.WindrowException} with an {@link io.windrow.api.error.ErrorCode}
 * whose {@link io.windrow.api.error.ErrorKind} decides what the run does. No concrete codes live here: each package has
 * its own enum.
 */
@NullMarked
package io.windrow.api.error;

import org.jspecify.annotations.NullMarked;
