package io.windrow.core.policy;

import io.windrow.api.config.Doc;
import io.windrow.api.config.Origin;
import io.windrow.api.config.Secret;
import java.nio.file.Path;
import java.util.Optional;

/** Where bad rows go. */
@Doc("Where rows that broke the contract go, masked like the good ones.")
public record QuarantinePolicy(
        @Doc(value = "The folder. Made if it is not there.", defaultValue = "./quarantine") Path path,
        @Doc(value = "How many rows of a run may be set aside before the stream stops; 0: no limit.", defaultValue = "0")
                long limit,
        @Doc(value = "A key. With it, unknown fields and undecodable bytes are kept, encrypted; without it only their length "
                        + "and a keyed digest.")
                Optional<Secret> key,
        Origin origin) {}
