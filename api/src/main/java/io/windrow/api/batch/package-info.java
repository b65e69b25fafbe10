/**
 * The unit of work and what it carries: {@link io.windrow.api.batch.Batch}, made row by row with
 * {@link io.windrow.api.batch.BatchBuilder} where a source has no columns of its own, with its position, its books
 * ({@link io.windrow.api.batch.Account}) and the per-row facts of change streams. No I/O and no format lives here.
 */
@NullMarked
package io.windrow.api.batch;

import org.jspecify.annotations.NullMarked;
