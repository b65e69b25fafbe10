/**
 * Event times: {@link io.windrow.core.transform.watermark.WatermarkTransform} counts rows by when they happened and
 * {@link io.windrow.core.transform.watermark.Watermark} says up to when a stream is complete. Rows pass unchanged.
 */
@NullMarked
package io.windrow.core.transform.watermark;

import org.jspecify.annotations.NullMarked;
