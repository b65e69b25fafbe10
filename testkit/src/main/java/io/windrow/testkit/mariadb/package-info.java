/**
 * A real MariaDB for tests: {@link io.windrow.testkit.mariadb.MariaServer}, from a jar on the class path. No test of a
 * connector goes here.
 */
@NullMarked
package io.windrow.testkit.mariadb;

import org.jspecify.annotations.NullMarked;
