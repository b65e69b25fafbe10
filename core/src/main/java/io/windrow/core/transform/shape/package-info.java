/**
 * Filters and reshapes rows: {@link io.windrow.core.transform.shape.ShapeTransform} keeps the rows for which a condition is
 * true, adds computed fields, selects, renames and casts. Conditions and computed fields are expressions of
 * {@code core.transform.expression}; casts lose nothing or set their row aside. No I/O, no clock.
 */
@NullMarked
package io.windrow.core.transform.shape;

import org.jspecify.annotations.NullMarked;
