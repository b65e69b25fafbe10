package io.windrow.core.plan;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.StreamPlan;
import io.windrow.api.transform.BoundTransform;
import io.windrow.api.transform.Transform;
import io.windrow.core.contract.ContractTransform;
import io.windrow.core.contract.SchemaDiff;
import io.windrow.core.contract.SchemaGate;
import io.windrow.core.contract.SchemaVersion;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.policy.Governance;
import io.windrow.core.transform.Hiding;
import io.windrow.core.transform.change.ChangeLog;
import io.windrow.core.transform.dedupe.Dedupe;
import io.windrow.core.transform.dedupe.RowMemory;
import io.windrow.core.transform.mask.MaskError;
import io.windrow.core.transform.mask.MaskTransform;
import io.windrow.core.transform.provenance.ProvenanceTransform;
import io.windrow.core.transform.provenance.RunFacts;
import io.windrow.core.transform.sample.SampleTransform;
import io.windrow.core.transform.shape.ShapeTransform;
import io.windrow.core.transform.watermark.WatermarkTransform;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * What happens to rows between source and sink, in this order: watermark, contract, mask, dedupe of the rows that filter and shape
 * let through, filter and shape, sample, provenance. A step that does not concern a stream gives its batches back as they are. Immutable.
 *
 * @param transforms the steps in order
 */
public record Steps(List<Transform> transforms) {
    /** Rows pass untouched. */
    public static final Steps NONE = new Steps(List.of());

    public Steps {
        transforms = List.copyOf(transforms);
    }

    /** The steps of a pipeline's policies. */
    public static Steps of(Governance governance) {
        List<Transform> transforms = new ArrayList<>();
        // Each policy adds its step here, in the order that the class comment names.
        if (!governance.watermark().isEmpty()) {
            transforms.add(new WatermarkTransform(governance.watermark()));
        }
        governance.contract().ifPresent(contract -> transforms.add(new ContractTransform(contract)));
        if (!governance.mask().isEmpty()) {
            transforms.add(new MaskTransform(governance.mask()));
        }
        ShapeTransform shape = new ShapeTransform(governance.transform());
        if (!governance.dedupe().isEmpty()) {
            // A row that never comes out is remembered by nobody, else its mended version would be taken for a repeated one.
            transforms.add(shape.judging(stream -> governance.dedupe().containsKey(stream.toString())));
            transforms.add(new Dedupe(governance.dedupe()));
        }
        if (!governance.transform().isEmpty()) {
            transforms.add(shape);
        }
        if (!governance.sample().isEmpty()) {
            transforms.add(new SampleTransform(governance.sample()));
        }
        governance.provenance().ifPresent(provenance -> transforms.add(new ProvenanceTransform(provenance)));
        return new Steps(transforms);
    }

    /**
     * Refuses, before anything is read, what does not fit the streams of a run or would undo a mask.
     *
     * @param plans the streams that are read, in the schemas that they are delivered in
     * @param placed for each stream the columns whose values the target shows outside the rows, as in partition folders
     * @param others the schemas of the pipeline's other streams, asked for only if a policy may speak of one of them
     */
    public void check(
            Collection<StreamPlan> plans, Map<StreamName, List<String>> placed, Supplier<Collection<StreamSchema>> others) {
        for (Transform transform : transforms) {
            if (transform instanceof MaskTransform mask) {
                mask.check(plans.stream().map(StreamPlan::schema).toList(), others);
            }
        }
        for (StreamPlan plan : plans) {
            List<BoundTransform> bound = bind(plan.schema());
            try {
                for (BoundTransform step : bound) {
                    if (step instanceof Hiding hiding) {
                        check(plan, hiding, origins(plan.schema(), placed.getOrDefault(plan.schema().stream(), List.of())));
                        checkTold(plan, hiding);
                        watermarks().ifPresent(watermark -> watermark.check(plan.schema(), hiding.hidden()));
                    }
                }
            } finally {
                bound.forEach(BoundTransform::close);
            }
        }
    }

    /** Whether a mask hides a column whose values stand in positions. */
    public boolean hidesPositions(StreamPlan delivered) {
        Set<String> hidden = delivered.positionFields().isEmpty() ? Set.of() : hidden(delivered.schema());
        return delivered.positionFields().stream().anyMatch(hidden::contains);
    }

