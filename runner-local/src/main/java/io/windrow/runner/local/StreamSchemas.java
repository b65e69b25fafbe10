package io.windrow.runner.local;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.StreamPlan;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.contract.KeptSchemas;
import io.windrow.core.contract.SchemaBook;
import io.windrow.core.contract.SchemaChange;
import io.windrow.core.contract.SchemaGate;
import io.windrow.core.contract.SchemaVersion;
import io.windrow.core.plan.Admission;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Compares the schemas of one attempt with the accepted ones, and records new versions. Used by the caller's thread. */
final class StreamSchemas {
    private final RunParts parts;
    private final Lease lease;
    private final SchemaBook book;
    private final SchemaGate gate;
    private final Map<StreamName, SchemaVersion> accepts = new TreeMap<>();
    private final Map<StreamName, SchemaGate.Kept> kept = new TreeMap<>();
    private final Set<StreamName> refused = new TreeSet<>();

    StreamSchemas(RunParts parts, Lease lease) {
        this.parts = parts;
        this.lease = lease;
        this.book = new SchemaBook(parts.store(), parts.job().pipeline());
        this.gate = parts.job().schemas().gate(book.newest());
        this.refused.addAll(book.refused().keySet());
    }

    /** Lets a schema pass or throws; what was refused is kept, until one passes, so that it can be accepted later. */
    void admit(StreamSchema schema, Supplier<String> where) {
        SchemaGate.Passage passage;
        try {
            passage = gate.judge(schema, where, parts.job().schemas().owner());
        } catch (WindrowException e) {
            book.refuse(lease, schema, parts.context().clock().instant());
            refused.add(schema.stream());
            throw e;
        }
        if (refused.remove(schema.stream())) {
            book.settle(lease, schema.stream(), parts.context().clock().instant());
        }
        parts.job().steps().checkNames(passage, gate, schema);
        passage.accepts().ifPresent(version -> accepts.put(schema.stream(), version));
        passage.kept().ifPresent(keep -> kept.put(schema.stream(), keep));
        for (SchemaChange change : passage.changes()) {
            parts.announcer().tell(
                    "contract.changed",
                    "Stream " + schema.stream() + ": " + change
                            + (passage.kept().isPresent() ? "; rows are delivered in the accepted schema." : "; the new schema is accepted."));
        }
    }

    /** The schemas that were accepted last, whatever their streams hold now. */
    List<StreamSchema> accepted() {
        return gate.accepted().values().stream().map(SchemaVersion::schema).toList();
    }

    /** The step that delivers rows in their accepted schema, if a stream needs it. */
    Optional<KeptSchemas> kept() {
        return kept.isEmpty() ? Optional.empty() : Optional.of(new KeptSchemas(kept));
    }

    /** The plan in the schema that rows are delivered in: policies speak of the accepted names. */
    StreamPlan delivered(StreamPlan plan) {
        SchemaGate.Kept keep = kept.get(plan.schema().stream());
        return keep == null ? plan : Admission.delivered(plan, keep);
    }

    /**
     * The target takes the stream's rows: its schema counts as accepted from now on.
     *
     * @return the version in which rows are delivered
     */
    int accept(StreamName stream) {
        SchemaVersion version = accepts.remove(stream);
        SchemaVersion current = version == null
                ? gate.accepted().get(stream)
                : book.accept(lease, version, parts.context().clock().instant());
        return current == null ? 1 : current.schema().version();
    }
}
