/**
 * What a connector is given and what it answers with: {@link io.windrow.api.context.Context} and the things in it
 * (clock, notices, failpoints), and {@link io.windrow.api.context.CheckResult}. The lowest package of the SPI: it names
 * no source, sink or connector, so that those can name it. What only one side of the SPI needs does not go here.
 */
@NullMarked
package io.windrow.api.context;

import org.jspecify.annotations.NullMarked;
