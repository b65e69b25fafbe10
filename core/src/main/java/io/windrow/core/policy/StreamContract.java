package io.windrow.core.policy;

import io.windrow.api.config.Doc;
import io.windrow.api.config.Origin;
import java.util.List;
import java.util.Optional;

/** The contract of one stream. */
@Doc("The contract of one stream.")
public record StreamContract(
        @Doc(value = "What happens on drift of this stream, if not what the contract says for all.", example = "freeze")
                Optional<Drift> onDrift,
        @Doc("What each named field must hold. A field that is not named may hold anything.") List<FieldCheck> fields,
        Origin origin) {}
