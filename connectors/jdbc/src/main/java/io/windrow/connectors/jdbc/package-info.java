/**
 * Tables of a SQL database as a target: {@link io.windrow.connectors.jdbc.JdbcConnector}, its
 * {@link io.windrow.connectors.jdbc.JdbcConfig} and the sink, writer, committer and delivery. What differs between
 * databases lives in {@code sql}, how rows get in and out in {@code load}, what is kept at the target and how it is applied
 * in {@code table}. No retries and no timers live here.
 */
@NullMarked
package io.windrow.connectors.jdbc;

import org.jspecify.annotations.NullMarked;
