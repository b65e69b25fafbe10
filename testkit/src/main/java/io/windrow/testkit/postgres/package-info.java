/**
 * Real PostgreSQL servers for tests and the demo: {@link io.windrow.testkit.postgres.PostgresServer} starts one from
 * the Maven binaries, {@link io.windrow.testkit.postgres.PostgresDatabase} gives a test class a database of its own. No
 * connector code and no assertions live here.
 */
@NullMarked
package io.windrow.testkit.postgres;

import org.jspecify.annotations.NullMarked;
