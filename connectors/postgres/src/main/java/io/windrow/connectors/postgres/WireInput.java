package io.windrow.connectors.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteOrder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What comes over a {@link Wire}: a stream to the driver, frames to the reader, both out of one buffer, so that neither sees
 * a part of what is the other's. The reader's thread only, but for what the wire itself is told.
 */
final class WireInput extends InputStream implements Wire.Frames {
    private static final int BUFFER_BYTES = 128 << 10;
    private static final int HEADER_BYTES = 5;
    /**
     * The server sends rows in pieces of eight kilobytes. Whoever waits for each is woken for each, and waking somebody costs the
     * server more than sending (benchmarks/RESULTS.md): after a read that brought less than this, more is left to come together.
     */
    private static final int GATHERED_BYTES = 64 << 10;
    /**
     * How long. A server that fills the system's receive buffer sooner (128 KiB at first) meets a reader that does not pause, since
     * its next read brings enough.
     */
    private static final long GATHER_NANOS = 600_000;
    /** A record may come in pieces: it is waited for where it is not begun, so that a deadline holds. */
    private static final long SLICE_NANOS = 200_000_000;
    private static final byte COPY_DATA = 'd';
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private final InputStream in;
    private final Wire wire;
    private final Wire.Content content;
    private final Socket owner;
    /** Where encrypted bytes come from; null: nothing is encrypted. */
    private final @Nullable WireInput beneath;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at;
    private int end;
    private boolean eof;
    /** The last read of rows found less than was worth waking up for. */
    private boolean trickling;
    /** Whether the driver is to find nothing to read. */
    private boolean withheld;
    /** Bytes of a message that the driver has begun to read. */
    private long left;
    /** A message that the buffer cannot hold, or its beginning, and how much of it is here. */
    private byte @Nullable [] large;
    /** Of a message that is passed over its bytes, and how many of them are still to come. */
    private long passed;

    private long passing;

    private int filled;
    private byte[] frame = buffer;
    private int frameFrom;
    private int frameTo;

    WireInput(InputStream in, Wire wire, Socket owner) {
        this(in, wire, wire.content(), owner, null);
    }

    private WireInput(InputStream in, Wire wire, Wire.Content content, Socket owner, @Nullable WireInput beneath) {
        this.in = in;
        this.wire = wire;
        this.content = content;
        this.owner = owner;
        this.beneath = beneath;
    }

    /** The server's messages out of TLS records, which come from {@code beneath}. */
    static WireInput decrypted(Socket tls, Wire wire, WireInput beneath) throws IOException {
        return new WireInput(tls.getInputStream(), wire, Wire.Content.MESSAGES, tls, beneath);
    }

    boolean await(long deadlineNanos) throws IOException {
        while (at == end && !eof) {
            if (wire.isWoken() || System.nanoTime() - deadlineNanos >= 0) {
                return false;
            }
            fill();
        }
        return true;
    }

    @Override
    public Next next(long deadlineNanos) throws IOException {
        while (true) {
            byte[] growing = large;
            if (growing != null) {
                if (filled == growing.length) {
                    int over = (int) Math.min(passing, end - at);
                    at += over;
                    passing -= over;
                    if (passing == 0) {
                        row(growing, 0, filled);
                        return passed == 0 ? Next.ROW : Next.BEGINNING;
                    }
                }
            } else if (left > 0 || (at < end && buffer[at] != COPY_DATA)) {
                return Next.OTHER;
            } else if (end - at >= HEADER_BYTES) {
                int length = (int) INT.get(buffer, at + 1);
                if (length < 4) {
                    return Next.OTHER;
                }
                if (length < end - at) {
                    return row(buffer, at + HEADER_BYTES, at + 1 + length);
                }
                if (length >= buffer.length) {
                    if (length > wire.largestRow()) {
                        return Next.TOO_LARGE;
                    }
                    begin(length - 4);
                    continue;
                }
            }
            if (eof) {
                return Next.OTHER;
            }
            if (wire.isWoken() || System.nanoTime() - deadlineNanos >= 0) {
                return Next.NOT_YET;
            }
            fill();
        }
    }

