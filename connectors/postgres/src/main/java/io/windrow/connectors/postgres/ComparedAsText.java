package io.windrow.connectors.postgres;

import io.windrow.connectors.postgres.catalog.Identifier;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Columns that a stream's SQL names and whose type, such as citext, casts to another one by itself. Its operators are not on
 * the search path of a reader, so that {@code =} is that of the other type: rows that the user's own session finds are not
 * found, without an error. The search path cannot be the user's, since values are written by it (I7).
 */
final class ComparedAsText {
    /** What is told of such columns. */
    static final String CODE = "postgres.compared_as_text";

    /** A name that is cast, {@code email::text}, says which comparison is meant. */
    private static final Pattern NAME = Pattern.compile("'(?:[^']++|'')*+'|--[^\\n]*|(?:\"(?<quoted>(?:[^\"]++|\"\")++)\""
            + "|(?<word>[A-Za-z_\\x80-\\uFFFF][\\w$\\x80-\\uFFFF]*+))(?<cast>\\s*+::)?+");
    private static final Pattern BY_SCHEMA = Pattern.compile("\\boperator\\s*\\(", Pattern.CASE_INSENSITIVE);
    private static final String COLUMNS =
            """
            WITH RECURSIVE alike(oid, base) AS (
                SELECT s.oid, s.oid FROM pg_catalog.pg_cast c JOIN pg_catalog.pg_type s ON s.oid = c.castsource
                    JOIN pg_catalog.pg_type t ON t.oid = c.casttarget
                WHERE c.castcontext = 'i' AND s.typtype = 'b' AND s.typnamespace <> 'pg_catalog'::pg_catalog.regnamespace
                  AND t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace
                UNION SELECT d.oid, alike.base FROM alike JOIN pg_catalog.pg_type d ON d.typtype = 'd' AND d.typbasetype = alike.oid)
            SELECT DISTINCT a.attname, pg_catalog.format_type(alike.base, NULL), pg_catalog.quote_ident(n.nspname)
            FROM pg_catalog.pg_attribute a JOIN alike ON alike.oid = a.atttypid JOIN pg_catalog.pg_class r ON r.oid = a.attrelid
                JOIN pg_catalog.pg_type t ON t.oid = alike.base JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
            WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attname IN (%s) AND %s
            ORDER BY 1, 2""";

    private ComparedAsText() {}

    /** What is to be said of the stream; empty if it has no SQL of the user's, or that names no such column. */
    static Optional<String> of(Session session, StreamShape shape) throws SQLException {
        String sql = shape.config().query().or(shape.config()::where).orElse("");
        Set<String> names = names(sql);
        if (names.isEmpty() || BY_SCHEMA.matcher(sql).find()) {
            return Optional.empty();
        }
        String words = names.stream().map(name -> Identifier.literal(name) + "::pg_catalog.name").collect(Collectors.joining(", "));
        String where = shape.relation().isPresent() && ConditionText.of(shape).isOfOneTable()
                ? "r.oid = " + shape.relation().get().oid()
                : "(r.relname IN (" + words + ") OR r.oid = " + shape.relation().map(relation -> relation.oid()).orElse(0L) + ")";
        List<List<@Nullable String>> columns = session.rows(COLUMNS.formatted(words, where));
        if (columns.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of("its SQL names " + columns.stream()
                        .map(column -> column.get(0) + " of type " + column.get(1))
                        .collect(Collectors.joining(", "))
                + ", and a reader's search path has no operators of that type: = and LIKE compare as the type does that it casts to, for"
                + " citext with regard to case. Write OPERATOR(" + columns.getFirst().get(2) + ".=) if its own comparison is meant, and"
                + " column::text if not.");
    }

    private static Set<String> names(String sql) {
        Set<String> names = new LinkedHashSet<>();
        Matcher at = NAME.matcher(sql);
        while (at.find()) {
            if (at.group("cast") == null && at.group("quoted") instanceof String quoted) {
                names.add(quoted.replace("\"\"", "\""));
            } else if (at.group("cast") == null && at.group("word") instanceof String word) {
                names.add(word.toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }
}
