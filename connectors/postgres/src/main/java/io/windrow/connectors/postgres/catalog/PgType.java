package io.windrow.connectors.postgres.catalog;

import java.util.List;
import java.util.Optional;

/** A type of the database, identified by its oid. The kinds follow pg_type.typtype, true arrays being a kind of their own. */
public sealed interface PgType {
    /** What every type has. */
    Identity identity();

    /** pg_type.oid, 0 to 2^32−1. */
    default long oid() {
        return identity().oid();
    }

    /**
     * @param oid pg_type.oid
     * @param namespace the exact schema name
     * @param name the exact type name
     * @param display as PostgreSQL writes the type ({@code format_type})
     * @param extension the extension that owns the type, if one does
     * @param sendable whether the type has a binary send function
     * @param output the quoted, qualified name of its output function
     */
    record Identity(
            long oid,
            String namespace,
            String name,
            String display,
            Optional<String> extension,
            Sendable sendable,
            String output) {}

    /** Whether a binary form exists. */
    enum Sendable {
        BINARY,
        TEXT_ONLY
    }

    /** A type with input and output functions of its own. */
    record Base(Identity identity) implements PgType {}

    /**
     * @param baseOid the type beneath, possibly a domain again
     * @param typmod the modifier that the domain puts on it, −1 for none
     */
    record Domain(Identity identity, long baseOid, int typmod) implements PgType {}

    /** An enum; its values travel as their labels. */
    record EnumType(Identity identity) implements PgType {}

    /**
     * A true array, of any dimension.
     *
     * @param delimiter stands between its elements' texts
     */
    record Array(Identity identity, long elementOid, char delimiter) implements PgType {}

    /** A composite: a row type of its own or of a table. */
    record Composite(Identity identity, List<CompositeField> fields) implements PgType {
        public Composite {
            fields = List.copyOf(fields);
        }
    }

    /**
     * @param number pg_attribute.attnum
     * @param name the exact name
     */
    record CompositeField(int number, String name, long typeOid, int typmod) {}

    /** A range over a subtype. */
    record Range(Identity identity, long subtypeOid) implements PgType {}

    /** A multirange over a range type. */
    record Multirange(Identity identity, long rangeOid) implements PgType {}

    /** A pseudo-type, such as {@code record}. */
    record Pseudo(Identity identity) implements PgType {}
}
