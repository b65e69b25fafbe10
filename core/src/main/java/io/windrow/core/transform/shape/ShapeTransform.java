package io.windrow.core.transform.shape;

import io.windrow.api.config.Origin;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.api.transform.Transform;
import io.windrow.core.policy.ShapePolicy;
import io.windrow.core.registry.NearestName;
import io.windrow.core.transform.NewColumns;
import io.windrow.core.transform.PolicyDigest;
import io.windrow.core.transform.Unchanged;
import io.windrow.core.transform.expression.Expression;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Filters, computes, selects, renames and casts, in this order, by stream. A row is kept if the filter is true for it; false
 * and null drop it, counted as filtered. A row whose arithmetic or cast does not fit is set aside.
 */
public final class ShapeTransform implements Transform {
    private final Map<String, ShapePolicy> policies;
    /** Checking costs some milliseconds, and a stream is bound once for each of its splits. */
    private final Map<Checked, Expression> expressions = new ConcurrentHashMap<>();

    /** The step of some policies, by stream name as {@code namespace.name}. */
    public ShapeTransform(Map<String, ShapePolicy> policies) {
        this.policies = Map.copyOf(policies);
    }

    /** Where it is written that the stream's rows are judged or computed by values that a change does not always hold. */
    public Optional<Origin> wholeRows(StreamName stream) {
        return Optional.ofNullable(policies.get(stream.toString()))
                .filter(policy -> policy.filter().isPresent() || !policy.compute().isEmpty())
                .map(ShapePolicy::origin);
    }

    /** Whether rows of the stream are left out. */
    public boolean filters(StreamName stream) {
        return Optional.ofNullable(policies.get(stream.toString())).flatMap(ShapePolicy::filter).isPresent();
    }

    /** Whether rows of the stream may be set aside, since a value does not fit its cast or an expression. */
    public boolean setsAside(StreamName stream) {
        return Optional.ofNullable(policies.get(stream.toString()))
                .filter(policy -> policy.filter().isPresent() || !policy.compute().isEmpty() || !policy.cast().isEmpty())
                .isPresent();
    }

    /**
     * One column that comes out.
     *
     * @param input where in the input it is; −1 if it is computed
     * @param computed gives it, if it is computed
     * @param before the column before its cast
     * @param column the column that comes out
     * @param cast its cast, if it has one
     */
    record Made(int input, @Nullable Expression computed, Column before, Column column, @Nullable CastColumn cast) {}

    @Override
    public BoundTransform bind(StreamSchema input) {
        ShapePolicy policy = policies.get(input.stream().toString());
        return policy == null ? new Unchanged(input) : new Binding(input, policy).bound();
    }

    /** Refuses a cast of a key field that can make different keys the same. */
    public void checkKey(StreamSchema input) {
        ShapePolicy policy = policies.get(input.stream().toString());
        if (policy != null && !policy.cast().isEmpty()) {
            new Binding(input, policy).checkKey();
        }
    }

    /** A step that drops and sets aside the rows of these streams that this one would, and leaves the others as they are. */
    public Transform judging(Predicate<StreamName> streams) {
        return new ShapeJudge(this, streams);
    }

    /** An expression in a schema, by its text and its place in the pipeline file. */
    private record Checked(String text, StreamSchema schema, String place) {}

    private Expression expression(String text, StreamSchema schema, String place) {
        return expressions.computeIfAbsent(
                new Checked(text, schema, place), asked -> Expression.of(text, schema, place));
    }

    /** One policy being bound to one schema. */
    private final class Binding {
        private final StreamSchema input;
        private final ShapePolicy policy;
        private final Map<String, Made> fields = new LinkedHashMap<>();

        Binding(StreamSchema input, ShapePolicy policy) {
            this.input = input;
            this.policy = policy;
        }

        void checkKey() {
            for (Made field : begin().cast(renamed(selected(), new ArrayList<>(input.key())))) {
                ColumnType type = field.before().type();
                if (field.cast() != null && !Cast.isInjective(type, field.column().type()) && isOfKey(field.input())) {
                    throw refused(
                            ShapeError.KEY_NOT_INJECTIVE, "cast." + field.column().name(),
                            "values of the key that differ can be the same after the cast");
                }
            }
        }

        private boolean isOfKey(int at) {
            return at >= 0 && input.key().contains(input.columns().get(at).name());
        }

        /** The fields before they are selected. */
        private Binding begin() {
            for (int i = 0; i < input.columns().size(); i++) {
                Column column = input.columns().get(i);
                fields.put(column.name(), new Made(i, null, column, column, null));
            }
            compute();
            return this;
        }

