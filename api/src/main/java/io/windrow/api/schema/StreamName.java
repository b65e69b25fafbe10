package io.windrow.api.schema;

import java.util.Objects;

/**
 * The name of a stream: a namespace (a database schema, an API's area; empty if the source has none) and a name within
 * it. Both are exact character sequences, never folded, trimmed or normalised.
 *
 * @param namespace the namespace, or the empty string
 * @param name the name, never empty
 */
public record StreamName(String namespace, String name) implements Comparable<StreamName> {
    public StreamName {
        Objects.requireNonNull(namespace, "namespace");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("A stream name must not be empty");
        }
    }

    /** A stream without a namespace. */
    public static StreamName of(String name) {
        return new StreamName("", name);
    }

    @Override
    public int compareTo(StreamName other) {
        int byNamespace = namespace.compareTo(other.namespace);
        return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }

    /** For people: {@code public.orders}; parts that hold a dot, a quote or a space are double-quoted. Unambiguous. */
    @Override
    public String toString() {
        return namespace.isEmpty() ? quoted(name) : quoted(namespace) + "." + quoted(name);
    }

    private static String quoted(String part) {
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (!Character.isLetterOrDigit(c) && c != '_' && c != '-' && c != '$') {
                return '"' + part.replace("\"", "\"\"") + '"';
            }
        }
        return part;
    }
}
