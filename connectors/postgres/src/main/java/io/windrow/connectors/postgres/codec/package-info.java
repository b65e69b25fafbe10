/**
 * PostgreSQL values: one codec per type (I7), from the binary send form straight into Arrow memory.
 * {@link io.windrow.connectors.postgres.codec.TypeMapping} says how a column travels,
 * {@link io.windrow.connectors.postgres.codec.CopyDecoder} turns the rows of a binary COPY into batches. Nothing here
 * opens a connection, reads the catalog or knows splits, positions or snapshots.
 */
@NullMarked
package io.windrow.connectors.postgres.codec;

import org.jspecify.annotations.NullMarked;