        BoundShape bound() {
            Optional<Expression> filter = policy.filter()
                    .map(text -> expression(text, input, place("filter")).condition());
            begin();
            List<Made> made = new ArrayList<>();
            List<String> key = new ArrayList<>(input.key());
            Set<String> names = new HashSet<>();
            for (Made field : cast(renamed(selected(), key))) {
                if (!names.add(field.column().name())) {
                    throw refused(
                            ShapeError.NAME_TAKEN, "rename", "there would be two fields named " + field.column().name());
                }
                made.add(field);
            }
            // A stream whose key is not delivered whole has no key any more.
            List<String> kept = names.containsAll(key) ? key : List.of();
            StreamSchema output = new StreamSchema(
                    input.stream(), input.version(), made.stream().map(Made::column).toList(), kept);
            String version = PolicyDigest.of(
                    policy.filter(), policy.compute(), policy.select(), policy.rename(), policy.cast());
            return new BoundShape(input, output, filter.orElse(null), made, version, policy.origin().place());
        }

        private void compute() {
            Set<Integer> ids = new HashSet<>();
            input.columns().forEach(column -> ids.add(column.id()));
            policy.compute().forEach((name, text) -> {
                if (fields.containsKey(name)) {
                    throw refused(ShapeError.NAME_TAKEN, "compute." + name, "there is a field named " + name + " already");
                }
                Expression expression = expression(text, input, place("compute." + name));
                Column column = new Column(NewColumns.id(name, ids), name, expression.type(), true, "computed");
                fields.put(name, new Made(-1, expression, column, column, null));
            });
        }

        private List<Made> selected() {
            if (policy.select().isEmpty()) {
                return List.copyOf(fields.values());
            }
            List<Made> selected = new ArrayList<>();
            for (String name : policy.select()) {
                Made field = fields.get(name);
                if (field == null) {
                    throw unknown("select", name, List.copyOf(fields.keySet()));
                }
                if (selected.contains(field)) {
                    throw refused(ShapeError.NAME_TAKEN, "select", "the field " + name + " is selected twice");
                }
                selected.add(field);
            }
            return selected;
        }

        private List<Made> renamed(List<Made> selected, List<String> key) {
            List<String> names = selected.stream().map(field -> field.column().name()).toList();
            for (String name : policy.rename().keySet()) {
                if (!names.contains(name)) {
                    throw unknown("rename." + name, name, names);
                }
            }
            key.replaceAll(name -> names.contains(name) ? policy.rename().getOrDefault(name, name) : name);
            if (!names.containsAll(input.key())) {
                key.clear();
            }
            return selected.stream()
                    .map(field -> {
                        Column old = field.column();
                        Column column = new Column(
                                old.id(), policy.rename().getOrDefault(old.name(), old.name()), old.type(), old.nullable(),
                                old.sourceType());
                        return new Made(field.input(), field.computed(), column, column, null);
                    })
                    .toList();
        }

        private List<Made> cast(List<Made> renamed) {
            List<String> names = renamed.stream().map(field -> field.column().name()).toList();
            for (String name : policy.cast().keySet()) {
                if (!names.contains(name)) {
                    throw unknown("cast." + name, name, names);
                }
            }
            return renamed.stream().map(this::cast).toList();
        }

        private Made cast(Made field) {
            Column old = field.column();
            String written = policy.cast().get(old.name());
            if (written == null) {
                return field;
            }
            String path = "cast." + old.name();
            ColumnType type = TypeNames.of(written).orElseThrow(() -> refused(
                    ShapeError.UNKNOWN_TYPE, path,
                    "there is no type " + written + near(written, TypeNames.ALL)));
            if (type.equals(old.type())) {
                return field;
            }
            Cast cast = Cast.between(old.type(), type).orElseThrow(() -> refused(
                    ShapeError.NO_CAST, path, "a field of type " + old.sourceType() + " is never cast to " + written));
            Column column = new Column(old.id(), old.name(), type, old.nullable(), old.sourceType());
            return new Made(field.input(), field.computed(), old, column, new CastColumn(old, column, cast));
        }

        private String place(String path) {
            return policy.origin().place() + "." + path;
        }

        private WindrowException unknown(String path, String name, List<String> names) {
            return refused(ShapeError.UNKNOWN_FIELD, path, "there is no field " + name + near(name, names));
        }

        private static String near(String name, List<String> names) {
            return NearestName.of(name, names)
                    .map(nearest -> "; did you mean " + nearest + "?")
                    .orElse(names.size() <= 20 ? "; there are " + String.join(", ", names) : "");
        }

        private WindrowException refused(ShapeError error, String path, String why) {
            return WindrowException.of(error, "Shaping stream " + input.stream() + ": " + path + ": " + why).at(place(path));
        }
    }
}
