package io.windrow.core.replay;

/** What makes two rows the same one. */
enum Identity {
    /** The stream's key; rows outside the window are others' business: append mode keeps older states. */
    KEY,
    /** The stream's key, of which the target has one row wherever it lies. */
    KEY_ANYWHERE,
    /** The stream's key and the row's state: what was delivered of the key before stays beside it. */
    KEY_AND_STATE,
    /** The fields by which the pipeline drops repeated rows, wherever the first of them lies. */
    REPEATS,
    /** The same, and what was delivered before stays as it is. */
    REPEATS_BESIDE,
    /** All its values: the stream has no key. */
    ROW;

    /** Whether rows are the same that lie outside of the window. */
    boolean isAnywhere() {
        return this == KEY_ANYWHERE || tellsRepeats();
    }

    /** Whether several rows of the source may be the same one, of which the first counts. */
    boolean tellsRepeats() {
        return this == REPEATS || this == REPEATS_BESIDE;
    }
}
