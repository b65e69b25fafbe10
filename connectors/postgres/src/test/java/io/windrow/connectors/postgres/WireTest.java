package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.connectors.postgres.Wire.Frames;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class WireTest {
    /** A message as the server sends it. */
    private record Message(char type, byte[] body) {}

    private static byte[] bytes(List<Message> messages) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(out);
        for (Message message : messages) {
            data.writeByte(message.type);
            data.writeInt(message.body.length + 4);
            data.write(message.body);
        }
        return out.toByteArray();
    }

    private static List<Message> messages(Random random) {
        List<Message> messages = new ArrayList<>();
        messages.add(new Message('H', new byte[7]));
        for (int i = 0; i < 300; i++) {
            int size = random.nextInt(60) == 0 ? 100_000 + random.nextInt(300_000) : random.nextInt(400);
            byte[] body = new byte[size];
            random.nextBytes(body);
            messages.add(new Message(random.nextInt(25) == 0 ? 'N' : 'd', body));
        }
        messages.add(new Message('c', new byte[0]));
        messages.add(new Message('C', "COPY 7\0".getBytes(StandardCharsets.US_ASCII)));
        messages.add(new Message('Z', new byte[] {'T'}));
        return messages;
    }

    @Test
    @Tag("slow")
    void rowsAreTakenWhereTheyLieAndTheDriverSeesNoByteOfTheNextMessage() throws Exception {
        Random random = new Random(42);
        List<Message> sent = messages(random);
        byte[] stream = bytes(sent);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ExecutorService threads = Executors.newSingleThreadExecutor();
                Wire wire = new Wire(Wire.Content.MESSAGES)) {
            Future<?> sender = threads.submit(() -> {
                try (Socket socket = server.accept()) {
                    for (int at = 0; at < stream.length; ) {
                        int n = Math.min(stream.length - at, 1 + random.nextInt(random.nextInt(3) == 0 ? 7 : 50_000));
                        socket.getOutputStream().write(stream, at, n);
                        at += n;
                    }
                }
                return null;
            });
            try (Socket socket = new Wire.Sockets(wire.id()).createSocket()) {
                socket.connect(server.getLocalSocketAddress());
                InputStream driver = socket.getInputStream();
                Frames frames = wire.frames();
                List<Message> got = new ArrayList<>();
                while (got.size() < sent.size()) {
                    switch (frames.next(System.nanoTime() + TimeUnit.MINUTES.toNanos(5))) {
                        case ROW -> {
                            got.add(new Message('d', Arrays.copyOfRange(frames.bytes(), frames.from(), frames.to())));
                            frames.consumed();
                        }
                        case OTHER -> got.add(asTheDriverReads(driver));
                        case NOT_YET -> throw new AssertionError("no whole message after " + got.size());
                    }
                }
                assertThat(got).usingRecursiveFieldByFieldElementComparator().isEqualTo(sent);
                assertThat(frames.next(System.nanoTime() + TimeUnit.MINUTES.toNanos(5))).isEqualTo(Frames.Next.OTHER);
                assertThat(frames.ended()).isTrue();
                assertThat(driver.read(new byte[10])).isEqualTo(-1);
            }
            sender.get();
        }
    }

    @Test
    void aMachineThatIsGoneIsNoticedInMinutes() throws Exception {
        try (Wire wire = new Wire(Wire.Content.BYTES);
                Socket socket = new Wire.Sockets(wire.id()).createSocket()) {
            assertThat(socket.supportedOptions()).contains(ExtendedSocketOptions.TCP_KEEPIDLE);
            int idle = socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE);
            int between = socket.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL);
            assertThat(idle + between * socket.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT)).isEqualTo(120);
        }
    }

    /** Asks for far more than the message has at each read, as the driver's buffer does. */
    private static Message asTheDriverReads(InputStream driver) throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        int size = 5;
        while (message.size() < size) {
            message.write(buffer, 0, driver.read(buffer, 0, buffer.length));
            byte[] so = message.toByteArray();
            if (so.length >= 5) {
                size = 1 + java.nio.ByteBuffer.wrap(so).getInt(1);
            }
            assertThat(so.length).isLessThanOrEqualTo(Math.max(5, size));
        }
        byte[] whole = message.toByteArray();
        return new Message((char) whole[0], Arrays.copyOfRange(whole, 5, whole.length));
    }

    @Test
    void aMessageStaysAsItIsWhileTheDriverIsKeptFromReading() throws Exception {
        byte[] stream = bytes(List.of(new Message('d', "a row".getBytes(StandardCharsets.US_ASCII)), new Message('N', new byte[100])));
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Wire wire = new Wire(Wire.Content.MESSAGES);
                Socket socket = new Wire.Sockets(wire.id()).createSocket()) {
            socket.connect(server.getLocalSocketAddress());
            InputStream driver = socket.getInputStream();
            try (Socket sender = server.accept()) {
                sender.getOutputStream().write(stream);
                Frames frames = wire.frames();
                assertThat(frames.next(System.nanoTime() + TimeUnit.MINUTES.toNanos(5))).isEqualTo(Frames.Next.ROW);
                frames.withhold();
                assertThat(driver.available()).isZero();
                assertThatThrownBy(() -> driver.read(new byte[10])).isInstanceOf(SocketTimeoutException.class);
                assertThat(new String(frames.bytes(), frames.from(), frames.to() - frames.from(), StandardCharsets.US_ASCII))
                        .isEqualTo("a row");
                frames.offer();
                frames.consumed();
                assertThat(asTheDriverReads(driver).body).hasSize(100);
            }
        }
    }

    @Test
    void aMessageThatIsNotWholeByTheDeadlineWaitsForTheNextCall() throws Exception {
        byte[] stream = bytes(List.of(new Message('d', new byte[200_000])));
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Wire wire = new Wire(Wire.Content.MESSAGES);
                Socket socket = new Wire.Sockets(wire.id()).createSocket()) {
            socket.connect(server.getLocalSocketAddress());
            socket.getInputStream();
            try (Socket sender = server.accept()) {
                sender.getOutputStream().write(stream, 0, 150_000);
                Frames frames = wire.frames();
                assertThat(frames.next(System.nanoTime())).isEqualTo(Frames.Next.NOT_YET);
                wire.wake();
                assertThat(frames.next(System.nanoTime() + TimeUnit.MINUTES.toNanos(5))).isEqualTo(Frames.Next.NOT_YET);
                assertThat(wire.takeWoken()).isTrue();
                sender.getOutputStream().write(stream, 150_000, stream.length - 150_000);
                assertThat(frames.next(System.nanoTime() + TimeUnit.MINUTES.toNanos(5))).isEqualTo(Frames.Next.ROW);
                assertThat(frames.to() - frames.from()).isEqualTo(200_000);
            }
        }
    }
}
