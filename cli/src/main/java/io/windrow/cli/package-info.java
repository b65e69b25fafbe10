/**
 * The command line: {@link io.windrow.cli.Main} and one class per command. The composition root: the only place that
 * wires concrete classes. Commands read arguments, call core and the runner, and print; they decide nothing about data.
 */
@NullMarked
package io.windrow.cli;

import org.jspecify.annotations.NullMarked;
