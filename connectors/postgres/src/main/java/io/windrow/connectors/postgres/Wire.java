package io.windrow.connectors.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

// Over 400 lines: the socket, its input and the frames work on one buffer.
/**
 * The socket of one connection, seen from below the driver. The driver's reads block without a deadline and break the
 * connection if they time out in the middle of a message; this waits for bytes beforehand, and lets another thread end a
 * read that blocks.
 */
final class Wire implements AutoCloseable {
    private static final Map<String, Wire> OPENING = new ConcurrentHashMap<>();
    private static final int SLICE_MILLIS = 200;
    private static final int BUFFER_BYTES = 128 << 10;

    private static final int HEADER_BYTES = 5;
    private static final byte COPY_DATA = 'd';
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    /** What the bytes on the socket are. */
    enum Content {
        /** Anything, for example TLS records. */
        BYTES,
        /** Messages of the server, from the first byte on: then {@link Frames} can take rows past the driver. */
        MESSAGES
    }

    private final Content content;
    private final String id = UUID.randomUUID().toString();
    private volatile @Nullable WireSocket socket;
    private volatile boolean woken;
    private volatile boolean streaming;
    private volatile long largestRow = Long.MAX_VALUE;

    Wire(Content content) {
        this.content = content;
        OPENING.put(id, this);
    }

    /** The name under which {@link Sockets} finds this. */
    String id() {
        return id;
    }

    /** The connection is made; later sockets with the same id (for a cancel request) are not ours. */
    void opened() {
        OPENING.remove(id);
    }

    /** From now on a read of the driver waits only for the rest of a message, and {@link #wake} may break it off. */
    void streaming() {
        streaming = true;
    }

    /** Sets the most bytes that a row may have: room is made for a row before it has come (I12). */
    void largestRow(long bytes) {
        largestRow = bytes;
    }

    /** Ends a wait within a fraction of a second. Any thread. */
    void wake() {
        woken = true;
    }

    /** Whether {@link #wake} was called since the last call of this. */
    boolean takeWoken() {
        if (!woken) {
            return false;
        }
        woken = false;
        return true;
    }

    /** Waits until bytes are there (true), or until the time, or until woken (both false). */
    boolean await(long deadlineNanos) throws IOException {
        WireSocket opened = socket;
        if (opened == null) {
            throw new SocketException("not connected");
        }
        return opened.input().await(deadlineNanos);
    }

    /** The rows of a running copy, or null if the bytes on the socket are not the server's messages themselves. */
    @Nullable Frames frames() throws IOException {
        WireSocket opened = socket;
        return content == Content.BYTES || opened == null ? null : opened.input();
    }

    @Override
    public void close() {
        OPENING.remove(id);
    }

    /**
     * Reads CopyData messages where they lie, without the driver: it would copy each into an array of its own. Everything
     * else is left to the driver, which never sees a part of the next message, so that both take turns at any message. The
     * reader's thread only.
     */
    sealed interface Frames permits WireInput {
        /** What comes next. */
        enum Next {
            /** A whole CopyData message: {@link #bytes} from {@link #from} to {@link #to}, until {@link #consumed}. */
            ROW,
            /** Something that the driver must read, with {@link #ended} its error. */
            OTHER,
            /** A CopyData message of more than {@link Wire#largestRow} bytes, of which nothing is taken from {@link #rest} yet. */
            TOO_LARGE,
            /** No whole message by the deadline, or before {@link Wire#wake}. */
            NOT_YET
        }

        Next next(long deadlineNanos) throws IOException;

        byte[] bytes();

        int from();

        int to();

        /** Goes on to the next message; does nothing if the last one was the driver's. */
        void consumed();

        /** Whether the server has closed the connection. */
        boolean ended();

        /** The bytes from the next message on. */
        InputStream rest();
    }

    /** Makes the driver's sockets. The driver finds it by its name and gives it the id of the wire. */
    public static final class Sockets extends SocketFactory {
        private final @Nullable Wire wire;

        /** Called by the driver. */
        public Sockets(String id) {
            this.wire = OPENING.get(id);
        }

        @Override
        public Socket createSocket() {
            Wire owner = wire;
            if (owner == null || !OPENING.containsKey(owner.id)) {
                return new Socket();
            }
            WireSocket made = owner.new WireSocket();
            owner.socket = made;
            return made;
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return new Socket(host, port);
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
            return new Socket(host, port, local, localPort);
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return new Socket(host, port);
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
            return new Socket(host, port, local, localPort);
        }
    }

    private final class WireSocket extends Socket {
        private @Nullable WireInput input;
        private volatile int driverTimeout;

        @Override
        public synchronized void setSoTimeout(int millis) {
            driverTimeout = millis;
        }

        @Override
        public synchronized int getSoTimeout() {
            return driverTimeout;
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return input();
        }

        private synchronized WireInput input() throws IOException {
            if (input == null) {
                super.setSoTimeout(SLICE_MILLIS);
                input = new WireInput(super.getInputStream(), this);
            }
            return input;
        }
    }

    private final class WireInput extends InputStream implements Frames {
        private final InputStream in;
        private final WireSocket owner;
        private final byte[] buffer = new byte[BUFFER_BYTES];
        private int at;
        private int end;
        private boolean eof;
        /** Bytes of a message that the driver has begun to read. */
        private long left;
        /** A message that the buffer cannot hold, and how much of it is here. */
        private byte @Nullable [] large;

        private int filled;
        private byte[] frame = buffer;
        private int frameFrom;
        private int frameTo;

        WireInput(InputStream in, WireSocket owner) {
            this.in = in;
            this.owner = owner;
        }

        boolean await(long deadlineNanos) throws IOException {
            while (at == end && !eof) {
                if (woken || System.nanoTime() - deadlineNanos >= 0) {
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
                        return row(growing, 0, filled);
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
                        if (length > largestRow) {
                            return Next.TOO_LARGE;
                        }
                        begin(length - 4);
                        continue;
                    }
                }
                if (eof) {
                    return Next.OTHER;
                }
                if (woken || System.nanoTime() - deadlineNanos >= 0) {
                    return Next.NOT_YET;
                }
                fill();
            }
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
                    frame = buffer;
                }
                frameTo = 0;
            }
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
            require(content == Content.MESSAGES && left == 0 ? HEADER_BYTES : 1);
            if (at == end) {
                return -1;
            }
            int count = Math.min(length, end - at);
            if (content == Content.MESSAGES) {
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
            return end - at;
        }

        @Override
        public void close() throws IOException {
            owner.close();
        }

        private void require(int bytes) throws IOException {
            int timeout = owner.driverTimeout;
            long start = System.nanoTime();
            while (end - at < bytes && !eof) {
                if (fill()) {
                    continue;
                }
                if (woken && streaming) {
                    throw new SocketException("stopped while waiting for the server");
                }
                if (timeout > 0 && System.nanoTime() - start > timeout * 1_000_000L) {
                    throw new SocketTimeoutException("the server sent nothing for " + timeout + " ms");
                }
            }
        }

        /** Reads what there is behind what is here, or into the large message. False if nothing came for a while. */
        private boolean fill() throws IOException {
            byte[] target = buffer;
            byte[] growing = large;
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
            try {
                int count = in.read(target, from, target.length - from);
                eof = count < 0;
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
}
