package io.windrow.api.source;

/**
 * What a planner must know of a stream to go on after a restart: bounds, snapshot ids, ended splits. Saved with every
 * epoch, in the same write as the positions (I3).
 *
 * @param version the version of the text's layout
 * @param text compact JSON that only the connector reads
 */
public record PlannerState(int version, String text) {}
