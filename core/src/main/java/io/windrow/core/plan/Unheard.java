package io.windrow.core.plan;

import io.windrow.api.transform.Transform;
import io.windrow.core.contract.ContractTransform;
import io.windrow.core.transform.mask.MaskTransform;
import io.windrow.core.transform.sample.SampleTransform;
import io.windrow.core.transform.shape.ShapeTransform;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a target that goes by keys does not hear of, because rows do not come out of the steps. Pure. */
final class Unheard {
    private Unheard() {}

    /** For people; empty if it hears of every change that is read. */
    static Optional<String> of(PlannedStream stream, List<Transform> steps) {
        if (!stream.write().needsKey()) {
            return Optional.empty();
        }
        List<String> sentences = new ArrayList<>();
        boolean leavesOut = steps.stream().anyMatch(step -> switch (step) {
            case ShapeTransform shape -> shape.filters(stream.stream());
            case SampleTransform sample -> sample.origin(stream.stream()).isPresent();
            default -> false;
        });
        if (leavesOut) {
            sentences.add("A row that filter or sample let through and that a change takes out of them: the target keeps it as it was "
                    + "delivered last.");
        }
        boolean setsAside = steps.stream().anyMatch(step -> switch (step) {
            case ContractTransform contract -> contract.setsAside(stream.stream());
            case MaskTransform mask -> mask.setsAside();
            case ShapeTransform shape -> shape.setsAside(stream.stream());
            default -> false;
        });
        if (setsAside) {
            sentences.add("A change that is set aside, by the contract, by a mask that a value does not fit, by a cast or an expression: the "
                    + "target keeps the row as it was delivered last, until a later change of it passes.");
        }
        return sentences.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", sentences));
    }
}
