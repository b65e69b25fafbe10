/**
 * What is going to be run: {@link io.windrow.core.plan.Planner} turns a spec into a {@link io.windrow.core.plan.Plan} with
 * the effective guarantee, and refuses what cannot be kept before anything is read (I14). No I/O, and nothing about when
 * or where it runs.
 */
@NullMarked
package io.windrow.core.plan;

import org.jspecify.annotations.NullMarked;
