package io.windrow.core.spec;

import io.windrow.api.config.Origin;
import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import io.windrow.core.registry.NearestName;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** From YAML nodes to config records. Used by one thread. */
final class ConfigReader {
    private final Interpolation interpolation;
    private final Path folder;

    ConfigReader(Interpolation interpolation, Path folder) {
        this.interpolation = interpolation;
        this.folder = folder;
    }

    /** Reads a mapping into a record. */
    <R extends Record> R record(Class<R> type, Node node, Place place) {
        Place here = place.at(node);
        if (node instanceof ScalarNode scalar && !isNull(scalar) && Scalars.knows(type)) {
            return type.cast(scalar(type, scalar, here));
        }
        ConfigShape shape = ConfigShape.of(type);
        Map<String, NodeTuple> entries =
                isNull(node) ? Map.of() : YamlTree.entries(mapping(node, here), here);
        for (Map.Entry<String, NodeTuple> entry : entries.entrySet()) {
            if (!shape.keys().contains(entry.getKey())) {
                throw unknownKey(entry.getKey(), shape.keys(), place.at(entry.getValue().getKeyNode()));
            }
        }
        List<Object> values = new ArrayList<>();
        for (ConfigShape.Setting setting : shape.settings()) {
            NodeTuple tuple = entries.get(setting.key());
            values.add(tuple == null ? absent(setting, here) : value(setting, tuple, place));
        }
        try {
            return type.cast(shape.create(values, new Origin(here.toString())));
        } catch (InvocationTargetException e) {
            throw refusedByRecord(e.getCause(), here);
        }
    }

    /** Reads a mapping of one value type. */
    <V> Map<String, V> map(Class<V> valueType, Node node, Place place) {
        Map<String, V> map = new LinkedHashMap<>();
        YamlTree.entries(mapping(node, place.at(node)), place).forEach((key, tuple) -> map.put(
                key, valueType.cast(value(valueType, tuple.getValueNode(), place.at(tuple.getKeyNode()).key(key)))));
        return map;
    }

    /** Reads a list of one record type. */
    <R extends Record> List<R> records(Class<R> type, Node node, Place place) {
        return list(type, node, place.at(node)).stream().map(type::cast).toList();
    }

    /** Reads text. */
    String text(Node node, Place place) {
        return (String) value(String.class, node, place);
    }

    static WindrowException unknownKey(String key, List<String> known, Place place) {
        Optional<String> near = NearestName.of(key, known);
        WindrowException error = WindrowException.of(
                        SpecError.UNKNOWN_KEY,
                        "Reading the key " + key + ": there is no such key here"
                                + near.map(name -> "; the nearest is " + name)
                                        .orElse("; the keys are " + String.join(", ", known)))
                .at(place.key(key).toString());
        return near.map(name -> error.remedy("Write `" + name + "` instead of `" + key + "`.")).orElse(error);
    }

    static MappingNode mapping(Node node, Place place) {
        if (node instanceof MappingNode mapping) {
            return mapping;
        }
        throw bad("expected a mapping (key: value), found " + kind(node), place);
    }

    static boolean isNull(Node node) {
        return node instanceof ScalarNode scalar
                && scalar.getScalarStyle() == ScalarStyle.PLAIN
                && (scalar.getValue().isEmpty() || scalar.getValue().equals("null") || scalar.getValue().equals("~"));
    }

    private Object value(ConfigShape.Setting setting, NodeTuple tuple, Place place) {
        return value(setting.type(), tuple.getValueNode(), place.at(tuple.getKeyNode()).key(setting.key()));
    }

    private Object value(Type type, Node node, Place place) {
        Class<?> raw = ConfigShape.raw(type);
        if (raw == Optional.class) {
            return isNull(node) ? Optional.empty() : Optional.of(value(ConfigShape.argument(type, 0), node, place));
        }
        if (raw.isRecord() && !(node instanceof ScalarNode)) {
            return record(raw.asSubclass(Record.class), node, place);
        }
        if (isNull(node)) {
            throw bad("the key has no value", place);
        }
        Place here = place.at(node);
        if (raw == List.class) {
            return list(ConfigShape.argument(type, 0), node, here);
        }
        if (raw == Map.class) {
            Map<String, Object> map = new LinkedHashMap<>();
            YamlTree.entries(mapping(node, here), here).forEach((key, tuple) -> map.put(
                    key,
                    value(ConfigShape.argument(type, 1), tuple.getValueNode(), here.at(tuple.getKeyNode()).key(key))));
            return java.util.Collections.unmodifiableMap(map);
        }
        if (!(node instanceof ScalarNode scalar)) {
            throw bad("expected " + Scalars.accepts(raw) + ", found " + kind(node), here);
        }
        return scalar(raw, scalar, here);
    }

