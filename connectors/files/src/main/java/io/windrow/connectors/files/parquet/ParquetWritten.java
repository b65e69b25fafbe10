package io.windrow.connectors.files.parquet;

import java.util.List;

/**
 * What a finished file is said to hold.
 *
 * @param rows number of rows
 * @param bytes length of the file
 * @param rowGroups number of row groups
 * @param proofs digests of sampled pages, at most one per column chunk
 */
public record ParquetWritten(long rows, long bytes, int rowGroups, List<PageProof> proofs) {
    public ParquetWritten {
        proofs = List.copyOf(proofs);
    }
}
