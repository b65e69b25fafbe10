package io.windrow.core.ledger;

import io.windrow.api.batch.RowHash;
import java.util.Optional;

/**
 * What is known of the encoded output because it was read back from it, never from the buffers that it was made of.
 *
 * @param rows rows in the output
 * @param hash h_written, if the values were read back whole
 * @param proof what was read back, one line ({@code footers and sampled pages})
 */
public record Written(long rows, Optional<RowHash> hash, String proof) {}
