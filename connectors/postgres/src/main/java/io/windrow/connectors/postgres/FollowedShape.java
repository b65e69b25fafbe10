package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.connectors.postgres.catalog.Relation;
import io.windrow.connectors.postgres.catalog.RelationColumn;
import io.windrow.connectors.postgres.codec.ColumnPlan;
import io.windrow.connectors.postgres.pgoutput.LogError;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What of a table can be followed: the columns that the log carries, and the key by which it tells rows. */
final class FollowedShape {
    private FollowedShape() {}

    /** The shape as its changes can be read; refuses, with the reason, what cannot be followed. */
    static StreamShape of(Session session, StreamShape shape) throws SQLException {
        StreamName stream = shape.stream();
        if (shape.config().isOfMessages()) {
            return shape;
        }
        Relation relation = shape.relation().orElseThrow(() -> unfit(stream, "it is a query"));
        switch (relation.kind()) {
            case TABLE, PARTITIONED -> {
                if (relation.kind() == Relation.Kind.TABLE && !relation.descendants().isEmpty()) {
                    throw unfit(stream, "other tables inherit from it, and the log tells their rows under their own names");
                }
            }
            case PARTITION -> throw unfit(stream, "it is a partition; follow the partitioned table");
            case VIEW, MATERIALIZED_VIEW, FOREIGN -> throw unfit(stream, "only tables have a log");
        }
        ReplicaIdentity identity = ReplicaIdentity.of(session, relation);
        List<ColumnPlan> plans = new ArrayList<>();
        Set<String> leftOut = new HashSet<>();
        for (ColumnPlan plan : shape.plans()) {
            String name = plan.column().name();
            RelationColumn.Generation generation = shape.column(name).generation();
            boolean computed = generation == RelationColumn.Generation.STORED || generation == RelationColumn.Generation.VIRTUAL;
            if (computed && shape.config().columns().contains(name)) {
                throw unfit(stream, "column " + name + " is generated, and the log does not carry it");
            } else if (computed) {
                leftOut.add(name);
            } else {
                plans.add(plan);
            }
        }
        List<String> names = plans.stream().map(plan -> plan.column().name()).toList();
        List<String> key = identity.kind() == ReplicaIdentity.Kind.FULL ? shape.schema().key() : identity.columns();
        if (!names.containsAll(key)) {
            throw unfit(stream, "its replica identity " + key + " is not among the columns " + names);
        }
        // The log does not say what was NOT NULL when: its rows may be older than that, and nulls in them are no damage.
        plans.replaceAll(plan -> key.contains(plan.column().name()) ? plan : plan.nullable());
        List<Column> columns = plans.stream().map(ColumnPlan::column).toList();
        return new StreamShape(
                stream, shape.config(), shape.relation(), shape.available(), plans,
                new StreamSchema(stream, shape.schema().version(), columns, key), leftOut);
    }

    private static WindrowException unfit(StreamName stream, String why) {
        return WindrowException.of(LogError.STREAM_UNFIT, "Following " + stream + ": " + why);
    }
}
