package io.windrow.connectors.postgres.catalog;

import io.windrow.api.schema.StreamName;
import java.util.List;
import java.util.Optional;

/**
 * What was read of a database at one time.
 *
 * @param server the server's facts
 * @param relations ordered by name
 * @param types every type that their columns reach
 */
public record Catalog(ServerFacts server, List<Relation> relations, TypeGraph types) {
    public Catalog {
        relations = List.copyOf(relations);
    }

    /** The relation of exactly this name. */
    public Optional<Relation> relation(StreamName name) {
        return relations.stream().filter(relation -> relation.name().equals(name)).findFirst();
    }

    /** Those of the relations that hold the rows of this one too, as parent or partitioned table at any height (C37). */
    public List<StreamName> holding(StreamName name) {
        return relations.stream().filter(relation -> relation.descendants().contains(name)).map(Relation::name).toList();
    }
}
