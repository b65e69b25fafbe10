/**
 * What the built-in steps between source and sink share: {@link io.windrow.core.transform.Rows} picks rows of a batch,
 * {@link io.windrow.core.transform.NewColumns} numbers added columns, {@link io.windrow.core.transform.PolicyDigest} gives the
 * version of a policy. Each
 * step has a package of its own below. No I/O, no clock but the one that an attempt lends to provenance, and no step knows
 * of another.
 */
@NullMarked
package io.windrow.core.transform;

import org.jspecify.annotations.NullMarked;
