/**
 * What a run tells the outside: {@link io.windrow.core.observe.RunEvent}s to a
 * {@link io.windrow.core.observe.RunListener}, numbers, made from the events by
 * {@link io.windrow.core.observe.EventMeters}, to {@link io.windrow.core.observe.Meters}, and at the end a
 * {@link io.windrow.core.observe.RunResult}. No rendering, no exporter and no logging framework here; exporters are in
 * core.telemetry.
 */
@NullMarked
package io.windrow.core.observe;

import org.jspecify.annotations.NullMarked;
