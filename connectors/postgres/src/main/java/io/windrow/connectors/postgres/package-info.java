/**
 * The PostgreSQL connector: {@link io.windrow.connectors.postgres.PostgresConnector} and its
 * {@link io.windrow.connectors.postgres.PostgresConfig}. {@link io.windrow.connectors.postgres.PostgresPlanner} decides
 * under which snapshot which part is read, {@link io.windrow.connectors.postgres.PostgresReader} reads one part. Reading the
 * catalog and decoding values live in the packages below; no retries and no timers live here.
 */
@NullMarked
package io.windrow.connectors.postgres;

import org.jspecify.annotations.NullMarked;
