package io.windrow.testkit.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A TCP proxy on 127.0.0.1 that can be told, at any time and from any thread, to misbehave. What it is told holds for
 * all its connections, old and new, until it is told something else.
 */
public final class TcpProxy implements AutoCloseable {
    private final String host;
    private volatile int target;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    /** Both ends of every connection on which something was dropped. */
    private final Set<Socket> torn = ConcurrentHashMap.newKeySet();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile Optional<Socket> newest = Optional.empty();
    private volatile Fault fault = new Fault.None();
    private volatile boolean closed;

    private TcpProxy(String host, int target) throws IOException {
        this.host = host;
        this.target = target;
        this.listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    }

    /** A proxy to the given server, listening on a port of its own. */
    public static TcpProxy to(String host, int port) {
        try {
            TcpProxy proxy = new TcpProxy(host, port);
            Thread.ofPlatform().daemon().name("proxy-accept").start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("Starting a proxy to " + host + ":" + port, e);
        }
    }

    /** The port to connect to instead of the server's. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Leads connections that are made from now on to another port of the host, as an address of several servers does. */
    public void leadTo(int port) {
        target = port;
    }

    /** Connections that clients have made so far. */
    public long accepted() {
        return accepted.get();
    }

    /** Bytes that the server has sent so far, over all connections. */
    public long received() {
        return received.get();
    }

    /** Passes everything on at once. */
    public void pass() {
        set(new Fault.None());
    }

    /** Holds every piece back for the given time, in both directions. */
    public void delay(Duration time) {
        set(new Fault.Delay(time));
    }

    /** Keeps connections open and passes nothing on, in either direction, until told something else. */
    public void blackHole() {
        set(new Fault.BlackHole());
    }

    /** Resets every connection (RST) once the server has sent that many more bytes over all of them. */
    public void resetAfter(long bytes) {
        set(new Fault.Reset(received.get() + bytes));
    }

    /**
     * Passes requests on to the server and drops all that it replies. Told something else, it resets every connection that has
     * lost something: TCP loses no part of what it carries unless it loses the connection.
     */
    public void dropReplies() {
        set(new Fault.DropReplies());
    }

    /** As {@link #dropReplies}, but only those to the connection that was made last; all others are passed on. */
    public void dropRepliesToNewest() {
        set(new Fault.DropRepliesOf(newest.orElseThrow()));
    }

    /** Resets all connections that are open now. */
    public void resetAll() {
        sockets.forEach(TcpProxy::reset);
    }

    @Override
    public void close() {
        closed = true;
        set(new Fault.None());
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Closing a proxy", e);
        }
        resetAll();
    }

    private void set(Fault next) {
        lock.lock();
        try {
            fault = next;
            changed.signalAll();
            if (!(next instanceof Fault.DropReplies || next instanceof Fault.DropRepliesOf)) {
                torn.forEach(TcpProxy::reset);
                torn.clear();
            }
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = listener.accept();
                accepted.incrementAndGet();
                forward(client);
            } catch (IOException e) {
                // The listener is closed.
                continue;
            }
        }
    }

    private void forward(Socket client) {
        try {
            Socket server = new Socket(host, target);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            sockets.add(client);
            sockets.add(server);
            newest = Optional.of(server);
            AtomicInteger directions = new AtomicInteger(2);
            Thread.ofPlatform().daemon().name("proxy-request").start(() -> pump(client, server, Direction.REQUEST, directions));
            Thread.ofPlatform().daemon().name("proxy-reply").start(() -> pump(server, client, Direction.REPLY, directions));
        } catch (IOException e) {
            // The server refuses: the client sees the same.
            reset(client);
        }
    }

    private void pump(Socket from, Socket to, Direction direction, AtomicInteger directions) {
        byte[] buffer = new byte[1 << 14];
        try {
            for (int n = from.getInputStream().read(buffer); n >= 0; n = from.getInputStream().read(buffer)) {
                if (passes(direction, n, from, to)) {
                    to.getOutputStream().write(buffer, 0, n);
                }
            }
            // The end of what the server sent does not come before what was lost of it.
            if (direction == Direction.REQUEST || !torn.contains(from)) {
                to.shutdownOutput();
            }
        } catch (IOException e) {
            // One side is gone: the other side shall see the same.
            reset(from);
            reset(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (directions.decrementAndGet() == 0) {
                forget(from);
                forget(to);
            }
        }
    }

    private void forget(Socket socket) {
        sockets.remove(socket);
        torn.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // It was closed already.
            return;
        }
    }

    private boolean passes(Direction direction, int bytes, Socket from, Socket to) throws InterruptedException {
        lock.lock();
        try {
            if (direction == Direction.REPLY) {
                // Counted here, so that whoever sees the count and tells the proxy something does it after this piece.
                received.addAndGet(bytes);
            }
            while (fault instanceof Fault.BlackHole && !closed) {
                changed.await();
            }
            return switch (fault) {
                case Fault.None ignored -> true;
                case Fault.BlackHole ignored -> false;
                case Fault.Delay delay -> {
                    long left = delay.time().toNanos();
                    while (left > 0 && !closed) {
                        left = changed.awaitNanos(left);
                    }
                    yield true;
                }
                case Fault.DropReplies ignored -> {
                    if (direction == Direction.REPLY) {
                        torn.add(from);
                        torn.add(to);
                    }
                    yield direction == Direction.REQUEST;
                }
                case Fault.DropRepliesOf one -> {
                    if (from == one.server()) {
                        torn.add(from);
                        torn.add(to);
                    }
                    yield from != one.server();
                }
                case Fault.Reset reset -> {
                    if (received.get() >= reset.at()) {
                        reset(from);
                        reset(to);
                        yield false;
                    }
                    yield true;
                }
            };
        } finally {
            lock.unlock();
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // It was closed already.
            return;
        }
    }

    private enum Direction {
        REQUEST,
        REPLY
    }

    private sealed interface Fault {
        record None() implements Fault {}

        record Delay(Duration time) implements Fault {}

        record BlackHole() implements Fault {}

        record Reset(long at) implements Fault {}

        record DropReplies() implements Fault {}

        record DropRepliesOf(Socket server) implements Fault {}
    }
}