    private List<Object> list(Type element, Node node, Place place) {
        if (!(node instanceof SequenceNode sequence)) {
            throw bad("expected a list, found " + kind(node), place);
        }
        List<Object> values = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            values.add(value(element, item, place.item(values.size())));
        }
        return List.copyOf(values);
    }

    private Object scalar(Class<?> type, ScalarNode node, Place place) {
        if (type == Secret.class) {
            return Secret.of(interpolation.resolve(node.getValue(), place).text());
        }
        Interpolation.Resolved resolved = interpolation.resolve(node.getValue(), place);
        if (resolved.secret()) {
            throw WindrowException.of(
                            SpecError.SECRET_MISPLACED,
                            "Reading " + place.path() + ": a ${secret:...} or ${exec:...} reference stands in a setting "
                                    + "that is shown to people")
                    .at(place.toString());
        }
        if (!Scalars.knows(type)) {
            throw type.isRecord()
                    ? bad("expected a mapping (key: value), found text", place)
                    : WindrowException.of(
                            SpecError.BAD_RECORD,
                            "Reading " + place.path() + ": a config record must not hold a " + type.getName());
        }
        try {
            return Scalars.parse(type, resolved.text(), folder);
        } catch (WindrowException e) {
            throw e.place().isPresent() ? e : e.at(place.toString());
        } catch (IllegalArgumentException e) {
            // A value that came from elsewhere may be sensitive and is not quoted (I11).
            String found = resolved.literal() ? ", found " + quoted(node.getValue()) : "";
            String hint = type.isEnum() && resolved.literal()
                    ? NearestName.of(node.getValue(), ConfigShape.words(type))
                            .map(word -> "; did you mean " + word + "?")
                            .orElse("")
                    : "";
            throw bad(e.getMessage() + found + hint, place);
        }
    }

    private Object absent(ConfigShape.Setting setting, Place place) {
        Class<?> raw = ConfigShape.raw(setting.type());
        if (!setting.defaultValue().isEmpty()) {
            Place origin = new Place("default of " + setting.key(), 0, 0, place.path()).key(setting.key());
            char first = setting.defaultValue().charAt(0);
            boolean plain = Scalars.knows(raw) && first != '"' && first != '\'' && first != '{';
            // A plain default need not be quoted as a file would have to (`,`).
            return plain
                    ? Scalars.parse(raw, setting.defaultValue(), folder)
                    : value(setting.type(), YamlTree.read(setting.defaultValue(), origin).orElseThrow(), origin);
        }
        if (raw == Optional.class) {
            return Optional.empty();
        } else if (raw == List.class) {
            return List.of();
        } else if (raw == Map.class) {
            return Map.of();
        }
        String example = setting.example().isEmpty() ? "" : ", for example `" + setting.key() + ": " + setting.example() + "`";
        throw WindrowException.of(
                        SpecError.MISSING_KEY,
                        "Reading " + (place.path().isEmpty() ? "the file" : place.path()) + ": the key " + setting.key()
                                + " is missing: " + setting.text())
                .at(place.key(setting.key()).toString())
                .remedy("Add the key " + setting.key() + example + ".");
    }

    private static WindrowException refusedByRecord(Throwable cause, Place place) {
        return switch (cause) {
            case WindrowException coded -> coded.place().isPresent() ? coded : coded.at(place.toString());
            case IllegalArgumentException refused -> bad(refused.getMessage(), place);
            default -> WindrowException.of(SpecError.BAD_RECORD, "Making the record of " + place.path(), cause)
                    .at(place.toString());
        };
    }

    private static WindrowException bad(String what, Place place) {
        String path = place.path().isEmpty() ? "the file" : place.path();
        return WindrowException.of(SpecError.BAD_VALUE, "Reading " + path + ": " + what).at(place.toString());
    }

    private static String quoted(String text) {
        return text.length() > 60 ? "`" + text.substring(0, 60) + "…`" : "`" + text + "`";
    }

    private static String kind(Node node) {
        return switch (node) {
            case SequenceNode ignored -> "a list";
            case MappingNode ignored -> "a mapping";
            default -> isNull(node) ? "nothing" : "text";
        };
    }
}
