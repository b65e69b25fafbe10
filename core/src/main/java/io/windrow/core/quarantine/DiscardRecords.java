package io.windrow.core.quarantine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * The records of rows that have left a quarantine, one JSON object a line in {@code <pipeline>.discarded.jsonl} beside the
 * pipeline's folder: what they were, and whether they were thrown away or delivered after all.
 */
record DiscardRecords(QuarantineFolder folder) {
    private static final JsonFactory JSON = new JsonFactory();

    /** What becomes of the rows. */
    enum End {
        THROWN_AWAY,
        DELIVERED
    }

    /** What is taken out of one file. */
    record Cut(String file, long gone, long left, String sha256) {}

    private Path path() {
        return folder.path(folder.pipeline() + ".discarded.jsonl");
    }

    /** Adds a record, durably. */
    void add(String who, Instant now, End how, List<QuarantinedGroup> groups, List<Cut> cuts) {
        Path target = path();
        QuarantineFolder.run("Writing", target, () -> {
            StringWriter text = new StringWriter();
            try (JsonGenerator json = JSON.createGenerator(text)) {
                write(json, who, now, how, groups, cuts);
            }
            ByteBuffer line = StandardCharsets.UTF_8.encode((endsTorn(target) ? "\n" : "") + text + "\n");
            try (FileChannel channel = FileChannel.open(
                    target, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                while (line.hasRemaining()) {
                    channel.write(line);
                }
                channel.force(true);
            }
            return target;
        });
        folder.sync("");
    }

    /** Whether the last record was cut short, by a crash or a full disk. */
    private static boolean endsTorn(Path target) throws IOException {
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(target)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            return channel.size() > 0 && channel.read(last, channel.size() - 1) == 1 && last.get(0) != '\n';
        }
    }

    private static void write(
            JsonGenerator json, String who, Instant now, End end, List<QuarantinedGroup> groups, List<Cut> cuts)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("time", now.toString());
        json.writeStringField("who", who);
        json.writeBooleanField("delivered", end == End.DELIVERED);
        json.writeNumberField("rows", cuts.stream().mapToLong(Cut::gone).sum());
        json.writeArrayFieldStart("groups");
        for (QuarantinedGroup group : groups) {
            json.writeStartObject();
            json.writeStringField("stream", group.stream().toString());
            json.writeStringField("code", group.code());
            json.writeStringField("field", group.field());
            json.writeNumberField("rows", group.rows());
            json.writeNumberField("first_epoch", group.firstEpoch());
            json.writeNumberField("last_epoch", group.lastEpoch());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("files");
        for (Cut cut : cuts) {
            json.writeStartObject();
            json.writeStringField("file", cut.file());
            json.writeStringField("sha256_before", cut.sha256());
            json.writeNumberField("rows_deleted", cut.gone());
            json.writeNumberField("rows_left", cut.left());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** Whether rows that some generations of a stream set aside were thrown away. */
    boolean threwAway(StreamName stream, Set<Long> generations) {
        Path target = path();
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        String home = folder.of(stream) + "/";
        return QuarantineFolder.read(target, () -> new String(Files.readAllBytes(target), StandardCharsets.UTF_8)).lines()
                .anyMatch(line -> threwAway(line, home, generations));
    }

    /** What does not say that its rows were delivered is taken for a record of rows that were not. */
    private boolean threwAway(String line, String home, Set<Long> generations) {
        boolean concerned = false;
        try (JsonParser json = JSON.createParser(line)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.VALUE_TRUE && "delivered".equals(json.currentName())) {
                    return false;
                }
                if (token == JsonToken.VALUE_STRING && "file".equals(json.currentName()) && json.getText().startsWith(home)) {
                    concerned |= QuarantineFolder.Name.of(json.getText().substring(home.length()))
                            .filter(name -> generations.contains(name.generation()))
                            .isPresent();
                }
            }
            return concerned;
        } catch (IOException e) {
            if (e instanceof JsonEOFException || !line.endsWith("}")) {
                // A record is whole before any row leaves: of one that a crash or a full disk cut short no row has left.
                return false;
            }
            throw WindrowException.of(
                    QuarantineError.UNREADABLE, "Reading " + path() + ": it holds a line that the quarantine has not written");
        }
    }
}
