/**
 * Rows from Arrow vectors into a staging table ({@link io.windrow.connectors.jdbc.load.Loader}) and from a query back into
 * vectors ({@link io.windrow.connectors.jdbc.load.RowReader}). Which table, and when, is not decided here.
 */
@NullMarked
package io.windrow.connectors.jdbc.load;

import org.jspecify.annotations.NullMarked;
