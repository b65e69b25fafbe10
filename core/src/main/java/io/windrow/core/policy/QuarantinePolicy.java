package io.windrow.core.policy;

import io.windrow.api.config.Doc;
import io.windrow.api.config.Origin;
import io.windrow.api.config.Secret;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where bad rows go.
 *
 * @param path the folder
 * @param limit how many rows of a stream may be set aside in a run; 0: any number
 * @param key refused in this version
 * @param origin where the section stands
 */
@Doc("Where rows that broke the contract go, masked like the good ones.")
public record QuarantinePolicy(
        @Doc(value = "The folder, outside of the one that the sink writes to. Made with the first bad row.", defaultValue = "./quarantine") Path path,
        @Doc(value = "How many rows of a stream may be set aside in a run before the stream stops; 0: no limit.", defaultValue = "0")
                long limit,
        @Doc(value = "Not acted on by this version, and so refused. Without a key, fields that the target does not get are "
                        + "kept as their length and a keyed digest only.")
                Optional<Secret> key,
        Origin origin) {}
