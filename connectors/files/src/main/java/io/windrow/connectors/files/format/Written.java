package io.windrow.connectors.files.format;

import io.windrow.connectors.files.parquet.ParquetWritten;
import java.util.Optional;

/**
 * What an encoder says of a file that it finished, for the read-back to compare.
 *
 * @param parquet counts and page digests, if the format is Parquet
 */
public record Written(Optional<ParquetWritten> parquet) {
    static final Written NOTHING_MORE = new Written(Optional.empty());
}
