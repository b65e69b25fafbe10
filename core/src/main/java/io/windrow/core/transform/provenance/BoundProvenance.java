package io.windrow.core.transform.provenance;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.ChangeColumns;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.core.policy.ProvenancePolicy.Fact;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** The fields of one stream. */
final class BoundProvenance implements BoundTransform {
    private final StreamSchema output;
    private final List<Fact> facts;
    private final Optional<RunFacts> run;
    private final boolean sealed;
    private final String version;
    private final String place;
    private long epoch;

    BoundProvenance(
            StreamSchema output, List<Fact> facts, Optional<RunFacts> run, boolean sealed, String version, String place) {
        this.output = output;
        this.facts = facts;
        this.run = run;
        this.sealed = sealed;
        this.version = version;
        this.place = place;
    }

    @Override
    public StreamSchema output() {
        return output;
    }

    @Override
    public Map<String, String> policies() {
        return Map.of("provenance", version);
    }

    @Override
    public void epoch(long next) {
        epoch = next;
    }

    @Override
    public Batch apply(Batch batch) {
        RunFacts of = run.orElseThrow(() -> new IllegalStateException("Rows have an origin only within a run"));
        if (batch.changes().flatMap(ChangeColumns::before).isPresent()) {
            throw WindrowException.of(
                            ProvenanceError.BEFORE_IMAGE,
                            "Adding fields to stream " + batch.stream() + ": its changes come with the state before them")
                    .at(place);
        }
        List<FieldVector> vectors = new ArrayList<>(batch.arrow().getFieldVectors());
        int given = vectors.size();
        try {
            for (Fact fact : facts) {
                vectors.add(vector(batch, vectors.size(), fact, of));
            }
        } catch (RuntimeException e) {
            vectors.subList(given, vectors.size()).forEach(FieldVector::close);
            throw e;
        }
        int rows = batch.rowCount();
        Batch.Parts parts = batch.release();
        VectorSchemaRoot root = new VectorSchemaRoot(ArrowTypes.schema(output).getFields(), vectors, rows);
        return parts.withRows(output, root, parts.changes()).batch();
    }

    private FieldVector vector(Batch batch, int at, Fact fact, RunFacts of) {
        // A batch has columns, and they know where its memory comes from.
        FieldVector vector = ArrowTypes.field(output.columns().get(at)).createVector(batch.arrow().getVector(0).getAllocator());
        try {
            int rows = batch.rowCount();
            switch (fact) {
                case RUN -> fill((BaseVariableWidthVector) vector, of.run(), rows);
                case EPOCH -> fill((BaseFixedWidthVector) vector, epoch, rows);
                case EXTRACTED_AT -> fill(
                        (BaseFixedWidthVector) vector, ChronoUnit.MICROS.between(Instant.EPOCH, of.clock().instant()), rows);
                case POSITION -> {
                    String text = batch.position().text();
                    // I11: a position that holds what the target does not get is shown as its keyed digest.
                    fill((BaseVariableWidthVector) vector, sealed ? of.key().digest(text) : text, rows);
                }
            }
            return vector;
        } catch (RuntimeException e) {
            vector.close();
            throw e;
        }
    }

    private static void fill(BaseFixedWidthVector vector, long value, int rows) {
        vector.allocateNew(rows);
        for (int row = 0; row < rows; row++) {
            BitVectorHelper.setBit(vector.getValidityBuffer(), row);
            vector.getDataBuffer().setLong(8L * row, value);
        }
        vector.setValueCount(rows);
    }

    private static void fill(BaseVariableWidthVector vector, String text, int rows) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        vector.allocateNew((long) bytes.length * rows, rows);
        for (int row = 0; row < rows; row++) {
            vector.setSafe(row, bytes);
        }
        vector.setValueCount(rows);
    }

    @Override
    public void close() {}
}
