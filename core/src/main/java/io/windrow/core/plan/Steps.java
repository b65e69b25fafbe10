package io.windrow.core.plan;

import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.api.transform.Transform;
import io.windrow.core.contract.ContractTransform;
import io.windrow.core.policy.Governance;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What happens to rows between source and sink, in this order: contract, mask, dedupe, filter and shape, sample,
 * provenance. A step that does not concern a stream gives its batches back as they are. Immutable.
 *
 * @param transforms the steps in order
 * @param policies the version of each policy behind them, for the ledger; versions of keys are keyed fingerprints (I11)
 */
public record Steps(List<Transform> transforms, Map<String, String> policies) {
    /** Rows pass untouched. */
    public static final Steps NONE = new Steps(List.of(), Map.of());

    public Steps {
        transforms = List.copyOf(transforms);
        policies = Collections.unmodifiableMap(new TreeMap<>(policies));
    }

    /** The steps of a pipeline's policies. */
    public static Steps of(Governance governance) {
        List<Transform> transforms = new ArrayList<>();
        Map<String, String> policies = new TreeMap<>();
        // Each policy adds its step here, in the order that the class comment names.
        governance.contract().ifPresent(contract -> {
            ContractTransform transform = new ContractTransform(contract);
            transforms.add(transform);
            policies.put("contract", transform.version());
        });
        return new Steps(transforms, policies);
    }

    /** The schema that rows of this schema leave the steps with. Refuses, with the place in the file, what does not fit. */
    public StreamSchema output(StreamSchema input) {
        List<BoundTransform> bound = bind(input);
        try {
            return bound.isEmpty() ? input : bound.getLast().output();
        } finally {
            bound.forEach(BoundTransform::close);
        }
    }

    /** All steps, bound one to the output of the other; the caller closes them. */
    public List<BoundTransform> bind(StreamSchema input) {
        List<BoundTransform> bound = new ArrayList<>();
        StreamSchema schema = input;
        try {
            for (Transform transform : transforms) {
                BoundTransform next = transform.bind(schema);
                bound.add(next);
                schema = next.output();
            }
            return bound;
        } catch (RuntimeException e) {
            bound.forEach(BoundTransform::close);
            throw e;
        }
    }
}
