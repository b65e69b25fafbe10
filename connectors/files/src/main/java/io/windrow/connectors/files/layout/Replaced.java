package io.windrow.connectors.files.layout;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Commits whose place another one is to take. The JSON of it is what {@link io.windrow.api.sink.Staged} carries beside the
 * files of that commit.
 *
 * @param commits them, each as a whole
 */
public record Replaced(List<Commit> commits) {
    /** The layout of the JSON: a number that no layout of {@link StagedFile} has. */
    public static final int VERSION = 3;

    static final String FIELD = "replaces";

    public Replaced {
        commits = List.copyOf(commits);
    }

    /** One commit of the stream. */
    public record Commit(long generation, long epoch) {}

    /** Compact JSON. */
    public String toJson() {
        return Books.write(out -> {
            out.writeStartObject();
            write(out, commits);
            out.writeEndObject();
        });
    }

    /** The inverse of {@link #toJson()}. */
    public static Replaced parse(String json) {
        return Books.read("a staged replacement", json, in -> {
            List<Commit> commits = List.of();
            while (in.nextToken() != JsonToken.END_OBJECT) {
                String field = Books.field(in);
                if (!field.equals(FIELD)) {
                    throw new IOException("unknown field " + field);
                }
                commits = read(in);
            }
            return new Replaced(commits);
        });
    }

    static void write(JsonGenerator out, List<Commit> commits) throws IOException {
        out.writeArrayFieldStart(FIELD);
        for (Commit commit : commits) {
            out.writeStartObject();
            out.writeNumberField("generation", commit.generation());
            out.writeNumberField("epoch", commit.epoch());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    static List<Commit> read(JsonParser in) throws IOException {
        List<Commit> commits = new ArrayList<>();
        while (in.nextToken() == JsonToken.START_OBJECT) {
            long generation = 0;
            long epoch = 0;
            while (in.nextToken() != JsonToken.END_OBJECT) {
                String field = Books.field(in);
                switch (field) {
                    case "generation" -> generation = Books.count(in, field);
                    case "epoch" -> epoch = Books.count(in, field);
                    default -> throw new IOException("unknown field " + field);
                }
            }
            commits.add(new Commit(generation, epoch));
        }
        return commits;
    }
}
