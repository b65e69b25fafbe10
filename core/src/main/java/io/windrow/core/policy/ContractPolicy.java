package io.windrow.core.policy;

import io.windrow.api.config.Doc;
import io.windrow.api.config.Origin;
import java.util.Map;

/** What rows must look like. */
@Doc("What rows must look like, and what happens when a schema drifts. Bad rows go, masked, to quarantine.")
public record ContractPolicy(
        @Doc(value = "What happens when a stream's schema differs from the one accepted last.", defaultValue = "evolve")
                Drift onDrift,
        @Doc("The contract of single streams, by name as namespace.name.") Map<String, StreamContract> streams,
        Origin origin) {}
