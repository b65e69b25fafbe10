package io.windrow.connectors.connect.host;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;

/**
 * A connector's offsets, by partition, as a position holds them: Kafka Connect keeps them in a topic, Windrow in its
 * checkpoints, in the same write as the rows that came with them. Immutable.
 */
public final class SavedOffsets implements OffsetStorageReader {
    /** Of a connector that has not read anything yet. */
    public static final SavedOffsets NONE = new SavedOffsets(Map.of());

    private final Map<Map<String, Object>, Map<String, Object>> offsets;

    private SavedOffsets(Map<Map<String, Object>, Map<String, Object>> offsets) {
        this.offsets = offsets;
    }

    /** These offsets, with that of a partition set to what came with a record. */
    public SavedOffsets with(@Nullable Map<String, ?> partition, Map<String, ?> offset) {
        return with(Collections.singletonMap(partition, offset));
    }

    /** These offsets, with those of some partitions set to what came with their records. */
    public SavedOffsets with(Map<? extends @Nullable Map<String, ?>, ? extends Map<String, ?>> newer) {
        Map<Map<String, Object>, Map<String, Object>> more = new HashMap<>(offsets);
        newer.forEach((partition, offset) -> more.put(saved(partition), saved(offset)));
        return new SavedOffsets(more);
    }

    /**
     * Whole numbers come back as longs, whatever they went in as: so do they from Kafka Connect's own stores. A connector that has one
     * source need not name it.
     */
    private static Map<String, Object> saved(@Nullable Map<String, ?> given) {
        return given == null ? Map.of() : SavedText.read(SavedText.write(given));
    }

    /** The offset of the only partition; empty if there is none or more than one. */
    public Map<String, Object> only() {
        return offsets.size() == 1 ? offsets.values().iterator().next() : Map.of();
    }

    /** That of the only partition with some of its fields set, and without others. */
    public SavedOffsets changed(Map<String, Object> set, Collection<String> without) {
        Map<Map<String, Object>, Map<String, Object>> more = new HashMap<>();
        offsets.forEach((partition, offset) -> {
            Map<String, Object> changed = new HashMap<>(offset);
            changed.putAll(set);
            changed.keySet().removeAll(without);
            more.put(partition, changed);
        });
        return new SavedOffsets(more);
    }

    /** As a position saves them. */
    public List<Map<String, Object>> toList() {
        Map<String, Map<String, Object>> sorted = new TreeMap<>();
        offsets.forEach((partition, offset) -> {
            Map<String, Object> one = Map.of("partition", partition, "offset", offset);
            sorted.put(SavedText.write(one), one);
        });
        return List.copyOf(sorted.values());
    }

    /** What {@link #toList} gave. */
    public static SavedOffsets of(List<Map<String, @Nullable Object>> list) {
        Map<Map<String, Object>, Map<String, Object>> offsets = new HashMap<>();
        for (Map<String, @Nullable Object> one : list) {
            offsets.put(SavedText.object(one, "partition"), SavedText.object(one, "offset"));
        }
        return new SavedOffsets(offsets);
    }

    @Override
    public <T> @Nullable Map<String, Object> offset(Map<String, T> partition) {
        return offsets.get(saved(partition));
    }

    @Override
    public <T> Map<Map<String, T>, Map<String, Object>> offsets(Collection<Map<String, T>> partitions) {
        Map<Map<String, T>, Map<String, Object>> found = new HashMap<>();
        for (Map<String, T> partition : partitions) {
            Map<String, Object> offset = offset(partition);
            if (offset != null) {
                found.put(partition, offset);
            }
        }
        return found;
    }
}
