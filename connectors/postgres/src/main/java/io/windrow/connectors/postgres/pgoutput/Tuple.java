package io.windrow.connectors.postgres.pgoutput;

import java.util.Arrays;

/** The cells of one row, where they lie in the message. Reused for every row; valid until the next message is read. */
public final class Tuple {
    /** The value is null. */
    public static final byte NULL = 'n';
    /** The value did not change and is not here. */
    public static final byte UNCHANGED = 'u';
    /** The value's text form. */
    public static final byte TEXT = 't';
    /** The value's binary send form. */
    public static final byte BINARY = 'b';

    private byte[] bytes = new byte[0];
    private byte[] kinds = new byte[0];
    private int[] offsets = new int[0];
    private int[] lengths = new int[0];
    private int size;

    /** An empty row. */
    public Tuple() {}

    void begin(byte[] message, int columns) {
        bytes = message;
        size = columns;
        if (kinds.length < columns) {
            kinds = new byte[columns];
            offsets = new int[columns];
            lengths = new int[columns];
        }
    }

    void cell(int column, byte kind, int offset, int length) {
        kinds[column] = kind;
        offsets[column] = offset;
        lengths[column] = length;
    }

    /** How many cells there are. */
    public int size() {
        return size;
    }

    /** What the cell holds. */
    public byte kind(int column) {
        return kinds[column];
    }

    /** The message that holds the cells. */
    public byte[] bytes() {
        return bytes;
    }

    /** Where the cell's value begins. */
    public int offset(int column) {
        return offsets[column];
    }

    /** How many bytes the cell's value has. */
    public int length(int column) {
        return lengths[column];
    }

    /** Whether both rows hold the same bytes in a column. */
    public boolean sameCell(Tuple other, int column) {
        return kinds[column] == other.kinds[column]
                && (kinds[column] == NULL
                        || Arrays.equals(
                                bytes, offsets[column], offsets[column] + lengths[column],
                                other.bytes, other.offsets[column], other.offsets[column] + other.lengths[column]));
    }
}
