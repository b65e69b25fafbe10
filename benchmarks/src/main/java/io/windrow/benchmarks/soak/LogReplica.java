package io.windrow.benchmarks.soak;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The change log in JSON Lines, folded here: files are read once, by generation and in the order of what they hold. A new
 * generation begins with nothing, as the copy that it begins with does. A change that comes twice, or that does not fit the
 * state it meets, becomes a row that no table has; so does a file of a generation that another has followed.
 */
final class LogReplica implements Replica {
    private static final Map<String, List<String>> KEYS = Map.of("items", List.of("id"), "pairs", List.of("a", "b"));
    /** A file's name begins with its generation. */
    private static final Pattern GENERATION = Pattern.compile("g(\\d+)-.*");

    private final Path out;
    private final JsonFactory json = new JsonFactory();
    private final Map<String, Fold> folds = new HashMap<>();

    LogReplica(Path folder) {
        this.out = folder.resolve("out");
    }

    @Override
    public String name() {
        return "files";
    }

    @Override
    public String sink() {
        return "sink: {files: {path: '" + out + "', format: jsonl}}\n";
    }

    @Override
    public List<List<@Nullable String>> rows(String table, List<String> columns, List<String> added) throws IOException {
        Fold fold = folds.computeIfAbsent(table, name -> new Fold(KEYS.getOrDefault(name, List.of())));
        Path folder = out.resolve("public." + table);
        if (Files.exists(folder)) {
            for (Map.Entry<Long, List<Path>> generation : unread(folder, fold).entrySet()) {
                fold.enter(generation.getKey());
                changes(generation.getValue()).forEach(fold::take);
            }
        }
        List<String> names = Stream.concat(columns.stream().map(column -> column.endsWith(" AS at") ? "at" : column), added.stream()).toList();
        List<List<@Nullable String>> rows = new ArrayList<>(fold.wrong);
        fold.state.values().forEach(row -> {
            List<@Nullable String> values = new ArrayList<>();
            names.forEach(name -> values.add(name.equals("at") ? sixDigits(row.get(name)) : (String) row.get(name)));
            rows.add(Collections.unmodifiableList(values));
        });
        return rows;
    }

    private static SortedMap<Long, List<Path>> unread(Path folder, Fold fold) throws IOException {
        SortedMap<Long, List<Path>> unread = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(folder)) {
            walk.filter(path -> path.toString().endsWith(".jsonl") && fold.files.add(path)).forEach(path -> {
                Matcher name = GENERATION.matcher(path.getFileName().toString());
                if (!name.matches()) {
                    throw new IllegalStateException("A data file whose name tells no generation: " + path);
                }
                unread.computeIfAbsent(Long.valueOf(name.group(1)), generation -> new ArrayList<>()).add(path);
            });
        }
        return unread;
    }

    /** The changes that files hold, in the order of the log. */
    private List<Map<String, Object>> changes(List<Path> files) throws IOException {
        List<Map<String, Object>> changes = new ArrayList<>();
        for (Path file : files) {
            try (Stream<String> lines = Files.lines(file)) {
                for (String line : (Iterable<String>) lines::iterator) {
                    changes.add(object(line));
                }
            }
        }
        changes.sort(Comparator.<Map<String, Object>>comparingLong(change -> number(change, "_position"))
                .thenComparingLong(change -> number(change, "_ordinal")));
        return changes;
    }

    /** A fraction of zero is left out in files. */
    private static String sixDigits(@Nullable Object time) {
        return String.valueOf(time).replaceFirst("(:\\d\\d)Z$", "$1.000000Z");
    }

    private static long number(Map<String, Object> change, String name) {
        return Long.parseLong(String.valueOf(change.get(name)));
    }

    /** Values are texts, lists of texts, or null. */
    private Map<String, Object> object(String line) throws IOException {
        Map<String, Object> row = new HashMap<>();
        try (JsonParser parser = json.createParser(line)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                switch (parser.nextToken()) {
                    case VALUE_NULL -> row.put(name, null);
                    case START_ARRAY -> {
                        List<String> items = new ArrayList<>();
                        while (parser.nextToken() != JsonToken.END_ARRAY) {
                            items.add(parser.getText());
                        }
                        row.put(name, items);
                    }
                    default -> row.put(name, parser.getText());
                }
            }
        }
        return row;
    }

    @Override
    public void hold() {
        // A local folder has no hand to hold it by.
    }

    @Override
    public void release() {
        // As above.
    }

    @Override
    public void close() {
        // The files stay.
    }

    private static final class Fold {
        private final List<String> key;
        private final Set<Path> files = new HashSet<>();
        private final Set<String> seen = new HashSet<>();
        private final Map<List<Object>, Map<String, Object>> state = new LinkedHashMap<>();
        private final Map<String, Map<String, Object>> gone = new HashMap<>();
        private final List<List<@Nullable String>> wrong = new ArrayList<>();
        private long generation;

        Fold(List<String> key) {
            this.key = key;
        }

        void enter(long next) {
            if (next < generation) {
                wrong.add(List.of("generation " + next + " came after " + generation));
            } else if (next > generation) {
                generation = next;
                seen.clear();
                state.clear();
                gone.clear();
            }
        }

        void take(Map<String, Object> change) {
            String op = String.valueOf(change.get("_op"));
            List<Object> id = new ArrayList<>();
            key.forEach(name -> id.add(String.valueOf(change.get(name))));
            String place = change.get("_position") + "/" + change.get("_ordinal") + (op.equals("copy") ? id : "");
            if (!seen.add(place)) {
                wrong.add(List.of("delivered twice: " + change));
                return;
            }
            switch (op) {
                case "truncate" -> state.clear();
                case "delete" -> {
                    Map<String, Object> before = state.remove(id);
                    if (before == null) {
                        wrong.add(List.of("deleted without being there: " + change));
                    } else if (change.get("_linked") != null) {
                        gone.put(change.get("_position") + "/" + change.get("_ordinal"), before);
                    }
                }
                case "update" -> put(id, change, state.get(id));
                case "insert" -> {
                    if (state.containsKey(id)) {
                        wrong.add(List.of("inserted and was there: " + change));
                    }
                    put(id, change, change.get("_linked") == null
                            ? null : gone.remove(change.get("_position") + "/" + change.get("_linked")));
                }
                default -> put(id, change, null);
            }
        }

        private void put(List<Object> id, Map<String, Object> change, @Nullable Map<String, Object> before) {
            if (change.get("_op").equals("update") && before == null) {
                wrong.add(List.of("updated without being there: " + change));
            }
            Map<String, Object> row = new HashMap<>(change);
            if (change.get("_unchanged") instanceof List<?> unchanged) {
                for (Object name : unchanged) {
                    row.put(String.valueOf(name), before == null ? "unchanged from nothing" : before.get(name));
                }
            }
            state.put(id, row);
        }
    }
}
