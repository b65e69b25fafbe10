/**
 * Writes the skeleton of a connector: {@link io.windrow.testkit.scaffold.Skeleton} fills the templates that lie beside
 * it. What the skeleton has to become is said by the conformance suite, not here.
 */
@NullMarked
package io.windrow.testkit.scaffold;

import org.jspecify.annotations.NullMarked;
