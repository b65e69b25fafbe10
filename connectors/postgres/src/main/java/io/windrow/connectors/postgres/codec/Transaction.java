package io.windrow.connectors.postgres.codec;

/**
 * The transaction that a change belongs to.
 *
 * @param id its id, 32 bits without a sign
 * @param position the place of its commit record in the log
 * @param commitMicros when it was committed, microseconds since 1970 UTC
 */
public record Transaction(long id, long position, long commitMicros) {}
