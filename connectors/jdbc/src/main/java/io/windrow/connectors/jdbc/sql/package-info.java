/**
 * What differs between databases: {@link io.windrow.connectors.jdbc.sql.Dialect} with one class per database,
 * {@link io.windrow.connectors.jdbc.sql.JdbcAddress} and the error codes. No rows and no statements of a commit go here.
 */
@NullMarked
package io.windrow.connectors.jdbc.sql;

import org.jspecify.annotations.NullMarked;
