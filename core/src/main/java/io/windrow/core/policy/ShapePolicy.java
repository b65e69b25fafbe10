package io.windrow.core.policy;

import io.windrow.api.config.Doc;
import io.windrow.api.config.Origin;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How rows of one stream are filtered and reshaped, after the mask. */
@Doc("How the rows of a stream are filtered and reshaped, after the mask: filter, compute, select, rename, cast, in this order.")
public record ShapePolicy(
        @Doc(value = "An expression (CEL) that is true for the rows to keep.", example = "amount > 0 && status != 'test'")
                Optional<String> filter,
        @Doc(value = "New fields by name, each an expression (CEL).", example = "{total: price * quantity}")
                Map<String, String> compute,
        @Doc(value = "The fields to deliver, in this order; empty: all.", example = "[id, total]") List<String> select,
        @Doc(value = "New names by old name.", example = "{total: total_eur}") Map<String, String> rename,
        @Doc(value = "Types by field, under the new names. A value that does not fit sets its row aside.",
                        example = "{total_eur: 'decimal(12,2)'}")
                Map<String, String> cast,
        Origin origin) {}
