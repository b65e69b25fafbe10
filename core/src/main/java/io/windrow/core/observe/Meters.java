package io.windrow.core.observe;

import java.time.Duration;

/** Takes numbers for export. Names are lower_snake with the unit at the end. Safe for use by many threads; never throws. */
public interface Meters {
    /** Drops everything. */
    Meters NONE = new Meters() {
        @Override
        public void add(Meter meter, String stream, long amount) {}

        @Override
        public void took(Meter meter, String stream, Duration duration) {}
    };

    /** Adds to a counter. Counters start at 0 with the process; totals over restarts come from the ledger. */
    void add(Meter meter, String stream, long amount);

    /** Records a duration. */
    void took(Meter meter, String stream, Duration duration);

    /** Everything that is measured. The name is the lower-case constant. */
    enum Meter {
        /** Rows read. */
        ROWS_READ,
        /** Bytes of batches read, in memory. */
        BYTES_READ,
        /** Rows in committed epochs. */
        ROWS_COMMITTED,
        /** Bytes of encoded output in committed epochs. */
        BYTES_COMMITTED,
        /** Epochs committed. */
        EPOCHS_COMMITTED,
        /** Failures that were tried again. */
        RETRIES,
        /** Failures, tried again or not. */
        ERRORS,
        /** From the cut to COMMITTED saved. */
        COMMIT_TIME
    }
}
