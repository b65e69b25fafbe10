package io.windrow.connectors.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * The socket of one connection, seen from below the driver. The driver's reads block without a deadline and break the
 * connection if they time out in the middle of a message; this waits for bytes beforehand, and lets another thread end a
 * read that blocks.
 */
final class Wire implements AutoCloseable {
    private static final Map<String, Wire> OPENING = new ConcurrentHashMap<>();
    private static final int SLICE_MILLIS = 200;
    private static final int BUFFER_BYTES = 128 << 10;

    private final String id = UUID.randomUUID().toString();
    private volatile @Nullable WireSocket socket;
    private volatile boolean woken;
    private volatile boolean streaming;

    Wire() {
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

    @Override
    public void close() {
        OPENING.remove(id);
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

    private final class WireInput extends InputStream {
        private final InputStream in;
        private final WireSocket owner;
        private final byte[] buffer = new byte[BUFFER_BYTES];
        private int at;
        private int end;
        private boolean eof;

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
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (at == end) {
                require();
                if (eof) {
                    return -1;
                }
            }
            int count = Math.min(length, end - at);
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

        private void require() throws IOException {
            int timeout = owner.driverTimeout;
            long start = System.nanoTime();
            while (at == end && !eof && !fill()) {
                if (woken && streaming) {
                    throw new SocketException("stopped while waiting for the server");
                }
                if (timeout > 0 && System.nanoTime() - start > timeout * 1_000_000L) {
                    throw new SocketTimeoutException("the server sent nothing for " + timeout + " ms");
                }
            }
        }

        private boolean fill() throws IOException {
            try {
                int count = in.read(buffer, 0, buffer.length);
                eof = count < 0;
                at = 0;
                end = Math.max(0, count);
                return true;
            } catch (SocketTimeoutException e) {
                return false;
            }
        }
    }
}
