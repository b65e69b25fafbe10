/**
 * What every connector must do, as abstract JUnit classes: {@link io.windrow.testkit.conformance.SinkConformance} and
 * {@link io.windrow.testkit.conformance.SourceConformance}. The connector's traits decide which answer a test expects.
 * {@link io.windrow.testkit.conformance.TestContext} fails any test that leaks an Arrow buffer. Nothing about a single
 * connector lives here.
 */
@NullMarked
package io.windrow.testkit.conformance;

import org.jspecify.annotations.NullMarked;
