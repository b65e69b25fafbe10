package io.windrow.core.transform.sample;

import io.windrow.api.config.Origin;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.api.transform.Transform;
import io.windrow.core.policy.SamplePolicy;
import io.windrow.core.registry.NearestName;
import io.windrow.core.transform.PolicyDigest;
import io.windrow.core.transform.Unchanged;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps the rows whose fields hash into a share of all hashes, by stream: the same key is always in or always out, and a
 * larger share holds every row of a smaller one. Rows that are left out count as sampled out.
 */
public final class SampleTransform implements Transform {
    /** What the step's version is called in the ledger. */
    public static final String POLICY = "sample";

    /** Of how many fields the distribution may be reported. */
    static final int MAX_REPORTS = 8;

    private final Map<String, SamplePolicy> policies;

    /** The step of some policies, by stream name as {@code namespace.name}. Refuses shares that are none. */
    public SampleTransform(Map<String, SamplePolicy> policies) {
        this.policies = Map.copyOf(policies);
        policies.forEach((stream, policy) -> {
            if (!(policy.percent() > 0) || policy.percent() > 100) {
                throw refused(SampleError.BAD_SHARE, stream, policy, "percent is not above 0 and at most 100");
            }
            if (policy.report().size() > MAX_REPORTS) {
                throw refused(SampleError.TOO_MANY_REPORTS, stream, policy, "report has more than " + MAX_REPORTS + " fields");
            }
        });
    }

    /** Where it is written that the stream is sampled; empty: it is not. */
    public Optional<Origin> origin(StreamName stream) {
        return Optional.ofNullable(policies.get(stream.toString())).map(SamplePolicy::origin);
    }

    /** The fields that decide, of those that the step sees; empty if the stream is not sampled. */
    public List<String> by(StreamSchema schema) {
        SamplePolicy policy = policies.get(schema.stream().toString());
        return policy == null ? List.of() : policy.by().isEmpty() ? schema.key() : policy.by();
    }

    @Override
    public BoundTransform bind(StreamSchema input) {
        SamplePolicy policy = policies.get(input.stream().toString());
        if (policy == null) {
            return new Unchanged(input);
        }
        List<String> by = by(input);
        if (by.isEmpty()) {
            throw refused(SampleError.NO_KEY, input.stream().toString(), policy, "it has no key and by names no field");
        }
        String version = PolicyDigest.of(BigDecimal.valueOf(policy.percent()).stripTrailingZeros().toPlainString(), by);
        return new BoundSample(
                input, columns(input, policy, by), columns(input, policy, policy.report()), policy.report(),
                limit(policy.percent()), version);
    }

    /** Hashes below this, as numbers without sign, are in; 0: all are. */
    static long limit(double percent) {
        BigDecimal all = new BigDecimal(BigInteger.ONE.shiftLeft(64));
        BigInteger limit = all.multiply(BigDecimal.valueOf(percent)).divide(BigDecimal.valueOf(100), 0, RoundingMode.CEILING)
                .toBigInteger();
        return limit.longValue();
    }

    private static int[] columns(StreamSchema input, SamplePolicy policy, List<String> names) {
        List<String> known = input.columns().stream().map(Column::name).toList();
        return names.stream()
                .mapToInt(name -> {
                    int at = known.indexOf(name);
                    if (at < 0) {
                        String near = NearestName.of(name, known)
                                .map(nearest -> "; did you mean " + nearest + "?")
                                .orElse(known.size() <= 20 ? "; there are " + String.join(", ", known) : "");
                        throw refused(
                                SampleError.UNKNOWN_FIELD, input.stream().toString(), policy, "there is no field " + name + near);
                    }
                    switch (input.columns().get(at).type()) {
                        case ColumnType.ListOf ignored -> throw nested(input, policy, name);
                        case ColumnType.Struct ignored -> throw nested(input, policy, name);
                        case ColumnType.Interval ignored -> throw nested(input, policy, name);
                        default -> { }
                    }
                    return at;
                })
                .toArray();
    }

    private static WindrowException nested(StreamSchema input, SamplePolicy policy, String name) {
        return refused(SampleError.NOT_COMPARABLE, input.stream().toString(), policy, "the field " + name + " has parts");
    }

    private static WindrowException refused(SampleError error, String stream, SamplePolicy policy, String why) {
        return WindrowException.of(error, "Sampling stream " + stream + ": " + why).at(policy.origin().place());
    }
}
