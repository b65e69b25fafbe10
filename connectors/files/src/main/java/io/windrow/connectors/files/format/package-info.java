/**
 * Row formats and the bytes they become: {@link io.windrow.connectors.files.format.RowEncoder} and one encoder per
 * {@link io.windrow.connectors.files.format.Format}, straight from Arrow buffers. No paths, epochs or commits. Parquet
 * has a package of its own.
 */
@NullMarked
package io.windrow.connectors.files.format;

import org.jspecify.annotations.NullMarked;
