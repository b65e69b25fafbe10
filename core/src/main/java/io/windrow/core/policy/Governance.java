package io.windrow.core.policy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All policies of a pipeline. Maps are by stream name as {@code namespace.name}.
 *
 * @param contract what rows must look like
 * @param mask what becomes of values, first fit first
 * @param dedupe which rows count as repeated
 * @param transform filters and shapes
 * @param sample which share is delivered
 * @param watermark event times
 * @param provenance fields that are added
 * @param quarantine where bad rows go
 * @param encryption how files are encrypted
 * @param retention how long things are kept
 */
public record Governance(
        Optional<ContractPolicy> contract,
        List<MaskRule> mask,
        Map<String, DedupePolicy> dedupe,
        Map<String, ShapePolicy> transform,
        Map<String, SamplePolicy> sample,
        Map<String, WatermarkPolicy> watermark,
        Optional<ProvenancePolicy> provenance,
        Optional<QuarantinePolicy> quarantine,
        Optional<EncryptionPolicy> encryption,
        Optional<RetentionPolicy> retention) {
    /** Nothing is done to rows. */
    public static final Governance NONE = new Governance(
            Optional.empty(), List.of(), Map.of(), Map.of(), Map.of(), Map.of(), Optional.empty(), Optional.empty(),
            Optional.empty(), Optional.empty());

    public Governance {
        mask = List.copyOf(mask);
        dedupe = ordered(dedupe);
        transform = ordered(transform);
        sample = ordered(sample);
        watermark = ordered(watermark);
    }

    /** The streams that policies name, by the place in the file where they do. */
    public Map<String, String> streams() {
        Map<String, String> streams = new LinkedHashMap<>();
        contract.ifPresent(policy -> policy.streams().forEach((name, one) -> streams.put(one.origin().place(), name)));
        dedupe.forEach((name, policy) -> streams.put(policy.origin().place(), name));
        transform.forEach((name, policy) -> streams.put(policy.origin().place(), name));
        sample.forEach((name, policy) -> streams.put(policy.origin().place(), name));
        watermark.forEach((name, policy) -> streams.put(policy.origin().place(), name));
        retention.ifPresent(policy -> streams.putAll(policy.named()));
        return streams;
    }

    private static <V> Map<String, V> ordered(Map<String, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
