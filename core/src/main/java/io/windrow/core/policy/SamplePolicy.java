package io.windrow.core.policy;

import io.windrow.api.config.Doc;
import io.windrow.api.config.Origin;
import java.util.List;

/** Which share of a stream is delivered. */
@Doc("Which share of a stream's rows is delivered: the same key is always in or always out.")
public record SamplePolicy(
        @Doc(value = "The share in percent, above 0 and at most 100.", example = "1") double percent,
        @Doc(value = "The fields whose values decide; empty: the stream's key.", example = "[customer_id]") List<String> by,
        @Doc(value = "Fields whose distribution before and after is written into the ledger, so that bias shows.",
                        example = "[country]")
                List<String> report,
        Origin origin) {}
