/**
 * Names, columns and value types of streams. {@link io.windrow.api.schema.ColumnType} is closed on purpose: a source
 * maps its types to it once, a sink maps it to its format once. No values live here, and no source's or format's types.
 */
@NullMarked
package io.windrow.api.schema;

import org.jspecify.annotations.NullMarked;
