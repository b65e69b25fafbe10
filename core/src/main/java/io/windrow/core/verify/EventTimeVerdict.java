package io.windrow.core.verify;

import io.windrow.api.schema.StreamName;
import io.windrow.api.source.EventWindows;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * Which windows of event time of one stream are complete.
 *
 * @param stream the stream
 * @param by what its rows are counted by
 * @param allowedLateness how late rows may come
 * @param lowWatermark the event time before which everything is delivered; empty: nothing is proven yet
 * @param nulls rows without an event time
 * @param sourceNulls as many the source has; empty: it does not say
 * @param windows ascending by start
 */
public record EventTimeVerdict(
        StreamName stream,
        EventWindows by,
        Duration allowedLateness,
        OptionalLong lowWatermark,
        long nulls,
        OptionalLong sourceNulls,
        List<Judged> windows) {
    public EventTimeVerdict {
        windows = List.copyOf(windows);
    }

    /** What is known of a window. */
    public enum Status {
        /**
         * The low watermark has passed it, and its count agrees with the source: of rows that were read once, or with the same
         * sum over their keys, so that none is missing behind another one that was read twice.
         */
        COMPLETE,
        /** The low watermark has not passed it. */
        OPEN,
        /** The low watermark has passed it, and the source has another count, or as many other rows, for certain. */
        COUNT_DIFFERS,
        /** The low watermark has passed it, and the source's count is not known or not certain, or does not tell enough. */
        NOT_PROVEN
    }

    /**
     * A window, or all windows up to and with one.
     *
     * @param start the window's start; of several, the last one's
     * @param upTo whether earlier ones are counted with it
     * @param rows rows read that happened in it, over all epochs of the generation
     * @param late those among them that came late
     * @param sourceRows as many the source holds now of what was delivered; empty: it does not say
     * @param status what is known
     * @param why one line for people; empty if there is nothing to add
     */
    public record Judged(
            long start, boolean upTo, long rows, long late, OptionalLong sourceRows, Status status, String why) {}
}
