/**
 * From a connector's records to rows: where they lie in the log ({@link io.windrow.connectors.connect.record.LogPlace}), what
 * happened to which table ({@link io.windrow.connectors.connect.record.Change}), and each value in the column's type
 * ({@link io.windrow.connectors.connect.record.Values}). No I/O.
 */
@NullMarked
package io.windrow.connectors.connect.record;

import org.jspecify.annotations.NullMarked;
