package io.windrow.connectors.jdbc.sql;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;

/**
 * Makes sockets that notice within two minutes that the other machine is gone: a database may work on a commit for hours and
 * say nothing, so silence alone proves nothing, and the system's default waits for two hours. PostgreSQL's driver finds this
 * by its name. Safe for use by many threads.
 */
public final class WatchedSockets extends SocketFactory {
    /** Seconds of silence after which the other machine is asked. */
    static final int IDLE = 60;
    /** Seconds between two questions. */
    static final int BETWEEN = 10;
    /** So many questions without an answer are enough. */
    static final int QUESTIONS = 6;

    /** Called by the driver. */
    public WatchedSockets() {}

    @Override
    public Socket createSocket() throws IOException {
        Socket socket = new Socket();
        if (socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
            socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, IDLE);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, BETWEEN);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, QUESTIONS);
        }
        return socket;
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
