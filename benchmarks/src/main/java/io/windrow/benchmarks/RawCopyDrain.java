package io.windrow.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Half of the limit L: a bare socket that sends one COPY and reads it to nowhere. Knows as much of PostgreSQL's protocol
 * as that needs (trust authentication, no TLS).
 */
final class RawCopyDrain {
    private static final int BUFFER_BYTES = 256 * 1024;

    private RawCopyDrain() {}

    /**
     * Runs the COPY and drops what comes.
     *
     * @return bytes of CopyData payload received
     */
    static long drain(String host, int port, String user, String database, String copy) throws IOException {
        try (Socket socket = new Socket(host, port)) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            Wire in = new Wire(socket.getInputStream());
            out.write(startup(user, database));
            in.skipTo('Z');
            out.write(query("SET jit = off"));
            in.skipTo('Z');
            out.write(query(copy));
            long bytes = in.skipTo('Z');
            out.write(new byte[] {'X', 0, 0, 0, 4});
            return bytes;
        }
    }

    private static byte[] startup(String user, String database) {
        byte[] text = ("user\0" + user + "\0database\0" + database + "\0\0").getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length).putInt(8 + text.length).putInt(3 << 16).put(text).array();
    }

    private static byte[] query(String sql) {
        byte[] text = (sql + "\0").getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(5 + text.length).put((byte) 'Q').putInt(4 + text.length).put(text).array();
    }

    /** Reads messages through one buffer and skips their bodies. */
    private static final class Wire {
        private final InputStream in;
        private final byte[] buffer = new byte[BUFFER_BYTES];
        private int at;
        private int end;

        Wire(InputStream in) {
            this.in = in;
        }

        /** Skips to the end of the first message of the given kind; returns the CopyData bytes on the way. */
        long skipTo(char kind) throws IOException {
            long copied = 0;
            while (true) {
                int type = octet();
                int length = (octet() << 24 | octet() << 16 | octet() << 8 | octet()) - 4;
                if (type == 'E') {
                    throw new IOException("The server refused: " + new String(body(length), StandardCharsets.UTF_8));
                }
                if (type == 'd') {
                    copied += length;
                }
                skip(length);
                if (type == kind) {
                    return copied;
                }
            }
        }

        private byte[] body(int length) throws IOException {
            byte[] body = new byte[length];
            for (int i = 0; i < length; i++) {
                body[i] = (byte) octet();
            }
            return body;
        }

        private int octet() throws IOException {
            if (at == end) {
                fill();
            }
            return buffer[at++] & 0xff;
        }

        private void skip(int length) throws IOException {
            int left = length;
            while (left > end - at) {
                left -= end - at;
                at = end;
                fill();
            }
            at += left;
        }

        private void fill() throws IOException {
            at = 0;
            end = in.read(buffer);
            if (end < 0) {
                end = 0;
                throw new EOFException("The server closed the connection");
            }
        }
    }
}
