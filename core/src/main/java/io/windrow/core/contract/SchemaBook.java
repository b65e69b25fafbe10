package io.windrow.core.contract;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.core.checkpoint.CheckpointError;
import io.windrow.core.checkpoint.Document;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.StateStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The schemas of a pipeline's streams in the state store: every accepted version, and the last one that was refused. */
public final class SchemaBook {
    private static final String ACCEPTED = "schema";
    private static final String REFUSED = "schema.refused";
    /** Which accepted version a refusal was judged against: their order does not hang on clocks. By stream, one for each refusal. */
    private static final String JUDGED = "schema.judged";
    private static final Pattern NUMBERS = Pattern.compile("\\{\"refused\":(\\d+),\"accepted\":(\\d+)\\}");

    private final StateStore store;
    private final String pipeline;

    /** The store stays the caller's. */
    public SchemaBook(StateStore store, String pipeline) {
        this.store = store;
        this.pipeline = pipeline;
    }

    /**
     * A version with the time at which it was recorded.
     *
     * @param version the schema
     * @param at when, UTC
     */
    public record Entry(SchemaVersion version, Instant at) {}

    /** All accepted versions by stream, oldest first. */
    public Map<StreamName, List<Entry>> accepted() {
        return entries(ACCEPTED);
    }

    /** The newest accepted version of each stream. */
    public Map<StreamName, SchemaVersion> newest() {
        Map<StreamName, SchemaVersion> newest = new TreeMap<>();
        accepted().forEach((stream, entries) -> newest.put(stream, entries.getLast().version()));
        return newest;
    }

    /** The schemas that were refused last, of the streams of which no other schema has passed or been accepted since. */
    public Map<StreamName, StreamSchema> refused() {
        Map<StreamName, List<Entry>> accepted = accepted();
        Map<StreamName, StreamSchema> refused = new TreeMap<>();
        Map<String, Map<Long, Long>> judged = judged();
        entries(REFUSED).forEach((stream, entries) -> {
            Entry last = entries.getLast();
            Optional<Long> against = Optional.ofNullable(
                    judged.getOrDefault(stream.toString(), Map.of()).get((long) last.version().schema().version()));
            if (isOpen(last, accepted.getOrDefault(stream, List.of()), against)) {
                refused.put(stream, last.version().schema());
            }
        });
        return refused;
    }

    /** The schema of one stream that was refused last, as {@link #refused()} has it. */
    public Optional<StreamSchema> refused(StreamName stream) {
        return Optional.ofNullable(refused().get(stream));
    }

    /** A later version with another schema settles a refusal; one that only names another owner or mode does not. */
    private static boolean isOpen(Entry refused, List<Entry> accepted, Optional<Long> against) {
        StreamSchema schema = refused.version().schema();
        // Refusals of earlier versions of Windrow say nothing but when they were.
        List<Entry> before = accepted.stream()
                .filter(entry -> against.map(version -> entry.version().schema().version() <= version)
                        .orElseGet(() -> entry.at().isBefore(refused.at())))
                .toList();
        List<Entry> since = accepted.subList(before.size(), accepted.size());
        if (before.isEmpty()) {
            return since.isEmpty();
        }
        StreamSchema known = before.getLast().version().schema();
        return !SchemaDiff.of(known, schema).isEmpty()
                && since.stream().allMatch(entry -> SchemaDiff.of(known, entry.version().schema()).isEmpty());
    }

    /** Adds a version. Needs the pipeline's lease. */
    public SchemaVersion accept(Lease lease, SchemaVersion version, Instant now) {
        return added(lease, ACCEPTED, version, now);
    }

    /** Keeps a schema that was refused, so that it can be accepted as it was. Needs the pipeline's lease. */
    public void refuse(Lease lease, StreamSchema schema, Instant now) {
        if (!refused(schema.stream()).map(known -> SchemaDiff.of(known, schema).isEmpty()).orElse(false)) {
            refused(lease, schema, now);
        }
    }

    /** Forgets what was refused of a stream whose schema passes now. Needs the pipeline's lease. */
    public void settle(Lease lease, StreamName stream, Instant now) {
        List<Entry> accepted = accepted().getOrDefault(stream, List.of());
        if (!accepted.isEmpty() && refused(stream).isPresent()) {
            // That the accepted schema came last says the same, in the layout that every version reads.
            refused(lease, accepted.getLast().version().schema(), now);
        }
    }

    private void refused(Lease lease, StreamSchema schema, Instant now) {
        String stream = schema.stream().toString();
        // What is judged stands first: without its refusal it says nothing.
        store.record(
                lease, JUDGED, stream,
                "{\"refused\":" + (count(REFUSED, stream) + 1) + ",\"accepted\":" + count(ACCEPTED, stream) + "}", now);
        added(lease, REFUSED, new SchemaVersion(schema, "", Compatibility.NONE), now);
    }

    private long count(String kind, String stream) {
        return store.documents(pipeline, kind).stream().filter(document -> document.name().equals(stream)).count();
    }

    /** By stream: for each refusal the accepted version that it was judged against. */
    private Map<String, Map<Long, Long>> judged() {
        Map<String, Map<Long, Long>> judged = new TreeMap<>();
        for (Document document : store.documents(pipeline, JUDGED)) {
            Matcher numbers = NUMBERS.matcher(document.json());
            if (!numbers.matches()) {
                throw WindrowException.of(
                        CheckpointError.CORRUPTED, "Reading which version a schema was judged against: it is not what Windrow writes");
            }
            judged.computeIfAbsent(document.name(), name -> new TreeMap<>())
                    .put(Long.valueOf(numbers.group(1)), Long.valueOf(numbers.group(2)));
        }
        return judged;
    }

    private SchemaVersion added(Lease lease, String kind, SchemaVersion version, Instant now) {
        String json = SchemaJson.write(version);
        Document document = store.record(lease, kind, version.schema().stream().toString(), json, now);
        return SchemaJson.read(json, document.version());
    }

    private Map<StreamName, List<Entry>> entries(String kind) {
        Map<StreamName, List<Entry>> entries = new TreeMap<>();
        for (Document document : store.documents(pipeline, kind)) {
            SchemaVersion version = SchemaJson.read(document.json(), document.version());
            entries.computeIfAbsent(version.schema().stream(), stream -> new ArrayList<>())
                    .add(new Entry(version, document.recordedAt()));
        }
        return entries;
    }
}
