package io.windrow.core.policy;

import io.windrow.api.config.Doc;
import io.windrow.api.config.Origin;
import java.util.List;
import java.util.Optional;

/** What one field must hold. */
@Doc("What one field must hold. A row that breaks a check is set aside, with the first check that it broke.")
public record FieldCheck(
        @Doc(value = "The field's exact name.", example = "amount") String field,
        @Doc(value = "The type that the field must have: bool, int8 to int64, float32, float64, decimal(p,s), text, json, "
                        + "bytes, uuid, date, time, timestamp, timestamptz or interval. For a text field: the type that "
                        + "its text must be readable as.",
                        example = "decimal(15,2)")
                Optional<String> type,
        @Doc(value = "Whether null is bad.", defaultValue = "false") boolean notNull,
        @Doc(value = "The smallest good value.", example = "0") Optional<String> min,
        @Doc(value = "The largest good value.", example = "100000") Optional<String> max,
        @Doc(value = "A regular expression that the whole text must match.", example = "[A-Z]{2}\\d+")
                Optional<String> pattern,
        @Doc(value = "The good values.", example = "[open, closed]") List<String> in,
        Origin origin) {}
