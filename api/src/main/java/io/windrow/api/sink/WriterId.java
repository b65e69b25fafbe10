package io.windrow.api.sink;

/**
 * Which writer of a stream this is.
 *
 * @param generation the delivery's generation
 * @param fencingToken the owner's fencing token; part of every staged name, so that two owners never write one file (I6)
 * @param writer the number of the writer among those of this stream and process, from 0
 */
public record WriterId(long generation, long fencingToken, int writer) {}
