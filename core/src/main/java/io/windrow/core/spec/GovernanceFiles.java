package io.windrow.core.spec;

import io.windrow.api.error.WindrowException;
import io.windrow.core.policy.ContractPolicy;
import io.windrow.core.policy.DedupePolicy;
import io.windrow.core.policy.EncryptionPolicy;
import io.windrow.core.policy.Governance;
import io.windrow.core.policy.MaskRule;
import io.windrow.core.policy.ProvenancePolicy;
import io.windrow.core.policy.QuarantinePolicy;
import io.windrow.core.policy.RetentionPolicy;
import io.windrow.core.policy.SamplePolicy;
import io.windrow.core.policy.ShapePolicy;
import io.windrow.core.policy.WatermarkPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/** Reads the sections of a pipeline file that speak of what is done to rows between source and sink. */
final class GovernanceFiles {
    /** The record of each section, for the reader, the schema and the reference page alike. */
    static final Map<Section, Class<? extends Record>> RECORDS = Map.of(
            Section.CONTRACT, ContractPolicy.class,
            Section.MASK, MaskRule.class,
            Section.DEDUPE, DedupePolicy.class,
            Section.TRANSFORM, ShapePolicy.class,
            Section.SAMPLE, SamplePolicy.class,
            Section.WATERMARK, WatermarkPolicy.class,
            Section.PROVENANCE, ProvenancePolicy.class,
            Section.QUARANTINE, QuarantinePolicy.class,
            Section.ENCRYPTION, EncryptionPolicy.class,
            Section.RETENTION, RetentionPolicy.class);

    private final ConfigReader reader;
    private final Map<String, NodeTuple> entries;
    private final Place top;

    private GovernanceFiles(ConfigReader reader, Map<String, NodeTuple> entries, Place top) {
        this.reader = reader;
        this.entries = entries;
        this.top = top;
    }

    static Governance read(ConfigReader reader, Map<String, NodeTuple> entries, Place top) {
        GovernanceFiles files = new GovernanceFiles(reader, entries, top);
        return new Governance(
                files.one(Section.CONTRACT, ContractPolicy.class),
                files.list(Section.MASK, MaskRule.class),
                files.byStream(Section.DEDUPE, DedupePolicy.class),
                files.byStream(Section.TRANSFORM, ShapePolicy.class),
                files.byStream(Section.SAMPLE, SamplePolicy.class),
                files.byStream(Section.WATERMARK, WatermarkPolicy.class),
                files.one(Section.PROVENANCE, ProvenancePolicy.class),
                files.one(Section.QUARANTINE, QuarantinePolicy.class),
                files.one(Section.ENCRYPTION, EncryptionPolicy.class),
                files.one(Section.RETENTION, RetentionPolicy.class));
    }

    /** Bad rows must not lie where a reader of the good ones looks. */
    static void refuseQuarantine(PipelineSpec spec) {
        String place = spec.governance().quarantine().map(policy -> policy.origin().toString())
                .or(() -> spec.governance().contract().map(policy -> policy.origin().toString()))
                .orElse("");
        if (place.isEmpty()) {
            return;
        }
        Path aside = spec.quarantineFolder().toAbsolutePath().normalize();
        for (Path data : ConfigShape.paths(spec.sink().config())) {
            if (aside.startsWith(data.toAbsolutePath().normalize())) {
                throw WindrowException.of(SpecError.BAD_VALUE, "Reading quarantine.path: the folder " + aside
                                + " lies inside of " + data + ", where readers of the data look")
                        .at(place)
                        .remedy("Write a quarantine.path outside of the sink's folder.");
            }
        }
    }

    private <R extends Record> Optional<R> one(Section section, Class<R> type) {
        return PipelineFiles.optional(entries, section).map(node -> reader.record(type, node, top.key(section.key())));
    }

    private <R extends Record> List<R> list(Section section, Class<R> type) {
        return PipelineFiles.optional(entries, section)
                .map(node -> reader.records(type, node, top.key(section.key())))
                .orElse(List.of());
    }

    private <R extends Record> Map<String, R> byStream(Section section, Class<R> type) {
        return PipelineFiles.optional(entries, section)
                .map(node -> reader.map(type, node, top.key(section.key())))
                .orElse(Map.of());
    }
}