    @Override
    public void passOver(int kept) {
        passed = (int) INT.get(buffer, at + 1) - Integer.BYTES;
        int beginning = (int) Math.min(kept, passed);
        passing = passed - beginning;
        large = new byte[beginning];
        filled = Math.min(beginning, end - at - HEADER_BYTES);
        System.arraycopy(buffer, at + HEADER_BYTES, large, 0, filled);
        at += HEADER_BYTES + filled;
    }

    @Override
    public long size() {
        return passed;
    }

    private Next row(byte[] bytes, int from, int to) {
        frame = bytes;
        frameFrom = from;
        frameTo = to;
        return Next.ROW;
    }

    private void begin(int length) {
        byte[] growing = new byte[length];
        filled = end - at - HEADER_BYTES;
        System.arraycopy(buffer, at + HEADER_BYTES, growing, 0, filled);
        at = end;
        large = growing;
    }

    @Override
    public byte[] bytes() {
        return frame;
    }

    @Override
    public int from() {
        return frameFrom;
    }

    @Override
    public int to() {
        return frameTo;
    }

    @Override
    public void consumed() {
        if (frameTo > 0) {
            if (large == null) {
                at = frameTo;
            } else {
                large = null;
                passed = 0;
                frame = buffer;
            }
            frameTo = 0;
        }
    }

    @Override
    public void withhold() {
        withheld = true;
    }

    @Override
    public void offer() {
        withheld = false;
    }

    @Override
    public boolean ended() {
        return eof;
    }

    @Override
    public InputStream rest() {
        return this;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (withheld) {
            throw new SocketTimeoutException("what came is not the driver's now");
        }
        require(content == Wire.Content.MESSAGES && left == 0 ? HEADER_BYTES : 1);
        if (at == end) {
            return -1;
        }
        int count = Math.min(length, end - at);
        if (content == Wire.Content.MESSAGES) {
            if (left == 0) {
                left = end - at < HEADER_BYTES ? end - at : 1 + Math.max(4L, (int) INT.get(buffer, at + 1));
            }
            count = (int) Math.min(count, left);
            left -= count;
        }
        System.arraycopy(buffer, at, target, offset, count);
        at += count;
        return count;
    }

    /** What is here already; never asks the operating system. */
    @Override
    public int available() {
        return withheld ? 0 : end - at;
    }

    @Override
    public void close() throws IOException {
        owner.close();
    }

    private void require(int bytes) throws IOException {
        int timeout = owner.getSoTimeout();
        long start = System.nanoTime();
        while (end - at < bytes && !eof) {
            if (fill()) {
                continue;
            }
            if (wire.isWoken() && wire.isStreaming()) {
                throw new SocketException("stopped while waiting for the server");
            }
            if (wire.isStreaming() && System.nanoTime() - start > wire.patience()) {
                // Not a timeout, which the driver would take for a reason to go on waiting.
                throw new SocketException("the server sent the beginning of a message and not the rest");
            }
            if (timeout > 0 && System.nanoTime() - start > timeout * 1_000_000L) {
                throw new SocketTimeoutException("the server sent nothing for " + timeout + " ms");
            }
        }
    }

    /** Reads what there is behind what is here, or into the large message. False if nothing came for a while. */
    private boolean fill() throws IOException {
        WireInput encrypted = beneath;
        if (encrypted != null && in.available() == 0 && !encrypted.await(System.nanoTime() + SLICE_NANOS)) {
            return false;
        }
        byte[] target = buffer;
        byte[] growing = large != null && filled < large.length ? large : null;
        if (growing == null) {
            if (at == end) {
                at = 0;
                end = 0;
            } else if (at > 0) {
                System.arraycopy(buffer, at, buffer, 0, end - at);
                end -= at;
                at = 0;
            }
        } else {
            target = growing;
        }
        int from = growing == null ? end : filled;
        if (trickling) {
            LockSupport.parkNanos(GATHER_NANOS);
        }
        trickling = false;
        try {
            int count = in.read(target, from, target.length - from);
            trickling = encrypted == null && wire.isStreaming() && count > 0 && count < GATHERED_BYTES;
            eof = count < 0;
            wire.hears();
            if (growing == null) {
                end += Math.max(0, count);
            } else {
                filled += Math.max(0, count);
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }
}
