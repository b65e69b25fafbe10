package io.windrow.connectors.postgres;

import io.windrow.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Makes a stopped cluster 2^32 transactions older, as {@code pg_resetwal -e} does, which comes with few servers: the next
 * transaction's id stands in the control file and in the last record of the log, each under a checksum.
 */
final class TransactionEpoch {
    private static final int CHECKPOINT = 32;
    private static final int NEXT = 64;
    private static final int LOG_FILE = 16 << 20;
    private static final int LOG_PAGE = 8 << 10;
    private static final int RECORD_HEADER = 24;
    private static final int RECORD_CRC = 20;
    private static final int SHORT_DATA_HEADER = 2;
    /** In the checkpoint that the control file has a copy of from byte 40 on. */
    private static final int NEXT_IN_CHECKPOINT = NEXT - 40;

    private TransactionEpoch() {}

    /** The server was stopped in good order. */
    static void advance(PostgresServer stopped) throws IOException {
        Path control = stopped.data().resolve("global/pg_control");
        ByteBuffer bytes = read(control);
        long at = bytes.getLong(CHECKPOINT);
        int crc = RECORD_CRC;
        do {
            crc += Integer.BYTES;
        } while (crc < NEXT || bytes.getInt(crc) != checksum(bytes, 0, crc));
        bytes.putLong(NEXT, bytes.getLong(NEXT) + (1L << 32));
        bytes.putInt(crc, checksum(bytes, 0, crc));
        Files.write(control, bytes.array());
        Path log = stopped.data().resolve("pg_wal/00000001%08X%08X".formatted(at >>> 32, (at & 0xffff_ffffL) / LOG_FILE));
        ByteBuffer records = read(log);
        int record = (int) (at % LOG_FILE);
        int length = records.getInt(record);
        if (record / LOG_PAGE != (record + length - 1) / LOG_PAGE) {
            throw new IOException("the checkpoint's record crosses a page of the log");
        }
        int next = record + RECORD_HEADER + SHORT_DATA_HEADER + NEXT_IN_CHECKPOINT;
        records.putLong(next, records.getLong(next) + (1L << 32));
        CRC32C sum = new CRC32C();
        sum.update(records.array(), record + RECORD_HEADER, length - RECORD_HEADER);
        sum.update(records.array(), record, RECORD_CRC);
        records.putInt(record + RECORD_CRC, (int) sum.getValue());
        Files.write(log, records.array());
    }

    private static ByteBuffer read(Path file) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
    }

    private static int checksum(ByteBuffer bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), from, to - from);
        return (int) crc.getValue();
    }
}
