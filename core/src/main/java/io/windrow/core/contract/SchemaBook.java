package io.windrow.core.contract;

import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.core.checkpoint.Document;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.StateStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The schemas of a pipeline's streams in the state store: every accepted version, and the last one that was refused. */
public final class SchemaBook {
    private static final String ACCEPTED = "schema";
    private static final String REFUSED = "schema.refused";

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
        entries(REFUSED).forEach((stream, entries) -> {
            if (isOpen(entries.getLast(), accepted.getOrDefault(stream, List.of()))) {
                refused.put(stream, entries.getLast().version().schema());
            }
        });
        return refused;
    }

    /** The schema of one stream that was refused last, as {@link #refused()} has it. */
    public Optional<StreamSchema> refused(StreamName stream) {
        return Optional.ofNullable(refused().get(stream));
    }

    /** A later version with another schema settles a refusal; one that only names another owner or mode does not. */
    private static boolean isOpen(Entry refused, List<Entry> accepted) {
        StreamSchema schema = refused.version().schema();
        List<Entry> before = accepted.stream().filter(entry -> entry.at().isBefore(refused.at())).toList();
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
            added(lease, REFUSED, new SchemaVersion(schema, "", Compatibility.NONE), now);
        }
    }

    /** Forgets what was refused of a stream whose schema passes now. Needs the pipeline's lease. */
    public void settle(Lease lease, StreamName stream, Instant now) {
        List<Entry> accepted = accepted().getOrDefault(stream, List.of());
        if (!accepted.isEmpty() && refused(stream).isPresent()) {
            // That the accepted schema came last says the same, in the layout that every version reads.
            added(lease, REFUSED, new SchemaVersion(accepted.getLast().version().schema(), "", Compatibility.NONE), now);
        }
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
