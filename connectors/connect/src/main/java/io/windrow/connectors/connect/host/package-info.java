/**
 * Runs a Kafka Connect source connector in this process, without a Kafka: its own class loader
 * ({@link io.windrow.connectors.connect.host.PluginLoader}), its one task
 * ({@link io.windrow.connectors.connect.host.HostedTask}), what it is told of its offsets, and what its failures mean. Knows
 * nothing of streams and batches.
 */
@NullMarked
package io.windrow.connectors.connect.host;

import org.jspecify.annotations.NullMarked;
