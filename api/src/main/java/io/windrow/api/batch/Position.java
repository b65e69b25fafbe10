package io.windrow.api.batch;

/**
 * A place in a split from which reading can go on. Opaque to everyone but the connector that made it, which keeps a
 * record of its own behind it, with a golden-file test of the text.
 *
 * @param version the version of the text's layout, from 1
 * @param text compact JSON, small (under 64 KiB), free of secrets; a masked column's value never stands in it (I11)
 */
public record Position(int version, String text) {}
