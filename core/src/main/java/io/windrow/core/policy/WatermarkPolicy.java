package io.windrow.core.policy;

import io.windrow.api.config.Doc;
import io.windrow.api.config.Origin;
import java.time.Duration;

/** When a stream's rows happened, and until when more may come. */
@Doc("Which field says when a row happened, and how late rows may come. The ledger holds the low watermark, and late rows per window.")
public record WatermarkPolicy(
        @Doc(value = "The field of event time: a date or timestamp.", example = "created_at") String field,
        @Doc(value = "How late a row may come.", defaultValue = "0s") Duration allowedLateness,
        @Doc(value = "The length of the windows that late rows are counted in.", defaultValue = "1h") Duration window,
        Origin origin) {}
