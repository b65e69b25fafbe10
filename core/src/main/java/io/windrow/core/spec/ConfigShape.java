package io.windrow.core.spec;

import io.windrow.api.config.Doc;
import io.windrow.api.config.Origin;
import io.windrow.api.error.WindrowException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a config record looks like from the file's side.
 *
 * @param type the record's class
 * @param settings its settings in declared order
 */
record ConfigShape(Class<? extends Record> type, List<Setting> settings) {
    /**
     * One setting.
     *
     * @param key its key in the file
     * @param type its Java type
     * @param text what it does
     * @param defaultValue the default as written in a file; empty: none
     * @param example an example as written in a file; empty: none
     */
    record Setting(String key, Type type, String text, String defaultValue, String example) {
        /** Whether the file must hold it. */
        boolean required() {
            Class<?> raw = raw(type);
            return defaultValue.isEmpty() && raw != Optional.class && raw != List.class && raw != Map.class;
        }
    }

    static ConfigShape of(Class<? extends Record> type) {
        List<Setting> settings = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            if (component.getType() == Origin.class) {
                continue;
            }
            Doc doc = component.getAnnotation(Doc.class);
            if (doc == null) {
                throw WindrowException.of(
                        SpecError.BAD_RECORD,
                        "Reading the config record " + type.getName() + ": component " + component.getName()
                                + " has no @Doc");
            }
            settings.add(new Setting(
                    key(component.getName()),
                    component.getGenericType(),
                    doc.value(),
                    doc.defaultValue(),
                    doc.example()));
        }
        return new ConfigShape(type, List.copyOf(settings));
    }

    /** The sentence on the record itself; empty if it has none. */
    String text() {
        Doc doc = type.getAnnotation(Doc.class);
        return doc == null ? "" : doc.value();
    }

    List<String> keys() {
        return settings.stream().map(Setting::key).toList();
    }

    /** Makes the record of its settings' values in order. What its constructor refuses comes out as the exception that it threw. */
    Record create(List<Object> values, Origin origin) throws InvocationTargetException {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] arguments = new Object[components.length];
        int next = 0;
        for (int i = 0; i < types.length; i++) {
            types[i] = components[i].getType();
            arguments[i] = types[i] == Origin.class ? origin : values.get(next++);
        }
        try {
            Constructor<? extends Record> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        } catch (NoSuchMethodException | InstantiationException | IllegalAccessException e) {
            throw WindrowException.of(SpecError.BAD_RECORD, "Making the config record " + type.getName(), e);
        }
    }

    /** The paths among a record's settings. */
    static List<Path> paths(Record config) {
        List<Path> paths = new ArrayList<>();
        for (RecordComponent component : config.getClass().getRecordComponents()) {
            if (component.getType() == Path.class) {
                try {
                    component.getAccessor().setAccessible(true);
                    paths.add((Path) component.getAccessor().invoke(config));
                } catch (ReflectiveOperationException e) {
                    throw WindrowException.of(SpecError.BAD_RECORD, "Reading the config record " + config.getClass().getName(), e);
                }
            }
        }
        return paths;
    }

    /** camelCase to lower_snake. */
    static String key(String javaName) {
        StringBuilder key = new StringBuilder();
        for (int i = 0; i < javaName.length(); i++) {
            char c = javaName.charAt(i);
            if (Character.isUpperCase(c)) {
                key.append('_');
            }
            key.append(c);
        }
        return key.toString().toLowerCase(Locale.ROOT);
    }

    /** An enum constant as the file writes it. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static List<String> words(Class<?> enumType) {
        List<String> words = new ArrayList<>();
        for (Object constant : enumType.getEnumConstants()) {
            words.add(word((Enum<?>) constant));
        }
        return words;
    }

    static Class<?> raw(Type type) {
        return type instanceof ParameterizedType parameterized
                ? (Class<?>) parameterized.getRawType()
                : (Class<?>) type;
    }

    static Type argument(Type type, int index) {
        return ((ParameterizedType) type).getActualTypeArguments()[index];
    }
}
