package io.windrow.core.contract;

import io.windrow.api.schema.StreamName;
import io.windrow.core.policy.ContractPolicy;
import java.util.Map;
import java.util.Optional;

/**
 * What a pipeline says about the schemas of its streams.
 *
 * @param pipeline the pipeline's file or name, for the command that accepts a schema
 * @param contract the contract
 * @param owner who answers for streams; empty if nobody is named
 */
public record SchemaRules(String pipeline, Optional<ContractPolicy> contract, String owner) {
    /** Every schema is followed. */
    public static final SchemaRules NONE = new SchemaRules("PIPELINE", Optional.empty(), "");

    /** The gate that judges by these rules. */
    public SchemaGate gate(Map<StreamName, SchemaVersion> accepted) {
        return new SchemaGate(pipeline, contract, accepted);
    }
}
