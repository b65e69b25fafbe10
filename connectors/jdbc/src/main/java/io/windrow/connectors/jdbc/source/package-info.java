/**
 * Tables of a SQL database as a source: {@link io.windrow.connectors.jdbc.source.JdbcSource} with its planner, splits,
 * positions and reader. What differs between databases lives in {@code catalog}. No retries live here.
 */
@NullMarked
package io.windrow.connectors.jdbc.source;

import org.jspecify.annotations.NullMarked;
