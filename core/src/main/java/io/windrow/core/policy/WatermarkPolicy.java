package io.windrow.core.policy;

import io.windrow.api.config.Doc;
import io.windrow.api.config.Origin;
import java.time.Duration;

/** When a stream's rows happened, and until when more may come. */
@Doc("Which field says when a row happened, and how late rows may come. The ledger holds the low watermark of every epoch, and "
        + "rows and late rows per window. Late rows are delivered like all others.")
public record WatermarkPolicy(
        @Doc(value = "The field of event time: a date or timestamp, by the name that it has at the source. It must not be masked.",
                        example = "created_at")
                String field,
        @Doc(value = "How long after its event time a row may come. The low watermark stays so far behind the newest row.",
                        defaultValue = "0s")
                Duration allowedLateness,
        @Doc(value = "The length of the windows that rows are counted in, in whole seconds.", defaultValue = "1h", example = "1d")
                Duration window,
        @Doc(value = "The region whose clock the windows follow, and that dates and timestamps without a zone are meant in.",
                        defaultValue = "UTC", example = "Europe/Berlin")
                String timeZone,
        Origin origin) {}
