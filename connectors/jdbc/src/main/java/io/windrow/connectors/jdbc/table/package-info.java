/**
 * What stands in the target: {@link io.windrow.connectors.jdbc.table.TargetTable}, staging tables
 * ({@link io.windrow.connectors.jdbc.table.StagedTable}), the book of commits
 * ({@link io.windrow.connectors.jdbc.table.CommitBook}) and how staged rows are applied
 * ({@link io.windrow.connectors.jdbc.table.Apply}). No connection is opened and no transaction ended here.
 */
@NullMarked
package io.windrow.connectors.jdbc.table;

import org.jspecify.annotations.NullMarked;
