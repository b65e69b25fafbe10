package io.windrow.connectors.postgres.catalog;

import io.windrow.api.schema.StreamName;

/** Writes names and texts into SQL. Names are always quoted: never folded, never taken for a keyword or for more SQL (H19). */
public final class Identifier {
    private Identifier() {}

    /**
     * {@code a"b} becomes {@code "a""b"}.
     *
     * @throws IllegalArgumentException for an empty name or one with U+0000, which no object of PostgreSQL can have
     */
    public static String quoted(String name) {
        if (name.isEmpty() || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("Not a PostgreSQL name: empty, or with a NUL character");
        }
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** {@code "schema"."name"}. */
    public static String quoted(StreamName name) {
        return quoted(name.namespace()) + "." + quoted(name.name());
    }

    /**
     * A string constant that is safe whatever standard_conforming_strings says: {@code E'…'} if it has a backslash.
     *
     * @throws IllegalArgumentException for a text with U+0000
     */
    public static String literal(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("A PostgreSQL text cannot hold a NUL character");
        }
        String doubled = text.replace("'", "''");
        return doubled.indexOf('\\') < 0 ? "'" + doubled + "'" : "E'" + doubled.replace("\\", "\\\\") + "'";
    }
}
