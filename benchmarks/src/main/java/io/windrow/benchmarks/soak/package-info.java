/**
 * Long runs under faults. {@link io.windrow.benchmarks.soak.SoakSeries} keeps {@code windrow run --every} alive against
 * tables that change, {@link io.windrow.benchmarks.soak.ChangeSoak} {@code windrow run --follow} into several targets at
 * once. Both break what they stand on every few seconds, compare exactly, and look at what a process holds. No speed is
 * measured here.
 */
@NullMarked
package io.windrow.benchmarks.soak;

import org.jspecify.annotations.NullMarked;