    /** Refuses a schema that would be followed if a field lost its mask with its name (I11). */
    public void checkRenames(StreamSchema accepted, StreamSchema offered) {
        for (Transform transform : transforms) {
            if (transform instanceof MaskTransform mask) {
                mask.checkRenames(accepted, offered, SchemaDiff.acceptedNames(accepted, offered));
            }
        }
    }

    /** Refuses a schema that the gate let pass if a field would lose its mask, with its name or with the one that it keeps (I11). */
    public void checkNames(SchemaGate.Passage passage, SchemaGate gate, StreamSchema offered) {
        SchemaVersion accepted = gate.accepted().get(offered.stream());
        if (accepted != null && passage.kept().isEmpty()) {
            checkRenames(accepted.schema(), offered);
        } else if (accepted != null) {
            for (Transform transform : transforms) {
                if (transform instanceof MaskTransform mask) {
                    mask.checkKept(accepted.schema(), offered, SchemaDiff.acceptedNames(accepted.schema(), offered));
                }
            }
        }
    }

    /** What columns of the output are called before the steps; a renamed column keeps its id. */
    private List<String> origins(StreamSchema input, List<String> fields) {
        StreamSchema output = output(input);
        Map<Integer, String> names = new HashMap<>();
        input.columns().forEach(column -> names.put(column.id(), column.name()));
        return fields.stream()
                .map(field -> output.indexOf(field) < 0
                        ? field
                        : names.getOrDefault(output.columns().get(output.indexOf(field)).id(), field))
                .toList();
    }

    /** Rows that a mask makes alike would be taken for repeated ones and lost, or be in a sample together or not at all. */
    private void checkTold(StreamPlan plan, Hiding hiding) {
        StreamSchema schema = plan.schema();
        for (Transform transform : transforms) {
            switch (transform) {
                case Dedupe dedupe -> {
                    String told = ", by which repeated rows are told: ";
                    for (String field : dedupe.fields(schema)) {
                        refuse(hiding.ambiguous(), MaskError.KEY_NOT_INJECTIVE, schema, field, told + "different rows would be taken for repeated ones");
                        refuse(hiding.rotating(), MaskError.PREVIOUS_KEY_UNFIT, schema, field, told + "under a new key no row is a repeated one");
                    }
                }
                case SampleTransform sample -> {
                    for (String field : origins(schema, sample.by(output(schema)))) {
                        refuse(hiding.ambiguous(), MaskError.KEY_NOT_INJECTIVE, schema, field,
                                ", by which the sample is taken: rows that differ in it would all be in or all be out");
                    }
                }
                default -> {}
            }
        }
    }

    private void refuse(Set<String> among, MaskError error, StreamSchema schema, String field, String why) {
        if (among.contains(field)) {
            throw placed(schema, field, WindrowException.of(error, "Masking field " + field + " of " + schema.stream() + why));
        }
    }

    private void check(StreamPlan plan, Hiding hiding, List<String> placed) {
        for (String field : plan.positionFields()) {
            refuse(hiding.hidden(), MaskError.CURSOR_MASKED, plan.schema(), field, ": its values stand in positions");
        }
        for (String field : placed) {
            if (hiding.ambiguous().contains(field)) {
                throw placed(plan.schema(), field, WindrowException.of(
                        MaskError.KEY_NOT_INJECTIVE,
                        "Masking partition field " + field + " of " + plan.schema().stream()
                                + ": different partitions would become one"));
            }
        }
    }

    /** The error with the place of the rule that masks the field. */
    private WindrowException placed(StreamSchema schema, String field, WindrowException error) {
        return transforms.stream()
                .filter(MaskTransform.class::isInstance)
                .flatMap(mask -> ((MaskTransform) mask).place(schema, field).stream())
                .findFirst()
                .map(error::at)
                .orElse(error);
    }

    /** The same steps with nothing remembered yet, for one attempt. */
    public Steps begin(RunFacts attempt) {
        return each(step -> switch (step) {
            case Dedupe dedupe -> dedupe.begin(attempt.key());
            case WatermarkTransform watermark -> watermark.begin();
            case ProvenanceTransform provenance -> provenance.begin(attempt);
            default -> step;
        });
    }

