package io.windrow.core.quarantine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.batch.Batch;
import io.windrow.api.schema.StreamSchema;
import io.windrow.core.transform.shape.CastText;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys of rows that were set aside, masked like the rows. A row was set aside before its key was renamed or cast by the steps, so
 * both its line and the rows that are delivered are read in one spelling. Its size grows with the quarantine of
 * one stream, which {@code quarantine.limit} bounds.
 */
public final class QuarantinedKeys {
    private static final JsonFactory JSON = new JsonFactory();

    private final StreamSchema schema;
    private final List<KeyColumn> columns;
    private final Set<List<String>> keys = new LinkedHashSet<>();
    private long withoutKey;
    private long firstEpoch = Long.MAX_VALUE;

    /**
     * A column of the key.
     *
     * @param id its id
     * @param before what it is called before the steps
     * @param cast how the steps spell its values; empty: as they come
     */
    public record KeyColumn(int id, String before, Optional<CastText> cast) {}

    private QuarantinedKeys(StreamSchema schema, List<KeyColumn> columns) {
        this.schema = schema;
        this.columns = List.copyOf(columns);
    }

    /**
     * Reads them.
     *
     * @param schema what the stream's rows are delivered in; it names the key
     * @param columns the columns of the key, in its order
     */
    public static QuarantinedKeys of(Quarantine quarantine, Quarantine.Filter filter, StreamSchema schema, List<KeyColumn> columns) {
        QuarantinedKeys keys = new QuarantinedKeys(schema, columns);
        quarantine.rows(filter, row -> {
            if (row.stream().equals(schema.stream())) {
                Optional<List<String>> key = keys.key(row);
                key.ifPresent(keys.keys::add);
                keys.withoutKey += key.isPresent() ? 0 : 1;
                keys.firstEpoch = Math.min(keys.firstEpoch, row.epoch());
            }
            return true;
        });
        return keys;
    }

    /** The key in a line; empty if a part of it is null, withheld or not there. */
    public Optional<List<String>> key(QuarantinedRow row) {
        Map<String, String> values = new HashMap<>();
        try (JsonParser json = JSON.createParser(row.row())) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                if (json.nextToken().isStructStart()) {
                    json.skipChildren();
                } else if (json.currentToken() != JsonToken.VALUE_NULL) {
                    values.put(name, json.getText());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Reading JSON from memory", e);
        }
        List<String> key = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            KeyColumn column = columns.get(i);
            // A line of an earlier version does not say what it calls the key.
            String name = row.key().getOrDefault(column.id(), values.containsKey(schema.key().get(i)) ? schema.key().get(i) : column.before());
            @Nullable String value = values.get(name);
            if (value == null) {
                return Optional.empty();
            }
            key.add(column.cast().map(cast -> cast.before(value)).orElse(value));
        }
        return key.isEmpty() ? Optional.empty() : Optional.of(key);
    }

    /** The key of a delivered row, in the same spelling. */
    public List<String> key(Batch batch, int row) {
        List<String> key = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            int at = schema.indexOf(schema.key().get(i));
            StringWriter text = new StringWriter();
            try {
                try (JsonGenerator json = JSON.createGenerator(text)) {
                    JsonValues.write(json, schema.columns().get(at).type(), batch.arrow().getVector(at), row);
                }
                try (JsonParser json = JSON.createParser(text.toString())) {
                    json.nextToken();
                    String value = json.getText();
                    key.add(columns.get(i).cast().map(cast -> cast.after(value)).orElse(value));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("Writing JSON to memory", e);
            }
        }
        return key;
    }

    /** Whether a delivered row has one of the keys. */
    public boolean holds(Batch batch, int row) {
        return keys.contains(key(batch, row));
    }

    /** The keys, as their lines spell them where nothing is cast, in the order of the quarantine. */
    public List<List<String>> all() {
        return List.copyOf(keys);
    }

    /** How many keys there are. */
    public int size() {
        return keys.size();
    }

    /** The first epoch that set one of the rows aside. */
    public long firstEpoch() {
        return firstEpoch;
    }

    /** How many rows have no key by which they could be found again. */
    public long withoutKey() {
        return withoutKey;
    }
}
