/**
 * Finds personal data inside text: {@link io.windrow.core.transform.detect.Finder} tells where,
 * {@link io.windrow.core.transform.detect.JsonTexts} in which texts of a JSON document, and
 * {@link io.windrow.core.transform.detect.PersonalData} counts finds by the same rules as a mask. Every finder that can checks
 * digits, so that an order number is not taken for a card. Nothing here keeps or logs a value.
 */
@NullMarked
package io.windrow.core.transform.detect;

import org.jspecify.annotations.NullMarked;
