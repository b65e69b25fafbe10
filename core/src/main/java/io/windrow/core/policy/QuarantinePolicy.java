package io.windrow.core.policy;

import io.windrow.api.config.Doc;
import io.windrow.api.config.Origin;
import io.windrow.api.config.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where bad rows go.
 *
 * @param path the folder
 * @param limit how many rows of a stream may be set aside in a run; 0: any number
 * @param key encrypts the files, and lets rows be kept whole
 * @param formerKeys open older files
 * @param origin where the section stands
 */
@Doc("Where rows that broke the contract go, masked like the good ones.")
public record QuarantinePolicy(
        @Doc(value = "The folder, outside of the one that the sink writes to. Made with the first bad row.", defaultValue = "./quarantine") Path path,
        @Doc(value = "How many rows of a stream may be set aside in a run before the stream stops; 0: no limit.", defaultValue = "0")
                long limit,
        @Doc(value = "The key that encrypts the files: 32 bytes in Base64. With it, or with the section encryption, rows are "
                        + "kept whole; without, fields that the target does not get are kept as their length and a keyed digest "
                        + "only.", example = "${secret:quarantine/key}")
                Optional<Secret> key,
        @Doc("Keys that were used before a rotation: files that were written with them stay readable. Give each as ${secret:…}.")
                List<Secret> formerKeys,
        Origin origin) {
    public QuarantinePolicy {
        formerKeys = List.copyOf(formerKeys);
    }
}
