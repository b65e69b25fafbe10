package io.windrow.connectors.postgres.codec;

/**
 * When a batch is full (I12). One row always fits: a row larger than the limit makes a batch of its own.
 *
 * @param maxRows at least 1
 * @param maxBytes of Arrow memory, at least 1
 */
public record BatchLimits(int maxRows, long maxBytes) {
    public BatchLimits {
        if (maxRows < 1 || maxBytes < 1) {
            throw new IllegalArgumentException("A batch holds at least one row and one byte");
        }
    }
}
