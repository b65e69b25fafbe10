package io.windrow.core.checkpoint;

/**
 * The right to change a pipeline's state (I6). Only the store makes leases.
 *
 * @param pipeline the pipeline's name
 * @param owner who holds it, for people: host, process, run
 * @param fencingToken grows with every new owner; everything saved or committed carries it
 */
public record Lease(String pipeline, String owner, long fencingToken) {}
