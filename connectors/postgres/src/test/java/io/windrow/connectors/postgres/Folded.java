package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the texts of changes make of nothing, strictly: a key that comes twice, or changes without being there, is an error. */
final class Folded {
    private Folded() {}

    /**
     * The rows.
     *
     * @param changes in order, as {@link io.windrow.testkit.oracle.ChangeText} writes them
     * @param keyColumns how many of the first columns are the key
     */
    static Map<String, String> rows(List<String> changes, int keyColumns) {
        Map<String, String> state = new HashMap<>();
        for (String change : changes) {
            String[] cells = change.split("\\|", -1);
            String key = String.join("|", List.of(cells).subList(1, 1 + keyColumns));
            String value = String.join("|", List.of(cells).subList(1 + keyColumns, cells.length));
            switch (cells[0].replaceAll("[<>]", "")) {
                case "COPY", "INSERT" -> assertThat(state.put(key, value)).as(change).isNull();
                case "UPDATE" -> assertThat(state.put(key, value)).as(change).isNotNull();
                case "DELETE" -> assertThat(state.remove(key)).as(change).isNotNull();
                case "TRUNCATE" -> state.clear();
                default -> throw new AssertionError(change);
            }
        }
        return state;
    }
}
