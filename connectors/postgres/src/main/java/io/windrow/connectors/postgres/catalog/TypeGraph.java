package io.windrow.connectors.postgres.catalog;

import io.windrow.api.error.WindrowException;
import java.util.Map;

/** The types that the columns of a set of relations reach, by oid; closed under element, base, field and subtype. */
public record TypeGraph(Map<Long, PgType> types) {
    public TypeGraph {
        types = Map.copyOf(types);
    }

    /**
     * The type of an oid.
     *
     * @throws WindrowException EXTERNAL_PERMANENT if the catalog did not hold it when it was read
     */
    public PgType type(long oid) {
        PgType type = types.get(oid);
        if (type == null) {
            throw WindrowException.of(
                    CatalogError.UNKNOWN_TYPE, "Looking up the type with oid " + oid + ": pg_type has no such row");
        }
        return type;
    }

    /**
     * Whether a type, beneath its domains, brings operators of its own, as an extension's does. Under a pinned search path
     * {@code <} and {@code =} are not these, and may be those of a type that it casts to.
     */
    public boolean hasOwnOperators(long oid) {
        PgType type = type(oid);
        while (type instanceof PgType.Domain domain) {
            type = type(domain.baseOid());
        }
        return type instanceof PgType.Base && !type.identity().namespace().equals("pg_catalog");
    }
}
