/**
 * Takes what a run tells to where operators look: {@link io.windrow.core.telemetry.Telemetry} sends spans and meters by
 * OpenTelemetry and serves Prometheus text. The only package that sees OpenTelemetry, whose classes load when a variable
 * asks for them and not before. What is told is core.observe's; no values of rows, no secrets and no messages of errors
 * leave through here.
 */
@NullMarked
package io.windrow.core.telemetry;

import org.jspecify.annotations.NullMarked;