    /** How positions of these streams are shown: none as it is that holds a value which the target does not get (I11). */
    public ShownPositions shownPositions(Collection<StreamPlan> plans, HashKey key) {
        Set<StreamName> withheld = new TreeSet<>();
        for (StreamPlan plan : plans) {
            Set<Column> delivered = new HashSet<>(output(plan.schema()).columns());
            Set<String> hidden = hidden(plan.schema());
            if (plan.positionFields().stream().anyMatch(field -> hidden.contains(field)
                    || plan.schema().columns().stream().noneMatch(column ->
                            column.name().equals(field) && delivered.contains(column)))) {
                withheld.add(plan.schema().stream());
            }
        }
        return new ShownPositions(withheld, key);
    }

    /** The same steps, which show positions so, in provenance and with rows that are set aside. */
    public Steps showing(ShownPositions positions) {
        if (positions.withheld().isEmpty()) {
            return this;
        }
        List<Transform> all = new ArrayList<>(each(step ->
                step instanceof ProvenanceTransform provenance ? provenance.sealing(positions.withheld()) : step).transforms);
        all.add(positions);
        return new Steps(all);
    }

    /** The steps that make the same of the same rows in any run, for showing and comparing rows: all but provenance. */
    public Steps repeatable() {
        return new Steps(transforms.stream().filter(step -> !(step instanceof ProvenanceTransform)).toList());
    }

    private Steps each(UnaryOperator<Transform> change) {
        return new Steps(transforms.stream().map(change).toList());
    }

    /** What the steps remember of a stream from epoch to epoch; empty if nothing. */
    public Optional<RowMemory> memory(StreamName stream) {
        return transforms.stream()
                .filter(Dedupe.class::isInstance)
                .findFirst()
                .flatMap(step -> ((Dedupe) step).memory(stream));
    }

    /** The step that knows up to when each stream is complete; empty if no stream has a field of event time. */
    public Optional<WatermarkTransform> watermarks() {
        return transforms.stream()
                .filter(WatermarkTransform.class::isInstance)
                .map(WatermarkTransform.class::cast)
                .findFirst();
    }

    /** Whether every row of an epoch must have passed before one of the next may. */
    public boolean ordered() {
        return transforms.stream().anyMatch(Dedupe.class::isInstance);
    }

    /** The same after another step. */
    public Steps after(Transform first) {
        List<Transform> all = new ArrayList<>(List.of(first));
        all.addAll(transforms);
        return new Steps(all);
    }

    /**
     * The same, and where changes of a stream are kept they become rows, as the last step. Refuses, with the place in the
     * file, steps for streams of changes that need whole rows, which a change does not always have: applied by key, a change
     * that is left out would leave at the target what the source has no more.
     */
    public Steps keepingChanges(Collection<PlannedStream> streams) {
        for (PlannedStream stream : streams) {
            if (stream.read() == ReadMode.CDC) {
                UnfitSteps.ofChanges(stream.stream(), transforms);
            }
        }
        Set<StreamName> kept =
                streams.stream().filter(PlannedStream::keepsChanges).map(PlannedStream::stream).collect(Collectors.toSet());
        if (kept.isEmpty()) {
            return this;
        }
        List<Transform> all = new ArrayList<>(transforms);
        all.add(new ChangeLog(kept));
        return new Steps(all);
    }

    /**
     * What a target that goes by keys does not hear of because rows are left out or set aside on the way: a sentence for each; empty if
     * it hears of every change that is read.
     */
    public Optional<String> unheard(PlannedStream stream) {
        return Unheard.of(stream, transforms);
    }

    /** Refuses, with the place in the file, what would not let a target that goes by the key find the rows that it has. */
    public void checkKey(StreamSchema input) {
        List<BoundTransform> bound = bind(input);
        try {
            UnfitSteps.ofKey(input, transforms, bound);
        } finally {
            bound.forEach(BoundTransform::close);
        }
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

    /** The columns of this schema whose values are not seen after the steps. */
    public Set<String> hidden(StreamSchema input) {
        List<BoundTransform> bound = bind(input);
        try {
            Set<String> hidden = new TreeSet<>();
            for (BoundTransform step : bound) {
                if (step instanceof Hiding hiding) {
                    hidden.addAll(hiding.hidden());
                }
            }
            return hidden;
        } finally {
            bound.forEach(BoundTransform::close);
        }
    }

    /** The versions of the policies that shape rows of this schema; empty if none does. */
    public Map<String, String> policies(StreamSchema input) {
        List<BoundTransform> bound = bind(input);
        try {
            Map<String, String> policies = new TreeMap<>();
            bound.forEach(step -> policies.putAll(step.policies()));
            return policies;
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
