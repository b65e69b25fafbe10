/**
 * End-to-end measurements against the limit and against peers, run by {@code ./windrow-dev bench}. Figures are ratios
 * taken in one run on one machine; nothing here asserts a duration.
 */
@NullMarked
package io.windrow.benchmarks;

import org.jspecify.annotations.NullMarked;
