/**
 * A long run under faults: {@link io.windrow.benchmarks.soak.SoakSeries} keeps {@code windrow run --every} alive against
 * a database that changes, breaks what it stands on every few seconds, compares exactly, and looks at what the process
 * holds. No speed is measured here.
 */
@NullMarked
package io.windrow.benchmarks.soak;

import org.jspecify.annotations.NullMarked;
