/**
 * Finds personal data inside text: {@link io.windrow.core.transform.detect.Finder} tells where. Every finder that can checks
 * digits, so that an order number is not taken for a card. Nothing here keeps, logs or changes a value.
 */
@NullMarked
package io.windrow.core.transform.detect;

import org.jspecify.annotations.NullMarked;
