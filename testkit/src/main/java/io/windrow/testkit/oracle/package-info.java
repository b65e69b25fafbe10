/**
 * Says whether a target holds exactly the rows that it should: {@link io.windrow.testkit.oracle.Oracle} compares
 * multisets of rows by the text of their values, {@link io.windrow.testkit.oracle.ChangeText} makes texts of changes. It shares no code with what it judges.
 */
@NullMarked
package io.windrow.testkit.oracle;

import org.jspecify.annotations.NullMarked;
