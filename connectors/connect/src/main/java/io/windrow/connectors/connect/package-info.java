/**
 * Change streams by connectors of Kafka Connect, run in this process: the source, its planner and its readers. What runs the
 * connector lives in {@code host}, what reads its records in {@code record}, what is known of single databases in
 * {@code database}. No retries and no threads of ours live here.
 */
@NullMarked
package io.windrow.connectors.connect;

import org.jspecify.annotations.NullMarked;
