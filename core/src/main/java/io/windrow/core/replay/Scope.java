package io.windrow.core.replay;

import io.windrow.api.batch.Batch;
import io.windrow.api.source.SplitReader;
import io.windrow.core.quarantine.QuarantinedKeys;
import java.util.function.Supplier;

/** Which part of a stream is read again, at both ends. */
sealed interface Scope {
    /** Opens the part at the source, before the steps; the caller closes it. */
    SplitReader open();

    /** Which delivered or staged rows of a batch lie in it. */
    boolean[] rows(Batch batch);

    /** For people. */
    String text();

    /** Rows that belong to the part and have no key by which they could be found at the source. */
    long withoutKey();

    /**
     * A range of values.
     *
     * @param found the range, and how rows after the steps show it
     * @param opening reads it
     */
    record OfWindow(WindowFinder.Found found, Supplier<SplitReader> opening) implements Scope {
        @Override
        public SplitReader open() {
            return opening.get();
        }

        @Override
        public boolean[] rows(Batch batch) {
            boolean[] in = new boolean[batch.rowCount()];
            for (int row = 0; row < in.length; row++) {
                in[row] = found.target().holds(found.slice(), batch, row);
            }
            return in;
        }

        @Override
        public String text() {
            return found.slice().toString();
        }

        @Override
        public long withoutKey() {
            return 0;
        }
    }

    /**
     * The rows whose keys stand in quarantine. Only what passes now is of interest: a row that is gone, or still bad, stays
     * there.
     *
     * @param keys the keys
     * @param opening reads rows that may have them
     */
    record OfQuarantine(QuarantinedKeys keys, Supplier<SplitReader> opening) implements Scope {
        @Override
        public SplitReader open() {
            return opening.get();
        }

        @Override
        public boolean[] rows(Batch batch) {
            boolean[] in = new boolean[batch.rowCount()];
            for (int row = 0; row < in.length; row++) {
                in[row] = keys.holds(batch, row);
            }
            return in;
        }

        @Override
        public String text() {
            return keys.size() + " keys in quarantine";
        }

        @Override
        public long withoutKey() {
            return keys.withoutKey();
        }
    }
}
