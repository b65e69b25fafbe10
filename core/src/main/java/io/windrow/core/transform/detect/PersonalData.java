package io.windrow.core.transform.detect;

import io.windrow.api.batch.Batch;
import io.windrow.api.schema.Column;
import io.windrow.core.policy.MaskRule.Detector;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.FieldVector;

/** Counts what finders find in the texts of a sample. Keeps no value (I11). Used by one thread. */
public final class PersonalData {
    private final Map<Detector, Finder> finders = new EnumMap<>(Detector.class);
    private final Map<String, Map<Detector, Long>> counts = new LinkedHashMap<>();
    private final Map<String, Long> values = new LinkedHashMap<>();

    /**
     * What stands in one column.
     *
     * @param column its name
     * @param detector what was found most often
     * @param found in how many values
     * @param values values that are not null
     */
    public record Found(String column, Detector detector, long found, long values) {}

    /** A count of nothing yet; {@code region} is the ISO country of phone numbers without a country code. */
    public PersonalData(Optional<String> region) {
        for (Detector detector : Detector.values()) {
            finders.put(detector, Finders.of(detector, region));
        }
    }

    /** Looks at up to so many rows of a batch, which stays the caller's. */
    public void add(Batch batch, int rows) {
        for (int i = 0; i < batch.schema().columns().size(); i++) {
            Column column = batch.schema().columns().get(i);
            if (Finders.search(column.type())) {
                FieldVector values = batch.arrow().getVector(i);
                for (int row = 0; row < Math.min(rows, batch.rowCount()); row++) {
                    if (!values.isNull(row)) {
                        // Lists and structures are shown as JSON, in which every text of theirs stands.
                        add(column.name(), values.getObject(row).toString());
                    }
                }
            }
        }
    }

    private void add(String column, String text) {
        values.merge(column, 1L, Long::sum);
        finders.forEach((detector, finder) -> {
            if (!finder.find(text).isEmpty()) {
                counts.computeIfAbsent(column, name -> new EnumMap<>(Detector.class)).merge(detector, 1L, Long::sum);
            }
        });
    }

    /** What was found, by column in the order met; of several kinds in one column all are told, the most frequent first. */
    public List<Found> found() {
        List<Found> found = new ArrayList<>();
        counts.forEach((column, kinds) -> kinds.entrySet().stream()
                .sorted(Map.Entry.<Detector, Long>comparingByValue().reversed())
                .forEach(kind -> found.add(
                        new Found(column, kind.getKey(), kind.getValue(), values.getOrDefault(column, 0L)))));
        return found;
    }
}
