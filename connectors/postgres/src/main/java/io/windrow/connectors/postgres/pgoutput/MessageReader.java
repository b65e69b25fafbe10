package io.windrow.connectors.postgres.pgoutput;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.pgoutput.PublishedRelation.PublishedColumn;
import io.windrow.connectors.postgres.pgoutput.PublishedRelation.Role;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Takes messages of pgoutput, protocol versions 1 to 4, apart. Those within a part of a transaction in progress are read
 * without the transaction's id that stands behind their kind. Every byte of a message is accounted for: one that is unknown, too
 * short or too long stops the stream (I10). One thread.
 */
public final class MessageReader {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    /** The kind of the messages that {@link #oversize} makes; the server has none of the kind. */
    public static final byte OVERSIZE = '!';
    /** From 1970 to 2000, where PostgreSQL's times begin. */
    private static final long EPOCH_MICROS = 946_684_800_000_000L;

    private final Messages messages;
    private final Tuple row = new Tuple();
    private final Tuple old = new Tuple();
    private final Optional<Tuple> sentOld = Optional.of(old);
    private byte[] bytes = new byte[0];
    private int at;
    private int end;

    /** A reader that tells what it reads. */
    public MessageReader(Messages messages) {
        this.messages = messages;
    }

    /**
     * The message that stands for one which memory does not hold, to be read or put aside like any other.
     *
     * @param from where its beginning lies
     * @param head how many bytes stand before what the message says: its kind, and the transaction's id if it is in progress
     * @param size how large it is, for people
     * @return empty: it is no change of a row
     */
    public static Optional<byte[]> oversize(byte[] message, int from, int to, int head, String size) {
        boolean isRow = to - from >= head + Integer.BYTES && "IUD".indexOf(message[from]) >= 0;
        if (!isRow) {
            return Optional.empty();
        }
        byte[] text = (size + '\0').getBytes(StandardCharsets.US_ASCII);
        byte[] made = Arrays.copyOf(Arrays.copyOfRange(message, from, from + head + Integer.BYTES), head + Integer.BYTES + text.length);
        made[0] = OVERSIZE;
        System.arraycopy(text, 0, made, head + Integer.BYTES, text.length);
        return Optional.of(made);
    }

