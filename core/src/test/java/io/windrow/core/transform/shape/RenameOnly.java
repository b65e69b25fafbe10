package io.windrow.core.transform.shape;

import io.windrow.api.config.Origin;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.core.policy.ShapePolicy;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Binds a shape without an expression, for a class loader of its own. */
public final class RenameOnly implements Runnable {
    @Override
    public void run() {
        StreamSchema schema = new StreamSchema(
                new StreamName("s", "t"), 1, List.of(new Column(1, "a", new ColumnType.Text(), true, "text")), List.of("a"));
        ShapePolicy policy = new ShapePolicy(
                Optional.empty(), Map.of(), List.of(), Map.of("a", "b"), Map.of(), Origin.NONE);
        if (new ShapeTransform(Map.of("s.t", policy)).bind(schema).output().indexOf("b") != 0) {
            throw new IllegalStateException("Not renamed");
        }
    }
}
