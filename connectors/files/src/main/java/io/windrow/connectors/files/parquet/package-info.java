/**
 * Parquet files written column by column straight from Arrow vectors, and read back for proof.
 *
 * <p>{@link io.windrow.connectors.files.parquet.ParquetFileWriter} is the way in;
 * {@link io.windrow.connectors.files.parquet.ParquetReadBack} checks a finished file against what the writer saw. Only the
 * footer types of parquet-format-structures are foreign. Paths, staging, manifests and epochs do not belong here, nor
 * does any Hadoop or parquet-java class.
 */
@NullMarked
package io.windrow.connectors.files.parquet;

import org.jspecify.annotations.NullMarked;
