/**
 * Real receivers of telemetry: {@link io.windrow.testkit.telemetry.OtlpReceiver}. No exporters here.
 */
@NullMarked
package io.windrow.testkit.telemetry;

import org.jspecify.annotations.NullMarked;
