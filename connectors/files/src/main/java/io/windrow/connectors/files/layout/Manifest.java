package io.windrow.connectors.files.layout;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.WriteMode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one stream's part of one epoch made visible. It appears, whole, after everything it names; whoever reads
 * manifests sees whole epochs.
 *
 * @param identity by what the commit is recognised (I4)
 * @param fencingToken the owner's token (I6)
 * @param mode the write mode
 * @param schemaVersion the schema version of the rows, 0 if there are none
 * @param supersedes the generation whose rows this commit took the place of
 * @param completesGeneration whether the read ended with this epoch
 * @param at when the commit was made, or the oldest of those that it replaces; grace and retention count from it
 * @param replaces the commits whose place this one took, each as a whole; they count no more from its appearance on
 * @param files the files, paths below the root
 */
public record Manifest(
        CommitIdentity identity,
        long fencingToken,
        WriteMode mode,
        int schemaVersion,
        Optional<Long> supersedes,
        boolean completesGeneration,
        Instant at,
        List<Replaced.Commit> replaces,
        List<StagedFile> files) {
    private static final int FIRST_VERSION = 1;
    /** Since 2 a file names its schema. */
    private static final int VERSION = 2;
    /** Of a manifest that takes the place of others: who does not know that must not count its rows beside theirs. */
    private static final int REPLACING_VERSION = 3;

    public Manifest {
        replaces = List.copyOf(replaces);
        files = List.copyOf(files);
    }

    /** Rows in all files. */
    public long rows() {
        return files.stream().mapToLong(StagedFile::rows).sum();
    }

    /** Compact JSON. */
    public String toJson() {
        return Books.write(out -> {
            out.writeStartObject();
            out.writeNumberField("version", replaces.isEmpty() ? VERSION : REPLACING_VERSION);
            out.writeStringField("pipeline", identity.pipeline());
            out.writeStringField("namespace", identity.stream().namespace());
            out.writeStringField("stream", identity.stream().name());
            out.writeNumberField("generation", identity.generation());
            out.writeNumberField("epoch", identity.epoch());
            out.writeStringField("digest", identity.digest());
            out.writeNumberField("fencing_token", fencingToken);
            out.writeStringField("mode", mode.name());
            out.writeNumberField("schema_version", schemaVersion);
            if (supersedes.isPresent()) {
                out.writeNumberField("supersedes", supersedes.get());
            }
            out.writeBooleanField("completes_generation", completesGeneration);
            out.writeStringField("at", at.toString());
            if (!replaces.isEmpty()) {
                Replaced.write(out, replaces);
            }
            out.writeNumberField("rows", rows());
            writeFiles(out);
            out.writeEndObject();
        });
    }

    private void writeFiles(JsonGenerator out) throws IOException {
        out.writeArrayFieldStart("files");
        for (StagedFile file : files) {
            file.write(out);
        }
        out.writeEndArray();
    }

    /** The inverse of {@link #toJson()}. */
    public static Manifest parse(String what, String json) {
        return Books.read(what, json, Manifest::read);
    }

    private static Manifest read(JsonParser in) throws IOException {
        int version = 0;
        String pipeline = "";
        String namespace = "";
        String stream = "";
        long generation = 0;
        long epoch = 0;
        String digest = "";
        long token = 0;
        WriteMode mode = WriteMode.APPEND;
        int schemaVersion = 0;
        Optional<Long> supersedes = Optional.empty();
        boolean completes = false;
        Instant at = Instant.EPOCH;
        long rows = -1;
        List<Replaced.Commit> replaces = List.of();
        List<StagedFile> files = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String field = Books.field(in);
            switch (field) {
                case "version" -> version = in.getIntValue();
                case "pipeline" -> pipeline = in.getText();
                case "namespace" -> namespace = in.getText();
                case "stream" -> stream = in.getText();
                case "generation" -> generation = in.getLongValue();
                case "epoch" -> epoch = in.getLongValue();
                case "digest" -> digest = in.getText();
                case "fencing_token" -> token = in.getLongValue();
                case "mode" -> mode = mode(in.getText());
                case "schema_version" -> schemaVersion = in.getIntValue();
                case "supersedes" -> supersedes = Optional.of(in.getLongValue());
                case "completes_generation" -> completes = in.getBooleanValue();
                case "at" -> at = Instant.parse(in.getText());
                case "rows" -> rows = Books.count(in, field);
                case Replaced.FIELD -> replaces = Replaced.read(in);
                case "files" -> {
                    if (in.currentToken() != JsonToken.START_ARRAY) {
                        throw new IOException("files is no list");
                    }
                    while (in.nextToken() != JsonToken.END_ARRAY) {
                        files.add(StagedFile.read(in));
                    }
                }
                default -> throw new IOException("unknown field " + field);
            }
        }
        if (version < FIRST_VERSION || version > REPLACING_VERSION || stream.isEmpty()) {
            throw new IOException("layout " + version + " is unknown");
        }
        // Math.addExact: a sum that wraps round is no sum.
        if (rows != files.stream().mapToLong(StagedFile::rows).reduce(0, Math::addExact)) {
            throw new IOException("its files do not hold the " + rows + " rows that it counts");
        }
        CommitIdentity identity =
                new CommitIdentity(pipeline, new StreamName(namespace, stream), generation, epoch, digest);
        return new Manifest(identity, token, mode, schemaVersion, supersedes, completes, at, replaces, files);
    }

    private static WriteMode mode(String name) throws IOException {
        for (WriteMode mode : WriteMode.values()) {
            if (mode.name().equals(name)) {
                return mode;
            }
        }
        throw new IOException("unknown mode " + name);
    }
}
