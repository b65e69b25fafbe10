package io.windrow.core.spec;

import io.windrow.api.config.Doc;
import java.util.Optional;

/** Who answers for a pipeline. */
@Doc("Who answers for the pipeline.")
public record Owner(
        @Doc(value = "The team.", example = "billing") Optional<String> team,
        @Doc(value = "Where to reach it.", example = "billing-oncall@example.com") Optional<String> email) {
    /** Nobody is named. */
    public static final Owner NONE = new Owner(Optional.empty(), Optional.empty());
}