    /** Reads one message, which lies between {@code from} and {@code to}. Nothing of it is kept. */
    public void read(byte[] message, int from, int to) {
        bytes = message;
        at = from;
        end = to;
        byte type = byteValue();
        switch (type) {
            case 'I' -> {
                long relation = unsigned();
                expect('N');
                tuple(row);
                done(type);
                messages.insert(relation, row);
            }
            case 'U' -> update(type);
            case 'D' -> {
                long relation = unsigned();
                Messages.Image image = image(byteValue());
                tuple(old);
                done(type);
                messages.delete(relation, old, image);
            }
            case 'B' -> {
                long commitLsn = longValue();
                long micros = longValue() + EPOCH_MICROS;
                long xid = unsigned();
                done(type);
                messages.begin(commitLsn, micros, xid);
            }
            case 'C' -> {
                byteValue();
                longValue();
                long endLsn = longValue();
                longValue();
                done(type);
                messages.commit(endLsn);
            }
            case 'R' -> relation(type);
            case 'T' -> {
                int count = intValue();
                byteValue();
                List<Long> relations = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    relations.add(unsigned());
                }
                done(type);
                messages.truncate(relations);
            }
            case 'S' -> {
                long xid = unsigned();
                byteValue();
                done(type);
                messages.control(new Control.PartBegins(xid));
            }
            case 'E' -> {
                done(type);
                messages.control(new Control.PartEnds());
            }
            case 'A' -> {
                long xid = unsigned();
                long undone = unsigned();
                if (at < end) {
                    // Where and when, which version 4 adds for who applies transactions side by side.
                    longValue();
                    longValue();
                }
                done(type);
                messages.control(new Control.PartsUndone(xid, undone));
            }
            case 'c' -> {
                long xid = unsigned();
                byteValue();
                long commitLsn = longValue();
                long endLsn = longValue();
                long micros = longValue() + EPOCH_MICROS;
                done(type);
                messages.control(new Control.PartsCommitted(xid, commitLsn, endLsn, micros));
            }
            case 'b', 'P', 'p', 'K', 'r' -> prepared(type);
            case 'M' -> message(type);
            case OVERSIZE -> {
                long relation = unsigned();
                String size = text();
                done(type);
                messages.oversize(relation, size);
            }
            // A type's name, and where a transaction came from, say nothing about a row.
            case 'Y', 'O' -> at = end;
            default -> throw unknown("a message of the kind " + printable(type));
        }
    }

    private void prepared(byte type) {
        if (type != 'b') {
            byteValue();
        }
        long place = longValue();
        long endLsn = longValue();
        long micros = longValue() + EPOCH_MICROS;
        if (type == 'r') {
            longValue();
        }
        long xid = unsigned();
        text();
        done(type);
        messages.control(switch (type) {
            case 'b' -> new Control.PrepareBegins(xid);
            case 'K' -> new Control.PreparedCommitted(xid, place, endLsn, micros);
            case 'r' -> new Control.PreparedUndone(xid, endLsn);
            default -> new Control.Prepared(xid, place, endLsn);
        });
    }

    private void message(byte type) {
        int flags = at;
        boolean belongs = byteValue() == 1;
        int place = at;
        long lsn = longValue();
        int begins = at;
        String prefix = text();
        int ends = at - 1;
        int length = intValue();
        int content = at;
        if (length != end - content) {
            throw unknown("an application's message whose content has " + (end - content) + " bytes in the place of " + length);
        }
        at = end;
        row.begin(bytes, 4);
        row.cell(0, Tuple.BINARY, begins, ends - begins);
        row.cell(1, Tuple.BINARY, content, length);
        row.cell(2, Tuple.BINARY, flags, 1);
        row.cell(3, Tuple.BINARY, place, Long.BYTES);
        done(type);
        messages.message(prefix, lsn, belongs ? Messages.Belonging.TRANSACTION : Messages.Belonging.NOTHING, row);
    }

    private void update(byte type) {
        long relation = unsigned();
        byte next = byteValue();
        Messages.Image image = Messages.Image.KEY;
        boolean sent = next != 'N';
        if (sent) {
            image = image(next);
            tuple(old);
            expect('N');
        }
        tuple(row);
        done(type);
        messages.update(relation, sent ? sentOld : Optional.empty(), image, row);
    }

    private void relation(byte type) {
        long oid = unsigned();
        String namespace = text();
        String name = text();
        char identity = (char) byteValue();
        int count = shortValue();
        List<PublishedColumn> columns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Role role = (byteValue() & 1) != 0 ? Role.IDENTITY : Role.VALUE;
            columns.add(new PublishedColumn(text(), unsigned(), intValue(), role));
        }
        done(type);
        messages.relation(new PublishedRelation(
                oid, new StreamName(namespace.isEmpty() ? "pg_catalog" : namespace, name), identity, columns));
    }

    private void tuple(Tuple into) {
        int columns = shortValue();
        into.begin(bytes, columns);
        for (int i = 0; i < columns; i++) {
            byte kind = byteValue();
            switch (kind) {
                case Tuple.NULL, Tuple.UNCHANGED -> into.cell(i, kind, at, 0);
                case Tuple.TEXT, Tuple.BINARY -> {
                    int length = intValue();
                    if (length < 0 || length > end - at) {
                        throw unknown("a row that ends in the middle of column " + (i + 1));
                    }
                    into.cell(i, kind, at, length);
                    at += length;
                }
                default -> throw unknown("a value of the kind " + printable(kind));
            }
        }
    }

    private Messages.Image image(byte kind) {
        return switch (kind) {
            case 'K' -> Messages.Image.KEY;
            case 'O' -> Messages.Image.FULL;
            default -> throw unknown("an old row of the kind " + printable(kind));
        };
    }

    private void expect(char what) {
        byte found = byteValue();
        if (found != what) {
            throw unknown("a row of the kind " + printable(found) + " where " + what + " was expected");
        }
    }

    private void done(byte type) {
        if (at != end) {
            throw unknown("a message of the kind " + printable(type) + " with " + (end - at) + " bytes too many");
        }
    }

    private void need(int count) {
        if (end - at < count) {
            throw unknown("a message that ends too early");
        }
    }

    private byte byteValue() {
        need(1);
        return bytes[at++];
    }

    private int shortValue() {
        need(2);
        int value = (short) SHORT.get(bytes, at) & 0xFFFF;
        at += 2;
        return value;
    }

    private int intValue() {
        need(4);
        int value = (int) INT.get(bytes, at);
        at += 4;
        return value;
    }

    private long unsigned() {
        return intValue() & 0xFFFF_FFFFL;
    }

    private long longValue() {
        need(8);
        long value = (long) LONG.get(bytes, at);
        at += 8;
        return value;
    }

    private String text() {
        int from = at;
        while (byteValue() != 0) {
            // The text ends at its zero byte.
        }
        return new String(bytes, from, at - from - 1, StandardCharsets.UTF_8);
    }

    private static String printable(byte kind) {
        return kind > 32 && kind < 127 ? String.valueOf((char) kind) : "0x" + Integer.toHexString(kind & 0xFF);
    }

    private static WindrowException unknown(String what) {
        return WindrowException.of(LogError.MESSAGE_UNKNOWN, "Reading the change log: " + what);
    }
}
