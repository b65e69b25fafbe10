/**
 * Runs a plan in one JVM: {@link io.windrow.runner.local.LocalRunner}. All threads of a run are made here; the waiting,
 * the retries and the budgets too. What may be released or made visible is core.epoch's decision, what a failure means
 * core.run's. No connector's types and no parsing here.
 *
 * <p>Threads of a run: the caller of {@code run} coordinates and owns planner and results; each worker has a reader
 * thread and, while it overlaps, a writer thread; one thread commits; one renews the lease.
 */
@NullMarked
package io.windrow.runner.local;

import org.jspecify.annotations.NullMarked;
