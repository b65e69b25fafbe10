/** The shape of the steps between source and sink. The built-in steps live in {@code core.transform}. */
@NullMarked
package io.windrow.api.transform;

import org.jspecify.annotations.NullMarked;
