package io.windrow.connectors.postgres.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the types that a set of oids reaches, one round trip per level of nesting. */
public final class TypeReader {
    private static final String TYPES =
            """
            SELECT t.oid, n.nspname, t.typname, pg_catalog.format_type(t.oid, NULL), e.extname, t.typsend <> 0,
                   pg_catalog.quote_ident(pn.nspname) || '.' || pg_catalog.quote_ident(p.proname), t.typtype,
                   t.typbasetype, t.typtypmod, t.typelem,
                   t.typlen = -1 AND t.typelem <> 0 AND t.typsubscript = 'pg_catalog.array_subscript_handler'::regproc,
                   r.rngsubtype, m.rngtypid, t.typrelid, t.typdelim
            FROM pg_catalog.pg_type t
            JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
            JOIN pg_catalog.pg_proc p ON p.oid = t.typoutput
            JOIN pg_catalog.pg_namespace pn ON pn.oid = p.pronamespace
            LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid
                 AND d.objsubid = 0 AND d.deptype = 'e'
            LEFT JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
            LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid
            LEFT JOIN pg_catalog.pg_range m ON m.rngmultitypid = t.oid
            WHERE t.oid = ANY (?)""";
    private static final String FIELDS =
            """
            SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = ANY (?) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum""";

    private TypeReader() {}

    /** The graph of the types that {@code oids} reach, themselves included. */
    public static TypeGraph read(Connection connection, Collection<Long> oids) throws SQLException {
        Map<Long, PgType> types = new HashMap<>();
        Set<Long> wanted = new HashSet<>(oids);
        while (!wanted.isEmpty()) {
            Set<Long> next = new HashSet<>();
            for (PgType type : level(connection, wanted)) {
                types.put(type.oid(), type);
                next.addAll(reached(type));
            }
            next.removeAll(types.keySet());
            next.removeAll(wanted);
            wanted = next;
        }
        return new TypeGraph(types);
    }

    private static List<Long> reached(PgType type) {
        return switch (type) {
            case PgType.Base ignored -> List.of();
            case PgType.EnumType ignored -> List.of();
            case PgType.Pseudo ignored -> List.of();
            case PgType.Domain domain -> List.of(domain.baseOid());
            case PgType.Array array -> List.of(array.elementOid());
            case PgType.Range range -> List.of(range.subtypeOid());
            case PgType.Multirange multirange -> List.of(multirange.rangeOid());
            case PgType.Composite composite ->
                composite.fields().stream().map(PgType.CompositeField::typeOid).toList();
        };
    }

    private record Open(PgType.Identity identity, long relation) {}

    private static List<PgType> level(Connection connection, Set<Long> oids) throws SQLException {
        List<PgType> types = new ArrayList<>();
        List<Open> composites = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(TYPES)) {
            statement.setArray(1, connection.createArrayOf("oid", oids.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    PgType.Identity identity = new PgType.Identity(
                            row.getLong(1),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4),
                            Optional.ofNullable(row.getString(5)),
                            row.getBoolean(6) ? PgType.Sendable.BINARY : PgType.Sendable.TEXT_ONLY,
                            row.getString(7));
                    switch (row.getString(8)) {
                        case "d" -> types.add(new PgType.Domain(identity, row.getLong(9), row.getInt(10)));
                        case "e" -> types.add(new PgType.EnumType(identity));
                        case "r" -> types.add(new PgType.Range(identity, row.getLong(13)));
                        case "m" -> types.add(new PgType.Multirange(identity, row.getLong(14)));
                        case "p" -> types.add(new PgType.Pseudo(identity));
                        case "c" -> composites.add(new Open(identity, row.getLong(15)));
                        default -> types.add(
                                row.getBoolean(12)
                                        ? new PgType.Array(identity, row.getLong(11), row.getString(16).charAt(0))
                                        : new PgType.Base(identity));
                    }
                }
            }
        }
        if (!composites.isEmpty()) {
            Map<Long, List<PgType.CompositeField>> fields = fields(connection, composites);
            for (Open open : composites) {
                types.add(new PgType.Composite(open.identity, fields.getOrDefault(open.relation, List.of())));
            }
        }
        return types;
    }

    private static Map<Long, List<PgType.CompositeField>> fields(Connection connection, List<Open> composites)
            throws SQLException {
        Map<Long, List<PgType.CompositeField>> fields = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(FIELDS)) {
            Object[] relations = composites.stream().map(Open::relation).toArray();
            statement.setArray(1, connection.createArrayOf("oid", relations));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    fields.computeIfAbsent(row.getLong(1), key -> new ArrayList<>())
                            .add(new PgType.CompositeField(
                                    row.getInt(2), row.getString(3), row.getLong(4), row.getInt(5)));
                }
            }
        }
        return fields;
    }
}
