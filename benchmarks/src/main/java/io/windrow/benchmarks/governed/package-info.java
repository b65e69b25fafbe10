/**
 * The property test of governed rows: {@link io.windrow.benchmarks.governed.GovernedTarget} makes a random pipeline with
 * random tables, policies, drift and crashes, runs it with the real transforms, state store, files and logs in this process,
 * and compares what was delivered, set aside and dropped, row by row, with {@link io.windrow.benchmarks.governed.Oracle}, a
 * naive model that shares no code with what it judges. Values of masked columns hold a
 * {@link io.windrow.benchmarks.governed.Canary}, which may be found nowhere but in the source.
 */
@NullMarked
package io.windrow.benchmarks.governed;

import org.jspecify.annotations.NullMarked;
