package io.windrow.core.contract;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.core.policy.ContractPolicy;
import io.windrow.core.policy.Drift;
import io.windrow.core.policy.StreamContract;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Judges the schema that a source has now against the one that was accepted last. Without a contract every schema is
 * followed. Pure.
 *
 * @param pipeline the pipeline's file or name, for the command that accepts
 * @param contract what the pipeline file says
 * @param accepted the newest accepted versions
 */
public record SchemaGate(String pipeline, Optional<ContractPolicy> contract, Map<StreamName, SchemaVersion> accepted) {
    /**
     * What becomes of the stream.
     *
     * @param changes what has changed; empty for a first schema and for the same one
     * @param accepts the version to record before the first row; empty if the accepted one stays
     * @param kept the accepted schema that rows must be delivered in, although the source has another; empty if rows are
     *     delivered as they are
     */
    public record Passage(List<SchemaChange> changes, Optional<SchemaVersion> accepts, Optional<Kept> kept) {}

    /**
     * The accepted schema that rows are delivered in.
     *
     * @param schema the schema
     * @param misfits what becomes of rows that hold more than it
     */
    public record Kept(StreamSchema schema, Misfits misfits) {}

    /** What becomes of a row that holds more than the accepted schema. */
    public enum Misfits {
        /** It is delivered without that. */
        CUT,
        /** It is set aside. */
        SET_ASIDE
    }

    /** The policy for a stream. */
    public Drift policy(StreamName stream) {
        if (contract.isEmpty()) {
            return Drift.EVOLVE;
        }
        @Nullable StreamContract own = contract.get().streams().get(stream.toString());
        return own == null ? contract.get().onDrift() : own.onDrift().orElse(contract.get().onDrift());
    }

    /**
     * Lets a schema pass, or refuses it with {@link ContractError#DRIFT} or {@link ContractError#INCOMPATIBLE}.
     *
     * @param where the first position that carries the schema, for people; asked for if it is refused
     * @param owner who answers for the stream, for a version that is recorded
     */
    public Passage judge(StreamSchema offered, Supplier<String> where, String owner) {
        SchemaVersion before = accepted.get(offered.stream());
        if (before == null) {
            return new Passage(List.of(), Optional.of(new SchemaVersion(offered, owner, Compatibility.NONE)), Optional.empty());
        }
        List<SchemaChange> changes = SchemaDiff.of(before.schema(), offered);
        if (changes.isEmpty()) {
            return new Passage(changes, Optional.empty(), Optional.empty());
        }
        Drift policy = policy(offered.stream());
        List<SchemaChange> stopping = new ArrayList<>();
        boolean keeps = false;
        Misfits misfits = Misfits.CUT;
        if (contract.isPresent()) {
            for (SchemaChange change : changes) {
                switch (DriftRules.of(policy, change.kind())) {
                    case STOP -> stopping.add(change);
                    case KEEP -> {
                        keeps = true;
                        if (change.kind() == SchemaChange.Kind.RENAME && before.schema().indexOf(change.after()) >= 0) {
                            // Under the name of one accepted field would stand the values of another.
                            stopping.add(change);
                        }
                    }
                    case SET_ASIDE -> {
                        keeps = true;
                        misfits = Misfits.SET_ASIDE;
                    }
                    case FOLLOW -> {}
                }
            }
        }
        if (!stopping.isEmpty()) {
            throw refused(ContractError.DRIFT, offered.stream(), where, "policy " + policy.name().toLowerCase(java.util.Locale.ROOT) + " does not allow that ", stopping);
        }
        if (keeps) {
            return new Passage(changes, Optional.empty(), Optional.of(new Kept(before.schema(), misfits)));
        }
        List<String> clashes = AvroCheck.clashes(before, offered);
        if (!clashes.isEmpty()) {
            throw refused(
                    ContractError.INCOMPATIBLE, offered.stream(), where,
                    "the stream's compatibility " + before.compatibility().word() + " is broken (" + String.join("; ", clashes) + "), since ",
                    changes);
        }
        return new Passage(
                changes, Optional.of(new SchemaVersion(offered, before.owner().isEmpty() ? owner : before.owner(), before.compatibility())),
                Optional.empty());
    }

    private WindrowException refused(ContractError code, StreamName stream, Supplier<String> where, String why, List<SchemaChange> changes) {
        String all = String.join("; ", changes.stream().map(SchemaChange::toString).toList());
        WindrowException error = WindrowException.of(
                        code, "Comparing the schema of " + stream + " with the accepted one, first met " + where.get() + ": " + why + all)
                .remedy("Change the source back; or stop the run, if it follows, and accept the new schema: windrow schema accept " + pipeline + " --stream " + stream);
        return contract.map(policy -> error.at(policy.origin().place())).orElse(error);
    }
}
