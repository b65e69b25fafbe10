package io.windrow.core.transform.dedupe;

import io.windrow.api.config.Origin;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.api.transform.Transform;
import io.windrow.core.ledger.HashForm;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.policy.DedupePolicy;
import io.windrow.core.registry.NearestName;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Drops rows that are among the last that were delivered of their stream, by some fields or as a whole. The first of
 * several stays. Values are the same as {@link HashForm#VALUE} says, so that rows are told whatever became of a number's
 * type. A row in which a key field is null has no identity and always stays; whole rows are compared with their nulls.
 * {@link #begin} gives the step of one attempt, with memories of its own; its bound transforms share them.
 */
public final class Dedupe implements Transform {
    private final Map<String, DedupePolicy> policies;
    private final HashKey key;
    private final Map<StreamName, RowMemory> memories = new ConcurrentHashMap<>();

    /** The step of some policies, by stream name as {@code namespace.name}. Refuses windows that hold nothing. */
    public Dedupe(Map<String, DedupePolicy> policies) {
        this(policies, HashKey.random());
        policies.forEach((stream, policy) -> {
            if (policy.rows() < 1 || policy.bytes().bytes() < RowMemory.BYTES_A_ROW
                    || policy.time().filter(time -> !time.isPositive()).isPresent()) {
                throw WindrowException.of(
                                DedupeError.WINDOW_EMPTY,
                                "Reading the window of " + stream + ": it has " + policy.rows() + " rows in "
                                        + policy.bytes().bytes() + " bytes"
                                        + policy.time().map(time -> " and lasts " + time).orElse(""))
                        .at(policy.origin().place());
            }
        });
    }

    private Dedupe(Map<String, DedupePolicy> policies, HashKey key) {
        this.policies = Map.copyOf(policies);
        this.key = key;
    }

    /** The same step with empty memories, for one attempt. The key has to be the same for the life of a pipeline. */
    public Dedupe begin(HashKey ofPipeline) {
        return new Dedupe(policies, ofPipeline);
    }

    /** Where it is written that the stream's rows are compared; empty: they are not. */
    public Optional<Origin> origin(StreamName stream) {
        return Optional.ofNullable(policies.get(stream.toString())).map(DedupePolicy::origin);
    }

    /** What is remembered of a stream; empty if its rows are not compared. */
    public Optional<RowMemory> memory(StreamName stream) {
        return Optional.ofNullable(policies.get(stream.toString()))
                .map(policy -> memories.computeIfAbsent(
                        stream, name -> new RowMemory(policy.rows(), policy.bytes().bytes(), policy.time())));
    }

    /** The fields that tell rows apart, of those of the schema; empty if its rows are not compared. */
    public List<String> fields(StreamSchema schema) {
        DedupePolicy policy = policies.get(schema.stream().toString());
        if (policy == null) {
            return List.of();
        }
        return policy.by().isEmpty() ? schema.columns().stream().map(Column::name).toList() : policy.by();
    }

    /** How many rows of the stream are remembered at most; empty if its rows are not compared. */
    public OptionalLong most(StreamName stream) {
        DedupePolicy policy = policies.get(stream.toString());
        return policy == null ? OptionalLong.empty() : OptionalLong.of(RowMemory.most(policy.rows(), policy.bytes().bytes()));
    }

    @Override
    public BoundTransform bind(StreamSchema input) {
        Set<Integer> ids = ids(input);
        return new BoundDedupe(input, memory(input.stream()), key, ids, version(policies.get(input.stream().toString())));
    }

    /** The ids of the fields that tell rows apart; none: the row as a whole does, or rows are not compared. */
    public Set<Integer> ids(StreamSchema input) {
        DedupePolicy policy = policies.get(input.stream().toString());
        Set<Integer> ids = new HashSet<>();
        if (policy != null) {
            List<String> names = input.columns().stream().map(Column::name).toList();
            for (String field : policy.by()) {
                int at = names.indexOf(field);
                if (at < 0) {
                    String nearest = NearestName.of(field, names).map(name -> "; did you mean `" + name + "`?").orElse("");
                    throw WindrowException.of(
                                    DedupeError.FIELD_UNKNOWN,
                                    "Dropping repeated rows of " + input.stream() + ": it has no field `" + field + "`"
                                            + nearest)
                            .at(policy.origin().place());
                }
                ids.add(input.columns().get(at).id());
            }
        }
        return ids;
    }

    private static Optional<String> version(@Nullable DedupePolicy policy) {
        return Optional.ofNullable(policy)
                .map(of -> "by " + (of.by().isEmpty() ? "the whole row" : String.join(", ", of.by())) + " in " + of.rows()
                        + " rows, " + of.bytes().bytes() + " bytes" + of.time().map(time -> ", " + time).orElse(""));
    }
}
