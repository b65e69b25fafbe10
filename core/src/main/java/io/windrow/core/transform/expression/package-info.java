/**
 * Expressions over the fields of a row. {@link io.windrow.core.transform.expression.Expression} parses and checks a text as
 * CEL and evaluates the checked tree column by column over Arrow vectors, with our own code: nothing of CEL runs on a row.
 * {@code CelChecker} and {@code CelTypes} alone know CEL, so that its libraries load only if a pipeline has an expression. What
 * becomes of the values is for the step that asked; no I/O, no clock, no reflection.
 */
@NullMarked
package io.windrow.core.transform.expression;

import org.jspecify.annotations.NullMarked;
