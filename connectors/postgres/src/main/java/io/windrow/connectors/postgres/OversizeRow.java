package io.windrow.connectors.postgres;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * What is known of a row that memory does not hold: its size, and which column makes it so large. Found by reading the row
 * from the wire to its end, keeping nothing.
 *
 * @param bytes of the row on the wire
 * @param column ordinal of the widest column among those that the server sends, from 0
 * @param columnBytes of that column on the wire
 */
record OversizeRow(long bytes, int column, long columnBytes) {
    private static final int MESSAGE_HEADER = 5;
    private static final int COPY_SIGNATURE = 11;
    private static final int COPY_FLAGS = 4;
    /** The first two bytes of the signature of the binary format, where a row has its number of columns (at most 1664). */
    private static final int SIGNATURE_BEGINS = 'P' << 8 | 'G';

    /** Reads one CopyData message, with its header, from the stream. Blocks until all of it has come. */
    static OversizeRow read(InputStream wire) throws IOException {
        DataInputStream in = new DataInputStream(wire);
        in.skipNBytes(MESSAGE_HEADER - Integer.BYTES);
        long bytes = in.readInt() - (long) Integer.BYTES;
        int columns = in.readUnsignedShort();
        if (columns == SIGNATURE_BEGINS) {
            in.skipNBytes(COPY_SIGNATURE - Short.BYTES + COPY_FLAGS);
            in.skipNBytes(in.readInt());
            columns = in.readUnsignedShort();
        }
        int widest = 0;
        long most = -1;
        for (int i = 0; i < columns; i++) {
            int size = in.readInt();
            if (size > most) {
                widest = i;
                most = size;
            }
            in.skipNBytes(Math.max(0, size));
        }
        return new OversizeRow(bytes, widest, most);
    }
}
