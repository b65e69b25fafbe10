/**
 * The mask: {@link io.windrow.core.transform.mask.MaskTransform} replaces values column by column before anything can
 * persist or print them (I11). Good rows and rows that were set aside are treated alike. Keys stay in this package and are
 * never part of a text.
 */
@NullMarked
package io.windrow.core.transform.mask;

import org.jspecify.annotations.NullMarked;
