package io.windrow.core.transform.provenance;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.api.transform.Transform;
import io.windrow.core.policy.ProvenancePolicy;
import io.windrow.core.policy.ProvenancePolicy.Fact;
import io.windrow.core.registry.NearestName;
import io.windrow.core.transform.NewColumns;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Adds to each row which run and epoch delivered it, when it was read and up to which position. {@link #begin} gives the
 * step of one attempt; before it, the step knows its output and takes no rows.
 */
public final class ProvenanceTransform implements Transform {
    private final ProvenancePolicy policy;
    private final Map<Fact, String> names;
    private final Optional<RunFacts> run;
    private final Set<StreamName> sealed;

    /** The step of a policy. Refuses names that are none. */
    public ProvenanceTransform(ProvenancePolicy policy) {
        this(policy, names(policy), Optional.empty(), Set.of());
    }

    private ProvenanceTransform(
            ProvenancePolicy policy, Map<Fact, String> names, Optional<RunFacts> run, Set<StreamName> sealed) {
        this.policy = policy;
        this.names = names;
        this.run = run;
        this.sealed = sealed;
    }

    /** The same step for one attempt. */
    public ProvenanceTransform begin(RunFacts ofAttempt) {
        return new ProvenanceTransform(policy, names, Optional.of(ofAttempt), sealed);
    }

    /** The same step, which shows no position of these streams but its keyed digest (I11). */
    public ProvenanceTransform sealing(Set<StreamName> streams) {
        return new ProvenanceTransform(policy, names, run, Set.copyOf(streams));
    }

    private static Map<Fact, String> names(ProvenancePolicy policy) {
        String place = policy.origin().place();
        if (policy.fields().isEmpty() || new HashSet<>(policy.fields()).size() < policy.fields().size()) {
            throw WindrowException.of(
                            ProvenanceError.NO_FIELDS,
                            "Reading provenance.fields: " + policy.fields().stream().map(ProvenanceTransform::word).toList())
                    .at(place);
        }
        List<String> words = policy.fields().stream().map(ProvenanceTransform::word).toList();
        policy.names().forEach((word, name) -> {
            if (!words.contains(word) || name.isBlank()) {
                String near = NearestName.of(word, words)
                        .filter(nearest -> !nearest.equals(word))
                        .map(nearest -> "; did you mean " + nearest + "?")
                        .orElse("; there are " + String.join(", ", words));
                throw WindrowException.of(
                                ProvenanceError.BAD_NAME,
                                "Reading provenance.names: "
                                        + (words.contains(word) ? "the name of " + word + " is empty" : "there is no field " + word + near))
                        .at(place + ".names." + word);
            }
        });
        Map<Fact, String> names = new EnumMap<>(Fact.class);
        policy.fields().forEach(fact ->
                names.put(fact, policy.names().getOrDefault(word(fact), policy.prefix() + word(fact))));
        return names;
    }

    private static String word(Fact fact) {
        return fact.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public BoundTransform bind(StreamSchema input) {
        List<Column> columns = new ArrayList<>(input.columns());
        Set<Integer> ids = new HashSet<>();
        input.columns().forEach(column -> ids.add(column.id()));
        for (Fact fact : policy.fields()) {
            String name = names.getOrDefault(fact, "");
            // Ignoring case, as some targets do.
            columns.stream().filter(column -> column.name().equalsIgnoreCase(name)).findFirst().ifPresent(taken -> {
                throw WindrowException.of(
                                ProvenanceError.NAME_TAKEN,
                                "Adding field " + name + " to stream " + input.stream() + ": it has a field " + taken.name()
                                        + " already")
                        .at(policy.origin().place());
            });
            // Rows that were delivered before the policy have none, so they may be null.
            columns.add(new Column(NewColumns.id(name, ids), name, type(fact), true, "provenance"));
        }
        StreamSchema output = new StreamSchema(input.stream(), input.version(), columns, input.key());
        String version = policy.fields().stream()
                .map(fact -> word(fact) + " as " + names.get(fact))
                .reduce((one, other) -> one + ", " + other)
                .orElse("");
        return new BoundProvenance(
                output, List.copyOf(policy.fields()), run, sealed.contains(input.stream()), version, policy.origin().place());
    }

    private static ColumnType type(Fact fact) {
        return switch (fact) {
            case RUN, POSITION -> new ColumnType.Text();
            case EPOCH -> new ColumnType.Int(64, true);
            case EXTRACTED_AT -> new ColumnType.Timestamp(true);
        };
    }
}
