package io.windrow.core.transform.mask;

import io.windrow.api.schema.Column;
import io.windrow.core.transform.PolicyDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/**
 * What a mask does to each column of a stream, in a ledger entry's few characters: columns that are treated alike, by ranges of
 * their ids, as {@code -:1,4..6;0a1b…:2..3}. A column that is masked under a new key has the version under the old one after a
 * {@code /}. So a column that comes or goes is told from one that is treated otherwise than before.
 */
final class ColumnVersions {
    private static final String CLEAR = "-";

    private ColumnVersions() {}

    /** The text of columns with their masks, as many, where there are any. */
    static String text(List<Column> columns, List<Optional<ColumnMask>> masks) {
        Map<String, List<Integer>> alike = new TreeMap<>();
        for (int i = 0; i < columns.size(); i++) {
            String version = masks.get(i).map(ColumnVersions::version).orElse(CLEAR);
            alike.computeIfAbsent(version, key -> new ArrayList<>()).add(columns.get(i).id());
        }
        List<String> groups = new ArrayList<>();
        alike.forEach((version, ids) -> groups.add(version + ":" + ranges(ids.stream().sorted().toList())));
        return String.join(";", groups);
    }

    private static String version(ColumnMask mask) {
        String now = PolicyDigest.of(mask.version());
        String before = PolicyDigest.of(mask.previousVersion());
        return now.equals(before) ? now : now + "/" + before;
    }

    private static String ranges(List<Integer> ids) {
        StringBuilder ranges = new StringBuilder();
        for (int i = 0; i < ids.size(); i++) {
            int first = ids.get(i);
            while (i + 1 < ids.size() && ids.get(i + 1) == ids.get(i) + 1) {
                i++;
            }
            ranges.append(ranges.isEmpty() ? "" : ",").append(first);
            if (ids.get(i) > first) {
                ranges.append("..").append(ids.get(i));
            }
        }
        return ranges.toString();
    }

    /** Whether every column that both texts know has versions, before and now, that are alike. */
    static boolean agree(String delivered, String now, BiPredicate<String, String> alike) {
        Map<Integer, String> before = byId(delivered);
        return byId(now).entrySet().stream().allMatch(column -> {
            String was = before.get(column.getKey());
            return was == null || alike.test(was, column.getValue());
        });
    }

    /** A version without that under the key before. */
    static String current(String version) {
        return version.split("/")[0];
    }

    /** Whether a version is the present one or that under its key before. */
    static boolean follows(String was, String is) {
        return List.of(is.split("/")).contains(current(was));
    }

    private static Map<Integer, String> byId(String text) {
        Map<Integer, String> versions = new TreeMap<>();
        for (String group : text.isEmpty() ? new String[0] : text.split(";")) {
            int colon = group.indexOf(':');
            for (String range : group.substring(colon + 1).split(",")) {
                String[] ends = range.split("\\.\\.");
                for (int id = Integer.parseInt(ends[0]); id <= Integer.parseInt(ends[ends.length - 1]); id++) {
                    versions.put(id, group.substring(0, colon));
                }
            }
        }
        return versions;
    }
}
