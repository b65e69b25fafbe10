package io.windrow.core.contract;

import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.api.transform.Transform;
import io.windrow.core.policy.ContractPolicy;
import io.windrow.core.policy.Drift;
import io.windrow.core.policy.FieldCheck;
import io.windrow.core.policy.StreamContract;
import io.windrow.core.transform.PolicyDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Judges rows by a contract. Bad rows are set aside with the first check that they broke, in the order of the file. */
public final class ContractTransform implements Transform {
    private final ContractPolicy policy;

    public ContractTransform(ContractPolicy policy) {
        this.policy = policy;
    }

    /** Sixteen hexadecimal digits that change when what the contract demands of a stream does; other streams do not count. */
    public String version(StreamName of) {
        StringBuilder text = new StringBuilder(policy.onDrift().name());
        Optional.ofNullable(policy.streams().get(of.toString())).ifPresent(stream -> {
            add(text, of.toString(), stream.onDrift().map(Enum::name).orElse(""));
            for (FieldCheck check : stream.fields()) {
                add(text, check.field(), check.type().orElse(""), check.notNull() ? "not null" : "");
                check.min().ifPresent(min -> add(text, "min", min));
                check.max().ifPresent(max -> add(text, "max", max));
                check.pattern().ifPresent(pattern -> add(text, "pattern", pattern));
                add(text, "in", Integer.toString(check.in().size()));
                add(text, check.in().toArray(String[]::new));
            }
        });
        return PolicyDigest.of(text);
    }

    private static void add(StringBuilder text, String... parts) {
        for (String part : parts) {
            text.append(part.length()).append(':').append(part);
        }
    }

    /** Whether rows of a stream may be set aside: by a check, or by drift. */
    public boolean setsAside(StreamName stream) {
        Optional<StreamContract> contract = Optional.ofNullable(policy.streams().get(stream.toString()));
        return contract.filter(one -> !one.fields().isEmpty()).isPresent()
                || contract.flatMap(StreamContract::onDrift).orElse(policy.onDrift()) == Drift.QUARANTINE;
    }

    /** Binds the checks of the stream; refuses what does not fit it with a {@link ContractError} and its place. */
    @Override
    public BoundTransform bind(StreamSchema input) {
        List<FieldRules.Rule> rules = new ArrayList<>();
        StreamContract contract = policy.streams().get(input.stream().toString());
        if (contract != null) {
            for (FieldCheck check : contract.fields()) {
                rules.addAll(FieldRules.of(input, check));
            }
        }
        return new Judge(input, rules, version(input.stream()));
    }
}
