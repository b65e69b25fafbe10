package io.windrow.connectors.postgres.codec;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.OutOfRange;
import java.util.Arrays;
import java.util.List;

/** Applies the out-of-range rule of one top-level column and counts. Shared by all decoders beneath that column. */
final class ColumnGuard {
    private static final OutOfRangeKind[] KINDS = OutOfRangeKind.values();

    private final String place;
    private final String column;
    private final OutOfRange rule;
    private final long[] counts = new long[KINDS.length];
    private long nulled;
    private final long[] marked = new long[KINDS.length];
    private final Expansion expansion;
    private final SendForm sendForm = new SendForm();

    /** The bytes that the values of one row take in Arrow beyond their size on the wire; one for all columns. */
    static final class Expansion {
        private long bytes;
        private long nulled;

        long take() {
            long taken = bytes;
            bytes = 0;
            return taken;
        }

        /** How many values of all columns ever became null. */
        long nulled() {
            return nulled;
        }
    }

    ColumnGuard(String place, String column, OutOfRange rule, Expansion expansion) {
        this.expansion = expansion;
        this.place = place;
        this.column = column;
        this.rule = rule;
    }

    /** Returns if the value is to become null; throws under every other rule. */
    void outOfRange(OutOfRangeKind kind) {
        if (rule != OutOfRange.NULL) {
            throw WindrowException.of(
                    CodecError.OUT_OF_RANGE,
                    "Decoding " + place + ": " + kind.description() + " does not fit the column's type, and the rule is "
                            + rule);
        }
        counts[kind.ordinal()]++;
        nulled++;
        expansion.nulled++;
    }

    /** What is counted from here on may have to be {@link #cut}. */
    void mark() {
        System.arraycopy(counts, 0, marked, 0, counts.length);
    }

    /** Forgets what was counted since the last {@link #mark}. */
    void cut() {
        System.arraycopy(marked, 0, counts, 0, counts.length);
        nulled = Arrays.stream(counts).sum();
    }

    /** How many values became null so far; a range compares it before and after its bounds. */
    long nulled() {
        return nulled;
    }

    /** An empty send form, for one value at a time. */
    SendForm sendForm() {
        return sendForm.clear();
    }

    WindrowException malformed(String what) {
        return WindrowException.of(CodecError.MALFORMED, "Decoding " + place + ": " + what);
    }

    WindrowException unexpectedNull() {
        return WindrowException.of(
                CodecError.UNEXPECTED_NULL, "Decoding " + place + ": a null in a column that is declared NOT NULL");
    }

    WindrowException outOfMemory(long bytes, Throwable cause) {
        return WindrowException.of(
                CodecError.OUT_OF_MEMORY,
                "Decoding " + place + ": a buffer of " + bytes + " bytes exceeds the memory of the run (run.memory)",
                cause);
    }

    /** Adds bytes that a value takes in Arrow beyond its size on the wire. */
    void expanded(long bytes) {
        expansion.bytes += bytes;
    }

    void drainTo(List<NulledValue> out) {
        if (nulled == 0) {
            return;
        }
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                out.add(new NulledValue(column, KINDS[i], counts[i]));
                counts[i] = 0;
            }
        }
        nulled = 0;
    }
}
