package io.windrow.connectors.postgres.codec;

/**
 * Values that became null under the rule NULL, for the ledger.
 *
 * @param column the exact name of the top-level column
 * @param kind why
 * @param count how many values (elements of an array count one by one), at least 1
 */
public record NulledValue(String column, OutOfRangeKind kind, long count) {}
