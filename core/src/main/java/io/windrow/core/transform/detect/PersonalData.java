package io.windrow.core.transform.detect;

import io.windrow.api.batch.Batch;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.core.policy.MaskRule.Detector;
import io.windrow.core.transform.detect.Finders.Shape;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;

/** Counts what finders find in the texts of a sample. Keeps no value (I11). Used by one thread. */
public final class PersonalData {
    private final Map<Detector, Finder> finders = new EnumMap<>(Detector.class);
    private final Map<Detector, Shape> shapes = new EnumMap<>(Detector.class);
    private final Map<String, Map<Detector, Long>> counts = new LinkedHashMap<>();
    private final Map<String, Map<Detector, Odds>> odds = new LinkedHashMap<>();
    private final Map<String, Long> values = new LinkedHashMap<>();
    private final Map<String, Long> tooNested = new LinkedHashMap<>();

    /**
     * What stands in one column.
     *
     * @param column its name
     * @param detector what was found most often
     * @param found in how many values
     * @param values values that are not null
     */
    public record Found(String column, Detector detector, long found, long values) {}

    /** How many numbers of a column look like one kind, and of how many of them the check digits are right. */
    private static final class Odds {
        private long alike;
        private long right;

        /** Whether no more are right than chance makes so, three standard deviations given. */
        boolean isChance(double chance) {
            double expected = alike * chance;
            return right * 2 < alike && right <= expected + 3 * Math.sqrt(expected * (1 - chance));
        }
    }

    /** A count of nothing yet; {@code region} is the ISO country of phone numbers without a country code. */
    public PersonalData(Optional<String> region) {
        for (Detector detector : Detector.values()) {
            finders.put(detector, Finders.of(detector, region));
            Finders.shape(detector).ifPresent(shape -> shapes.put(detector, shape));
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
                        add(column, values, row);
                    }
                }
            }
        }
    }

    private void add(Column column, FieldVector vector, int row) {
        values.merge(column.name(), 1L, Long::sum);
        Set<Detector> held = EnumSet.noneOf(Detector.class);
        try {
            search(column.type(), vector, row, held, column.name());
        } catch (WindrowException e) {
            if (e.errorCode() != DetectError.TOO_NESTED) {
                throw e;
            }
            tooNested.merge(column.name(), 1L, Long::sum);
        }
        for (Detector detector : held) {
            counts.computeIfAbsent(column.name(), name -> new EnumMap<>(Detector.class)).merge(detector, 1L, Long::sum);
        }
    }

    /** Searches the same texts that a mask would. */
    private void search(ColumnType type, FieldVector vector, int row, Set<Detector> held, String column) {
        if (vector.isNull(row) || !Finders.search(type)) {
            return;
        }
        switch (type) {
            case ColumnType.Text ignored -> JsonTexts.ofText(text(vector, row), text -> found(text, held, column));
            case ColumnType.Json ignored -> JsonTexts.of(text(vector, row), text -> found(text, held, column));
            case ColumnType.ListOf of -> {
                ListVector list = (ListVector) vector;
                for (int at = list.getElementStartIndex(row); at < list.getElementEndIndex(row); at++) {
                    search(of.element().type(), list.getDataVector(), at, held, column);
                }
            }
            case ColumnType.Struct of -> {
                List<FieldVector> fields = ((StructVector) vector).getChildrenFromFields();
                for (int i = 0; i < fields.size(); i++) {
                    search(of.fields().get(i).type(), fields.get(i), row, held, column);
                }
            }
            default -> {}
        }
    }

    private static String text(FieldVector vector, int row) {
        return new String(((VarCharVector) vector).get(row), StandardCharsets.UTF_8);
    }

    private Optional<String> found(String text, Set<Detector> held, String column) {
        finders.forEach((detector, finder) -> {
            @Nullable Shape shape = shapes.get(detector);
            if (shape == null && held.contains(detector)) {
                return;
            }
            int found = finder.find(text).size();
            if (found > 0) {
                held.add(detector);
            }
            if (shape != null) {
                Odds seen = odds.computeIfAbsent(column, name -> new EnumMap<>(Detector.class)).computeIfAbsent(detector, kind -> new Odds());
                seen.alike += shape.finder().find(text).size();
                seen.right += found;
            }
        });
        return Optional.of(text);
    }

    private boolean isChance(String column, Detector detector) {
        @Nullable Odds seen = odds.getOrDefault(column, Map.of()).get(detector);
        return seen != null && seen.isChance(shapes.get(detector).chance());
    }

    /**
     * What was found, by column in the order met; of several kinds in one column all are told, the most frequent first. But for
     * {@link #byChance}.
     */
    public List<Found> found() {
        return all().stream().filter(one -> !isChance(one.column(), one.detector())).toList();
    }

    /**
     * What is most likely nothing: among the column's numbers that look like the kind, no more have the right check digits than chance
     * gives them, as one order number in eleven passes the test of the BSN.
     */
    public List<Found> byChance() {
        return all().stream().filter(one -> isChance(one.column(), one.detector())).toList();
    }

    private List<Found> all() {
        List<Found> found = new ArrayList<>();
        counts.forEach((column, kinds) -> kinds.entrySet().stream()
                .sorted(Map.Entry.<Detector, Long>comparingByValue().reversed())
                .forEach(kind -> found.add(
                        new Found(column, kind.getKey(), kind.getValue(), values.getOrDefault(column, 0L)))));
        return found;
    }

    /**
     * In how many values of a column more JSON documents stand inside each other than are searched, by column in the order met.
     * What was found in them before that counts as found; a mask that looks inside the column sets their rows aside.
     */
    public Map<String, Long> tooNested() {
        return new LinkedHashMap<>(tooNested);
    }
}
