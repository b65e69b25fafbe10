package io.windrow.connectors.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocket;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.postgresql.ssl.DefaultJavaSSLFactory;
import org.postgresql.ssl.LibPQFactory;
import org.postgresql.util.PSQLException;

/**
 * The socket of one connection, seen from below the driver. The driver's reads block without a deadline and break the
 * connection if they time out in the middle of a message; this waits for bytes beforehand, and lets another thread end a
 * read that blocks.
 */
final class Wire implements AutoCloseable {
    private static final Map<String, Wire> OPENING = new ConcurrentHashMap<>();
    private static final int SLICE_MILLIS = 200;

    /** What the bytes on the socket are. */
    enum Content {
        /** Anything. */
        BYTES,
        /** TLS records, if the driver and the server agree on them: then {@link Frames} can take rows out of them. */
        TLS,
        /** Messages of the server, from the first byte on: then {@link Frames} can take rows past the driver. */
        MESSAGES
    }

    private final Content content;
    private final String id = UUID.randomUUID().toString();
    private volatile @Nullable WireSocket socket;
    private volatile boolean woken;
    private volatile boolean streaming;
    private volatile long largestRow = Long.MAX_VALUE;
    private volatile long patienceNanos = Long.MAX_VALUE;
    private volatile long heard;

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

    /** Sets how long the driver waits, at most, for the rest of a message while rows are streamed. */
    void patience(long nanos) {
        patienceNanos = nanos;
    }

    /** How long the driver waits, at most, for the rest of a message while rows are streamed. */
    long patience() {
        return patienceNanos;
    }

    /** Something has come. */
    void hears() {
        heard++;
    }

    /** How many times something has come. */
    long heard() {
        return heard;
    }

    /** Sets the most bytes that a row may have: room is made for a row before it has come (I12). */
    void largestRow(long bytes) {
        largestRow = bytes;
    }

    /** The most bytes that a row may have. */
    long largestRow() {
        return largestRow;
    }

    /** What the bytes on the socket are. */
    Content content() {
        return content;
    }

    /** Whether {@link #wake} was called and nobody has taken notice yet. */
    boolean isWoken() {
        return woken;
    }

    /** Whether {@link #wake} may break off a read of the driver. */
    boolean isStreaming() {
        return streaming;
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
        return opened.decrypted().await(deadlineNanos);
    }

    /** The rows of a running copy, or null if nobody knows that what comes are the server's messages from the first byte on. */
    @Nullable Frames frames() throws IOException {
        WireSocket opened = socket;
        return opened == null || content != Content.MESSAGES && !opened.isTls() ? null : opened.decrypted();
    }

    /**
     * The name of the class that makes the driver's TLS sockets.
     *
     * @param own the one that the driver would take; empty: its default
     */
    static String tls(Optional<String> own) {
        return own.filter(DefaultJavaSSLFactory.class.getName()::equals).isPresent() ? SystemTls.class.getName() : Tls.class.getName();
    }

    private static @Nullable Wire opening(Properties info) {
        String id = info.getProperty("socketFactoryArg");
        return id == null ? null : OPENING.get(id);
    }

    /** Puts frames over a TLS socket of the wire; as it is if there is none, as for a cancel request. */
    private static Socket framed(@Nullable Wire wire, Socket beneath, Socket made) throws IOException {
        return wire != null && beneath instanceof WireSocket raw && made instanceof SSLSocket tls ? raw.over(tls) : made;
    }

    /** Makes TLS sockets as the driver does. The driver finds it by its name. */
    public static final class Tls extends LibPQFactory {
        private final @Nullable Wire wire;

        /** Called by the driver. */
        public Tls(Properties info) throws PSQLException {
            super(info);
            wire = opening(info);
        }

        @Override
        public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
            return framed(wire, socket, super.createSocket(socket, host, port, autoClose));
        }
    }

    /** The same with the certificates that Java trusts. The driver finds it by its name. */
    public static final class SystemTls extends DefaultJavaSSLFactory {
        private final @Nullable Wire wire;

        /** Called by the driver. */
        public SystemTls(Properties info) {
            super(info);
            wire = opening(info);
        }

        @Override
        public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
            return framed(wire, socket, super.createSocket(socket, host, port, autoClose));
        }
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
            /** The beginning of such a message, as a row; the others of its {@link #size} bytes were passed over. */
            BEGINNING,
            /** No whole message by the deadline, or before {@link Wire#wake}. */
            NOT_YET
        }

        Next next(long deadlineNanos) throws IOException;

        byte[] bytes();

        int from();

        int to();

        /** The message that is too large is passed over but for its first bytes, which come next. */
        void passOver(int kept);

        /** How many bytes the message has of which the beginning came. */
        long size();

        /** Goes on to the next message; does nothing if the last one was the driver's. */
        void consumed();

        /** The driver finds nothing to read until {@link #offer}, whatever has come: the message stays as it is. */
        void withhold();

        /** The driver may read again. */
        void offer();

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
        public Socket createSocket() throws IOException {
            Wire owner = wire;
            if (owner == null || !OPENING.containsKey(owner.id)) {
                return new Socket();
            }
            WireSocket made = owner.new WireSocket();
            made.watchPeer();
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
        private volatile @Nullable TlsSocket tls;
        private volatile int driverTimeout;

        /**
         * A server may think for hours before it sends a row, so silence proves nothing. Its machine still answers for it: one
         * that does not for two minutes is gone, where the system's default waits for two hours.
         */
        private void watchPeer() throws IOException {
            if (supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
                setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 60);
                setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 10);
                setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 6);
            }
        }

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

        private Socket over(SSLSocket made) throws IOException {
            TlsSocket over = new TlsSocket(made, Wire.this, input());
            tls = over;
            return over;
        }

        private boolean isTls() {
            return tls != null;
        }

        private WireInput decrypted() throws IOException {
            TlsSocket over = tls;
            return over == null ? input() : over.input();
        }

        private synchronized WireInput input() throws IOException {
            if (input == null) {
                super.setSoTimeout(SLICE_MILLIS);
                input = new WireInput(super.getInputStream(), Wire.this, this);
            }
            return input;
        }
    }
}
