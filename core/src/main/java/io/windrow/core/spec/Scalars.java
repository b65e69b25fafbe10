package io.windrow.core.spec;

import io.windrow.api.config.ByteSize;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** From a scalar's text to a value. Every refusal is an {@link IllegalArgumentException} that says the accepted form and never quotes the text. */
final class Scalars {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");

    private Scalars() {}

    /** What the type accepts, for people. */
    static String accepts(Class<?> type) {
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return "a whole number";
        }
        if (type == double.class || type == Double.class) {
            return "a number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type == Duration.class) {
            return "a duration such as 500ms, 30s, 5m, 12h or 7d";
        }
        if (type == ByteSize.class) {
            return "a size such as 512, 64KiB, 128MiB or 2GiB";
        }
        if (type == Path.class) {
            return "a path";
        }
        if (type == URI.class) {
            return "a URI";
        }
        if (type.isEnum()) {
            return "one of " + String.join(", ", ConfigShape.words(type));
        }
        return "text";
    }

    /** Whether {@link #parse} knows the type. */
    static boolean knows(Class<?> type) {
        return type == String.class || type == Path.class || type == URI.class || type == Duration.class
                || type == ByteSize.class || type.isEnum() || type.isPrimitive() || type == Integer.class
                || type == Long.class || type == Double.class || type == Boolean.class || ownParser(type) != null;
    }

    static Object parse(Class<?> type, String text, Path folder) {
        try {
            return known(type, text, folder);
        } catch (NumberFormatException | ArithmeticException | DateTimeParseException e) {
            throw new IllegalArgumentException("expected " + accepts(type), e);
        }
    }

    private static Object known(Class<?> type, String text, Path folder) {
        if (type == String.class) {
            return text;
        } else if (type == int.class || type == Integer.class) {
            return Integer.parseInt(text.replace("_", ""));
        } else if (type == long.class || type == Long.class) {
            return Long.parseLong(text.replace("_", ""));
        } else if (type == double.class || type == Double.class) {
            return Double.parseDouble(text.replace("_", ""));
        } else if (type == boolean.class || type == Boolean.class) {
            return switch (text) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new IllegalArgumentException("expected " + accepts(type));
            };
        } else if (type == Duration.class) {
            return duration(text);
        } else if (type == ByteSize.class) {
            return size(text);
        } else if (type == Path.class) {
            return path(text, folder);
        } else if (type == URI.class) {
            return URI.create(text);
        } else if (type.isEnum()) {
            return constant(type, text);
        }
        return own(type, text);
    }

    static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("expected " + accepts(Duration.class));
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    private static ByteSize size(String text) {
        try {
            return ByteSize.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("expected " + accepts(ByteSize.class), e);
        }
    }

    private static Path path(String text, Path folder) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("expected a path");
        }
        if (text.equals("~") || text.startsWith("~/")) {
            return Path.of(System.getProperty("user.home") + text.substring(1)).normalize();
        }
        return folder.resolve(text).normalize();
    }

    private static Object constant(Class<?> type, String text) {
        List<String> words = ConfigShape.words(type);
        int index = words.indexOf(text.toLowerCase(Locale.ROOT));
        if (index < 0) {
            throw new IllegalArgumentException("expected " + accepts(type));
        }
        return type.getEnumConstants()[index];
    }

    private static @Nullable Method ownParser(Class<?> type) {
        try {
            Method method = type.getMethod("parse", String.class);
            return Modifier.isStatic(method.getModifiers()) && method.getReturnType() == type ? method : null;
        } catch (NoSuchMethodException e) {
            return null;
        }
    }

    private static Object own(Class<?> type, String text) {
        Method method = Optional.ofNullable(ownParser(type)).orElseThrow();
        try {
            method.setAccessible(true);
            return method.invoke(null, text);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException refused) {
                throw refused;
            }
            throw new IllegalArgumentException("expected another form", e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException("expected another form", e);
        }
    }
}
