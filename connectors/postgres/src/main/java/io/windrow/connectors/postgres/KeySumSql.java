package io.windrow.connectors.postgres;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.source.KeySum;
import io.windrow.api.source.KeySum.Form;
import io.windrow.api.source.KeySum.Part;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.Relation;
import io.windrow.connectors.postgres.catalog.Relation.Kind;
import io.windrow.connectors.postgres.catalog.ServerFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Sums up keys in the database, by functions that every server has. */
final class KeySumSql {
    private static final Set<String> WHOLE = Set.of("smallint", "integer", "bigint");
    /** The first version that has sha256. */
    private static final int SINCE = 110_000;

    private KeySumSql() {}

    /**
     * How the database sums up the keys of a stream; empty: there is none, several rows may have the same, or its stored and
     * delivered values differ.
     */
    static Optional<KeySum> of(StreamShape shape, ServerFacts server) {
        List<String> key = shape.schema().key();
        if (server.version() < SINCE || shape.relation().filter(relation -> isUnique(key, relation)).isEmpty()) {
            return Optional.empty();
        }
        List<Part> parts = new ArrayList<>();
        for (String name : key) {
            Column column = shape.schema().columns().get(shape.schema().indexOf(name));
            form(column, server).ifPresent(form -> parts.add(new Part(name, form)));
        }
        return parts.size() < key.size() ? Optional.empty() : Optional.of(new KeySum(parts));
    }

    /** Rows of tables that inherit from one are in it, and its keys say nothing of theirs. */
    private static boolean isUnique(List<String> key, Relation relation) {
        return (relation.kind() == Kind.PARTITIONED || relation.descendants().isEmpty())
                && relation.keys().stream().anyMatch(unique -> Set.copyOf(unique.columns()).equals(Set.copyOf(key)));
    }

    private static Optional<Form> form(Column column, ServerFacts server) {
        String type = column.sourceType();
        boolean text = type.equals("text") || type.startsWith("character varying");
        return column.nullable() ? Optional.empty() : switch (column.type()) {
            case ColumnType.Int ignored when WHOLE.contains(type) -> Optional.of(Form.WHOLE);
            case ColumnType.Uuid ignored when type.equals("uuid") -> Optional.of(Form.UUID);
            case ColumnType.Text ignored when text && server.encoding().equals("UTF8") -> Optional.of(Form.TEXT);
            default -> Optional.empty();
        };
    }

    /** The sum as an aggregate: a number that is equal to it modulo 2^64. Null if there are no rows. */
    static String sum(KeySum keys) {
        String bytes = keys.parts().stream().map(KeySumSql::bytes).collect(Collectors.joining(" || "));
        return "sum(('x' || pg_catalog.encode(pg_catalog.substr(pg_catalog.sha256(" + bytes
                + "), 1, 8), 'hex'))::pg_catalog.bit(64)::pg_catalog.int8)";
    }

    private static String bytes(Part part) {
        String name = Identifier.quoted(part.column());
        return switch (part.form()) {
            case WHOLE -> "pg_catalog.int8send(" + name + "::pg_catalog.int8)";
            case UUID -> "pg_catalog.uuid_send(" + name + ")";
            case TEXT -> {
                String utf8 = "pg_catalog.convert_to(" + name + "::pg_catalog.text, 'UTF8')";
                yield "pg_catalog.int4send(pg_catalog.octet_length(" + utf8 + ")) || " + utf8;
            }
        };
    }
}
