/**
 * The entries of {@code ./windrow-dev crash}, {@code soak}, {@code fuzz} and {@code new}: they take words, print text or
 * JSON and say by the exit code whether all was well. What they run lives in {@code testkit} where it needs no connector;
 * no measurement of speed lives here.
 */
@NullMarked
package io.windrow.benchmarks.tools;

import org.jspecify.annotations.NullMarked;
