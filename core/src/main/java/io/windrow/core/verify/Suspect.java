package io.windrow.core.verify;

import io.windrow.api.batch.RowHash;
import java.util.List;
import java.util.Optional;

/**
 * A key whose rows differ between source and target.
 *
 * @param key the values of the key columns as text
 * @param source the digest of the source's row; empty if it has none
 * @param target the digest of the target's row, the last one if it has several; empty if it has none
 */
record Suspect(List<String> key, Optional<RowHash> source, Optional<RowHash> target) {
    Suspect {
        key = List.copyOf(key);
    }
}
